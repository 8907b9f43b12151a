import type { DurationNs, TrueNs } from '../time/instant.ts';

/** The clock's offset at one instant, as if no correction had been made before it. */
export interface OffsetSample {
  readonly at: TrueNs;
  readonly offsetNs: DurationNs;
  readonly delayNs: DurationNs;
}

/** A straight line through samples: `offsetNs` at `at`, gaining `slope` nanoseconds for each nanosecond. */
export interface OffsetLine {
  readonly at: TrueNs;
  readonly offsetNs: DurationNs;
  readonly slope: number;
  /** Standard deviation of one sample of ordinary delay. */
  readonly noiseNs: DurationNs;
  /** Standard deviation of `slope`. */
  readonly slopeDeviation: number;
  /** Least delay of all samples. */
  readonly delayNs: DurationNs;
}

/** How far an oscillator nobody has measured yet is believed to be off: quartz is cut to some tens of parts per million. */
const SLOPE_DEVIATION = 100e-6;
/** No path is believed to be steadier than this. */
const MIN_NOISE_NS = 5_000;

/**
 * Weighted least squares with a prior: the slope is `priorSlope` give or take 100 ppm, and the noise of a sample a quarter of
 * the delay, until the samples know better. So two samples 2 s apart move the slope little and ten minutes of them entirely.
 * A sample with more delay than the least counts less, because what it met on the way was met on one way only (RFC 5905
 * section 10 keeps only the least). `samples` is in order of time and never empty.
 */
export function fitOffsets(samples: readonly OffsetSample[], priorSlope: number): OffsetLine {
  const { at } = samples.at(-1) as OffsetSample;
  const delayNs = Math.min(...samples.map((sample) => sample.delayNs));
  const weights = weightsOf(samples, delayNs);
  const total = sum(weights);
  const xs = samples.map((sample) => sample.at - at);
  const ys = samples.map((sample, index) => sample.offsetNs - priorSlope * (xs[index] as number));
  const meanX = dot(weights, xs) / total;
  const meanY = dot(weights, ys) / total;
  const dx = xs.map((x) => x - meanX);
  const dy = ys.map((y) => y - meanY);
  const xx = weights.reduce((result, weight, index) => result + weight * (dx[index] as number) ** 2, 0);
  const xy = weights.reduce((result, weight, index) => result + weight * (dx[index] as number) * (dy[index] as number), 0);
  const freeSlope = xx === 0 ? 0 : xy / xx;
  const residual = weights.reduce((result, weight, index) => {
    return result + weight * ((dy[index] as number) - freeSlope * (dx[index] as number)) ** 2;
  }, 0);
  const priorNoiseNs = Math.max(MIN_NOISE_NS, delayNs / 4);
  const variance = Math.max(MIN_NOISE_NS ** 2, (priorNoiseNs ** 2 + residual) / (1 + Math.max(0, samples.length - 2)));
  const information = xx + variance / SLOPE_DEVIATION ** 2;
  const slope = xy / information;
  return {
    at,
    offsetNs: meanY - slope * meanX,
    slope: priorSlope + slope,
    noiseNs: Math.sqrt(variance),
    slopeDeviation: Math.sqrt(variance / information),
    delayNs,
  };
}

/** The line's value at another instant. */
export const offsetAt = (line: OffsetLine, at: TrueNs): DurationNs => line.offsetNs + line.slope * (at - line.at);

/** Delay above the least can falsify an offset by half of itself: 1 without any, a half at the samples' median. */
function weightsOf(samples: readonly OffsetSample[], leastDelayNs: DurationNs): number[] {
  const errors = samples.map((sample) => (sample.delayNs - leastDelayNs) / 2);
  const median = errors.toSorted((a, b) => a - b)[errors.length >> 1] as number;
  const scale = Math.max(MIN_NOISE_NS, median);
  return errors.map((error) => 1 / (1 + (error / scale) ** 2));
}

const sum = (values: readonly number[]): number => values.reduce((result, value) => result + value, 0);
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((result, value, index) => result + value * (b[index] as number), 0);
