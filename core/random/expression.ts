import type { Random } from './random.ts';

/** What an expression can look at: true seconds since the scenario's epoch, and of a datagram its devices, port and octets. */
export type Variable = 'time' | 'from' | 'to' | 'port' | 'length';
export type Variables = Readonly<Partial<Record<Variable, number>>>;

/** A number that may be another one each time it is asked for; functions and variables are those of clknetsim, and a few more. */
export type Expression = number | Variable | Call;

export interface Call {
  readonly name: FunctionName;
  readonly of: readonly Expression[];
}

/** The value for these variables; asking draws chance and moves waves and sums on. */
export type Evaluate = (variables: Variables) => number;

type Build = (of: readonly Evaluate[], numbers: readonly number[], random: Random) => Evaluate;

/** Each has what it is made of as expressions and, where the shape wants plain numbers, as those. */
const FUNCTIONS = {
  plus: (of) => (variables) => of.reduce((sum, each) => sum + each(variables), 0),
  times: (of) => (variables) => of.reduce((product, each) => product * each(variables), 1),
  /** The remainder has the sign of what is divided, as C's fmod. */
  modulo: (of) => (variables) => of.map((each) => each(variables)).reduce((left, right) => left % right),
  min: (of) => (variables) => Math.min(...of.map((each) => each(variables))),
  max: (of) => (variables) => Math.max(...of.map((each) => each(variables))),
  /** 1 when all but the first lie within the first of each other, else 0. */
  equal: (of) => (variables) => {
    const [within = 0, ...values] = of.map((each) => each(variables));
    return Math.max(...values) - Math.min(...values) <= within ? 1 : 0;
  },
  /** What has been asked for so far, added up: of noise a random walk. */
  sum: (of) => {
    let total = 0;
    return (variables) => of.reduce((_, each) => (total += each(variables)), total);
  },
  uniform:
    (_, [low = 0, high = 1], random) =>
    () =>
      random.uniform(low, high),
  normal:
    (_, [deviation = 1], random) =>
    () =>
      random.normal(0, deviation),
  exponential:
    (_, [mean = 1], random) =>
    () =>
      random.exponential(mean),
  poisson:
    (_, [mean = 1], random) =>
    () =>
      random.poisson(mean),
  gamma:
    (_, [shape = 1, scale = 1], random) =>
    () =>
      random.gamma(shape, scale),
  pareto:
    (_, [minimum = 1, alpha = 1], random) =>
    () =>
      random.pareto(minimum, alpha),
  logNormal:
    (_, [median = 1, sigma = 1], random) =>
    () =>
      random.logNormal(median, sigma),
  /** The numbers one after the other, and again from the first. */
  cycle: (_, numbers) => counted((count) => numbers[count % numbers.length] as number),
  /** 1 so many times, then -1 so many times. */
  pulse: (_, [high = 1, low = 1]) => counted((count) => (count % (high + low) < high ? 1 : -1)),
  sine: (_, [period = 1]) => counted((count) => Math.sin((count / period) * 2 * Math.PI)),
  cosine: (_, [period = 1]) => counted((count) => Math.cos((count / period) * 2 * Math.PI)),
  /** From -1 up to 1 and back. */
  triangle: (_, [period = 1]) => counted((count) => 1 - 4 * Math.abs(count / period - Math.floor(count / period) - 0.5)),
} satisfies Record<string, Build>;

export type FunctionName = keyof typeof FUNCTIONS;

/** The expression, ready to be asked; each of its draws comes from `random` in the order they stand in it. */
export function evaluatorOf(expression: Expression, random: Random): Evaluate {
  if (typeof expression === 'number') return () => expression;
  if (typeof expression === 'string') return (variables) => variables[expression] ?? 0;
  const build: Build = FUNCTIONS[expression.name];
  const numbers = expression.of.filter((each) => typeof each === 'number');
  return build(
    expression.of.map((each) => evaluatorOf(each, random)),
    numbers,
    random,
  );
}

/** A wave goes on by one each time it is asked for. */
function counted(valueOf: (count: number) => number): Evaluate {
  let count = 0;
  return () => valueOf(count++);
}
