/** What follows what, in the order of time. */
interface Happening {
  /** Milliseconds since 1970. */
  readonly startMs: number;
  readonly octets: number;
}

/** How check-ins follow each other: gaps between begins in milliseconds, sizes in octets of both directions. */
export interface Rhythm {
  readonly spanMs: number;
  readonly meanGapMs: number;
  /** Median, lower quartile and highest tenth. */
  readonly gapMs: number;
  readonly lowerGapMs: number;
  readonly highGapMs: number;
  /** Median distance from the median. */
  readonly gapDeviationMs: number;
  /** Natural logarithm of the chance that gaps are so alike of somebody who comes at any time, as far as his last visit tells. */
  readonly logChance: number;
  /** Median, and the distance between the quartiles. */
  readonly octets: number;
  readonly octetsSpread: number;
}

/** Parts of the median by which gaps may differ from it and still be of one rhythm: none, a little, and half, as jitter goes (Fox-IT 2020). */
const TOLERANCES = [0.1, 0.25, 0.5];

/** What begins so soon after something else is of the same visit, as a program that opens several connections at once makes it. */
const TOGETHER_MS = 1_000;

/** Of at least two. */
export function rhythmOf(happenings: readonly Happening[]): Rhythm {
  const starts = happenings.map(({ startMs }) => startMs);
  const gaps = ascending(starts.slice(1).map((startMs, index) => startMs - (starts[index] as number)));
  const sizes = ascending(happenings.map(({ octets }) => octets));
  const spanMs = (starts.at(-1) ?? 0) - (starts[0] ?? 0);
  const gapMs = quantile(gaps, 0.5);
  return {
    spanMs,
    meanGapMs: spanMs / gaps.length,
    gapMs,
    lowerGapMs: quantile(gaps, 0.25),
    highGapMs: quantile(gaps, 0.9),
    gapDeviationMs: quantile(ascending(gaps.map((gap) => Math.abs(gap - gapMs))), 0.5),
    logChance: logChanceOf(gaps.filter((gap) => gap >= TOGETHER_MS)),
    octets: quantile(sizes, 0.5),
    octetsSpread: quantile(sizes, 0.75) - quantile(sizes, 0.25),
  };
}

/**
 * Of visits that come independently of each other gaps are exponential: a part 2^-(1-t) - 2^-(1+t) lies within t times the median of it. That so
 * many do as were seen, or more, has the chance of the tail of a binomial. The median is taken from the gaps, so one of them is no proof.
 */
function logChanceOf(gaps: readonly number[]): number {
  const gapMs = quantile(gaps, 0.5);
  const chances = TOLERANCES.map((tolerance) => {
    const part = 2 ** (tolerance - 1) - 2 ** (-tolerance - 1);
    const within = gaps.filter((gap) => Math.abs(gap - gapMs) <= tolerance * gapMs).length;
    return logUpperTail(gaps.length - 1, within - 1, part);
  });
  return Math.min(...chances);
}

/** Natural logarithm of the chance that at least `hits` of `trials` hit, each with the chance `part`. */
function logUpperTail(trials: number, hits: number, part: number): number {
  if (hits <= 0) return 0;
  let sum = 1;
  let term = 1;
  // From all that hit down to so many, each as a part of the first.
  for (let misses = 1; misses <= trials - hits; misses++) {
    term *= ((trials - misses + 1) / misses) * ((1 - part) / part);
    sum += term;
  }
  return Math.min(0, trials * Math.log(part) + Math.log(sum));
}

const ascending = (values: number[]): number[] => values.sort((one, other) => one - other);

/** Of ascending values: the one below which the part lies. */
const quantile = (values: readonly number[], part: number): number => values[Math.floor(part * (values.length - 1))] ?? 0;
