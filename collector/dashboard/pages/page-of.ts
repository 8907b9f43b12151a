import { PAGES, type Page } from './pages.ts';

/** By the name it has in the address. */
export const pageOf = (name: string): Page | undefined => PAGES.find((page) => page.name === name);
