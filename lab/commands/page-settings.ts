/**
 * Whether to colour: `--no-color`, then FORCE_COLOR (0 and false say no), then NO_COLOR when it is not empty
 * (https://no-color.org), then whether anybody looks.
 */
export function wantsColour(flag: boolean, env: Readonly<Record<string, string | undefined>>, isTTY: boolean): boolean {
  if (!flag) return false;
  const { FORCE_COLOR: force, NO_COLOR: never, TERM: terminal } = env;
  if (force !== undefined) return force !== '0' && force !== 'false';
  if (never !== undefined && never !== '') return false;
  return isTTY && terminal !== 'dumb';
}

const DEFAULT_WIDTH = 100;
const MAX_WIDTH = 130;

/** Columns to write in: those of the terminal, unless there is none, it does not know (0), or lines would be hard to read. */
export const pageWidth = ({ columns }: { readonly columns?: number | undefined }): number =>
  Math.min(columns || DEFAULT_WIDTH, MAX_WIDTH);
