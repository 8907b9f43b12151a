import { QueryMistake } from '../query-request.ts';

/** A parameter that is `what`, at most so far from 0; `undefined` without it. Throws a `QueryMistake` of one sentence for anything else. */
export function numberOf(
  parameters: ReadonlyMap<string, string>,
  name: string,
  what = 'a number',
  most = Number.MAX_VALUE,
): number | undefined {
  const text = parameters.get(name);
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!(Math.abs(value) <= most)) throw new QueryMistake(`${name} is "${text}": it must be ${what}`);
  return value;
}
