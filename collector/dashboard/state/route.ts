import { computed, signal } from '@preact/signals';

/** Where the page is: what stands behind `#/` in its address, so that a link shows the same. */
export interface Route {
  readonly page: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export const HOME = 'overview';
/** What every page keeps when another is gone to. */
const COMMON = ['range', 'from', 'to', 'at', 'basis', 'exporter', 'truth'] as const;

export const route = signal(readRoute(location.hash));
addEventListener('hashchange', () => (route.value = readRoute(location.hash)));

/** Parameters of the address that hold for every page; state/range.ts has what topics are asked of them. */
export const commonParameters = computed(() => pick(route.value.parameters, COMMON));

function readRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  return { page: path === '' ? HOME : path, parameters: Object.fromEntries(new URLSearchParams(query)) };
}

/** The address of a page, as a link's. Time range, basis and router stay as they are. */
export function linkTo(page: string, own: Readonly<Record<string, string>> = {}): string {
  return hashOf(page, { ...commonParameters.value, ...own });
}

/** Changes parameters of the present page; `undefined` takes one away. */
export function setParameters(changes: Readonly<Record<string, string | undefined>>, isStep = true): void {
  const { page, parameters } = route.peek();
  const hash = hashOf(page, { ...parameters, ...changes });
  if (isStep) location.hash = hash;
  else {
    history.replaceState(null, '', hash);
    route.value = readRoute(hash);
  }
}

function hashOf(page: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const query = new URLSearchParams(given).toString();
  return `#/${page}${query === '' ? '' : `?${query}`}`;
}

const pick = (from: Readonly<Record<string, string>>, keys: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(from).filter(([key]) => keys.includes(key)));
