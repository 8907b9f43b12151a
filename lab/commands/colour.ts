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
