/** The way to a value: keys of mappings and indices of lists. */
export type KeyPath = readonly (string | number)[];

/** `people[3].ip` for a reader. */
export const formatPath = (path: KeyPath): string =>
  path.map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`)).join('');

/** Reads `people[3].ip`, or returns `undefined`. */
export function parsePath(text: string): KeyPath | undefined {
  if (!/^[^.[\]]+(\.[^.[\]]+|\[\d{1,6}\])*$/.test(text)) return undefined;
  return [...text.matchAll(/[^.[\]]+/g)].map(({ 0: step, index }) => (text[index - 1] === '[' ? Number(step) : step));
}
