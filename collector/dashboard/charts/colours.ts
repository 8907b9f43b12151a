/** Of categories, the same on every page and in both themes; beside each stands its name. */
const COLOURS: Readonly<Record<string, string>> = {
  streaming: '#d1495b',
  downloads: '#2e86ab',
  uploads: '#f0a04b',
  web: '#5fa55a',
  meetings: '#8e6bbf',
  mail: '#d9a62e',
  cloud: '#3fb3a6',
  updates: '#7f8fd1',
  backup: '#a9714b',
  work: '#4f78b5',
  chat: '#c774b2',
  telephony: '#a3a833',
  'remote work': '#4e9a8a',
  'file sharing': '#e2711d',
  devices: '#7d8a93',
  infrastructure: '#98a6ae',
};
const OTHER = '#aab4ba';

export const colourOf = (category: string): string => COLOURS[category] ?? OTHER;

const PALETTE = Object.values(COLOURS).slice(0, 12);

/** Of the nth of many that have no colour of their own. */
export const paletteColour = (index: number): string => PALETTE[index % PALETTE.length] ?? OTHER;
