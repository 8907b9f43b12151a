import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Call, Expression, FunctionName, Variable } from '../../core/random/expression.ts';
import { nearestName } from '../../core/text/nearest-name.ts';

/** Functions of expressions, and how many they need at least. */
const OF_EXPRESSIONS = { plus: 1, times: 1, modulo: 2, min: 1, max: 1, equal: 2, sum: 1 } as const;

/** What a number given to a function may be. */
interface Kind {
  readonly is: (value: number) => boolean;
  readonly needs: string;
}
const any: Kind = { is: () => true, needs: 'a number' };
const above0: Kind = { is: (value) => value > 0, needs: 'a number above 0' };
const notNegative: Kind = { is: (value) => value >= 0, needs: 'a number from 0' };
const count: Kind = { is: (value) => Number.isInteger(value) && value >= 1, needs: 'a whole number from 1' };
const mean: Kind = { is: (value) => value > 0 && value <= 1_000, needs: 'a number above 0, at most 1000' };

/** Functions of plain numbers, which stand in this order. */
const OF_NUMBERS = {
  uniform: { low: any, high: any },
  normal: { deviation: notNegative },
  exponential: { mean: notNegative },
  poisson: { mean },
  gamma: { shape: above0, scale: above0 },
  pareto: { minimum: above0, alpha: above0 },
  logNormal: { median: above0, sigma: notNegative },
  pulse: { high: count, low: count },
  sine: { period: above0 },
  cosine: { period: above0 },
  triangle: { period: above0 },
} as const satisfies Partial<Record<FunctionName, Readonly<Record<string, Kind>>>>;

/** Words for a draw of the standard distribution. */
const STANDARD: readonly string[] = ['uniform', 'normal', 'exponential'];
const FUNCTIONS = [...Object.keys(OF_EXPRESSIONS), ...Object.keys(OF_NUMBERS), 'cycle', 'file'];

const MAX_DEPTH = 16;
const MAX_TERMS = 64;
const MAX_NUMBERS = 100_000;

type Refuse = (path: readonly (string | number)[], message: string) => never;

/** Ends reading an expression at its first mistake, which has been told. */
class Refused extends Error {}

/**
 * An expression as YAML: a number, a word (a variable, or `normal`, `uniform`, `exponential` for a standard draw), or a function
 * with what it is of: `{ times: [0.01, { sum: normal }] }`. A plain number must lie from `min` to `max`.
 */
export const expressionSchema = (variables: readonly Variable[], min: number, max: number): z.ZodType<Expression, unknown> =>
  z
    .unknown()
    .transform((value, context): Expression => {
      const refuse: Refuse = (path, message) => {
        context.addIssue({ code: 'custom', path: [...path], message });
        throw new Refused();
      };
      try {
        if (typeof value === 'number' && !(value >= min && value <= max)) refuse([], `is not a number from ${min} to ${max}`);
        return read(value, [], new Set(variables), refuse);
      } catch (error) {
        if (error instanceof Refused) return z.NEVER;
        throw error;
      }
    })
    .meta({ type: ['number', 'string', 'object'] });

function read(value: unknown, path: readonly (string | number)[], variables: ReadonlySet<string>, refuse: Refuse): Expression {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'string') {
    if (variables.has(value)) return value as Variable;
    if (STANDARD.includes(value)) return { name: value as FunctionName, of: [] };
    return refuse(path, unknownWord(value, [...variables, ...STANDARD]));
  }
  if (path.length > 2 * MAX_DEPTH) return refuse(path, `is nested more than ${MAX_DEPTH} deep`);
  const [key, more] = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
  if (key === undefined || more !== undefined) {
    const what = more === undefined ? '' : `: ${key} and ${more} are two`;
    return refuse(path, `is not a number, a word or one function such as { plus: [1, exponential] }${what}`);
  }
  return call(key, (value as Record<string, unknown>)[key], [...path, key], variables, refuse);
}

function call(
  name: string,
  argument: unknown,
  path: readonly (string | number)[],
  variables: ReadonlySet<string>,
  refuse: Refuse,
): Call {
  const at = (index: number): (string | number)[] => (Array.isArray(argument) ? [...path, index] : [...path]);
  const list: readonly unknown[] = Array.isArray(argument) ? argument : [argument];
  if (name === 'file') return { name: 'cycle', of: numbersOf(argument, path, refuse) };
  if (Object.hasOwn(OF_EXPRESSIONS, name)) {
    const least = OF_EXPRESSIONS[name as keyof typeof OF_EXPRESSIONS];
    if (list.length < least) refuse(path, `needs at least ${least === 1 ? 'one expression' : 'two expressions'}`);
    if (list.length > MAX_TERMS) refuse(path, `needs at most ${MAX_TERMS} expressions`);
    return { name: name as FunctionName, of: list.map((each, index) => read(each, at(index), variables, refuse)) };
  }
  const isCycle = name === 'cycle';
  if (!isCycle && !Object.hasOwn(OF_NUMBERS, name)) return refuse(path.slice(0, -1), unknownWord(name, FUNCTIONS));
  const kinds: readonly (readonly [string, Kind])[] = isCycle
    ? list.map(() => ['number', any] as const)
    : Object.entries(OF_NUMBERS[name as keyof typeof OF_NUMBERS]);
  if (list.length !== kinds.length || list.length === 0 || list.length > MAX_NUMBERS) {
    const wanted = isCycle ? `from 1 to ${MAX_NUMBERS} numbers` : kinds.map(([each]) => each).join(' and ');
    refuse(path, `needs ${wanted}, not ${list.length} ${list.length === 1 ? 'value' : 'values'}`);
  }
  kinds.forEach(([what, { is, needs }], index) => {
    const number = list[index];
    if (typeof number !== 'number' || !Number.isFinite(number) || !is(number))
      refuse(at(index), `is not a ${what}: it must be ${needs}`);
  });
  return { name: name as FunctionName, of: list as readonly number[] };
}

/** The numbers of a text file, apart by blanks or lines; its name is relative to the working directory. */
function numbersOf(file: unknown, path: readonly (string | number)[], refuse: Refuse): number[] {
  if (typeof file !== 'string') return refuse(path, 'is not the name of a file of numbers');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return refuse(path, isMissing ? 'is not a file: there is none of that name' : 'is not a file that can be read');
  }
  const words = text.split(/\s+/).filter((word) => word !== '');
  if (words.length === 0 || words.length > MAX_NUMBERS)
    refuse(path, `needs from 1 to ${MAX_NUMBERS} numbers, not ${words.length}`);
  const wrong = words.find((word) => !Number.isFinite(Number(word)));
  if (wrong !== undefined) refuse(path, `is not a file of numbers: it has ${JSON.stringify(wrong.slice(0, 40))}`);
  return words.map(Number);
}

function unknownWord(word: string, known: readonly string[]): string {
  const nearest = nearestName(word, known);
  const hint = nearest === undefined ? `known are ${known.join(', ')}` : `did you mean "${nearest}"?`;
  return `"${word}" is not known here, ${hint}`;
}
