import { NS_PER_MS, type DurationNs, type TrueNs } from '../time/instant.ts';
import { DelayNoise } from './delay-noise.ts';
import { OffsetFilter, type OffsetState } from './offset-filter.ts';

/** One sample of a clock's offset, as if no correction had been made before it. */
export interface OffsetSample {
  readonly at: TrueNs;
  readonly offsetNs: DurationNs;
  readonly delayNs: DurationNs;
}

export interface EstimatorOptions {
  /** The oscillator's frequency error as far as it is known, as a fraction, and the deviation of that knowledge. */
  readonly slope: number;
  readonly slopeDeviation: number;
  /** The steps in which the client's clock is read; 1 unless told. */
  readonly resolutionNs?: DurationNs | undefined;
}

/**
 * How fast oscillators may wander: from ovens to a sunny window, by factors of the square root of ten. The slower is held the likelier
 * by a factor of e until samples tell: chance in a few of them looks like a fast one.
 */
const WANDERS = [-10, -9.5, -9, -8.5, -8, -7.5, -7, -6.5, -6].map((exponent) => 10 ** exponent);
/** What a hypothesis has earned counts this much less with each sample, so that a new season is noticed. */
const MEMORY = 0.98;
/** Samples before any may be called an outlier: with fewer the oscillator may turn out to be anything. */
const SAMPLES_TO_JUDGE_BY = 3;
/** A sample is an outlier from this many standard deviations, and never below `OUTLIER_FLOOR_NS`. */
const OUTLIER_DEVIATIONS = 5;
const OUTLIER_FLOOR_NS = NS_PER_MS;
/** After so many outliers in a row that may be of one clock, though none agreed with the one before, it is the estimate that is wrong. */
const OUTLIERS_IN_A_ROW = 4;
/** The fastest that a clock goes which is to be kept (RFC 5905 section A.5.5.6, MAXFREQ). */
export const MAX_FREQUENCY_PPM = 500;
/** How well the frequency is still known when the clock or its server was moved. */
const MOVED_SLOPE_DEVIATION = 5e-6;

export interface Verdict {
  readonly verdict: 'taken' | 'outlier' | 'moved';
  /** What the sample lies from where it was expected; 0 when nothing was expected. */
  readonly surpriseNs: DurationNs;
}

export interface OffsetEstimate {
  readonly offsetNs: DurationNs;
  readonly slope: number;
  /** How well the offset was known at the last sample: its standard deviation. */
  readonly deviationNs: DurationNs;
}

interface Hypothesis {
  readonly filter: OffsetFilter;
  merit: number;
}

/**
 * Estimates a clock's offset and frequency from samples of one server. How much the oscillator wanders is not known, so there is
 * a filter for each degree of it, and each counts by how well it has foretold the samples so far.
 */
export class OffsetEstimator {
  readonly #noise = new DelayNoise();
  readonly #prior: EstimatorOptions;
  readonly #leastVariance: number;
  #hypotheses: Hypothesis[] = [];
  #state: OffsetState | undefined;
  #at = 0 as TrueNs;
  #samples = 0;
  #suspect: OffsetSample | undefined;
  #outliers = 0;
  /** Of the last outliers, those a clock can have gone through from one to the next. */
  #possible = 0;

  constructor(options: EstimatorOptions) {
    this.#prior = options;
    // The mean of two readings, each too low by anything up to a step; both by the same where the exchange took less.
    this.#leastVariance = (options.resolutionNs ?? 1) ** 2 / 12;
  }

  /** The offset and its growth at `now`, or `undefined` before the first sample. */
  estimate(now: TrueNs): OffsetEstimate | undefined {
    if (this.#state === undefined) return undefined;
    const { offsetNs, slope, offsetVariance } = this.#state;
    return { offsetNs: offsetNs + slope * (now - this.#at), slope, deviationNs: Math.sqrt(offsetVariance) };
  }

  /** The last sample was an outlier, and the first of its kind: the next one decides what it was. */
  get isSuspicious(): boolean {
    return this.#suspect !== undefined && this.#outliers === 1;
  }

  /**
   * Takes a sample. An outlier changes nothing, unless the next sample agrees with it: then the clock or its server was moved; or
   * unless it is one of many that a clock can have gone through, though not at the pace that is believed.
   */
  add(sample: OffsetSample): Verdict {
    const variance = Math.max(this.#leastVariance, this.#noise.variance(sample.delayNs));
    const state = this.#state;
    if (state === undefined) {
      this.#beginAnew(sample, variance);
      return { verdict: 'taken', surpriseNs: 0 };
    }
    const elapsedNs = sample.at - this.#at;
    const limitNs = this.#limitNs(sample, state, variance, elapsedNs);
    const surpriseNs = sample.offsetNs - state.offsetNs - state.slope * elapsedNs;
    if (this.#samples >= SAMPLES_TO_JUDGE_BY && Math.abs(surpriseNs) > limitNs) {
      const suspect = this.#suspect;
      this.#suspect = sample;
      this.#outliers++;
      this.#possible = suspect !== undefined && this.#canFollow(suspect, sample, state.slope, limitNs) ? this.#possible + 1 : 1;
      if (this.#possible >= OUTLIERS_IN_A_ROW) {
        // What was known of its frequency was wrong too.
        this.#beginAnew(sample, variance, MAX_FREQUENCY_PPM / 1e6);
        return { verdict: 'moved', surpriseNs: 0 };
      }
      if (suspect === undefined || !agree(suspect, sample, state.slope, limitNs)) return { verdict: 'outlier', surpriseNs };
      // What went before says nothing about the offset any more, but much about the frequency.
      const slopeVariance = state.slopeVariance + MOVED_SLOPE_DEVIATION ** 2;
      this.#begin(sample, { offsetNs: sample.offsetNs, slope: state.slope, offsetVariance: variance, slopeVariance });
      return { verdict: 'moved', surpriseNs: 0 };
    }
    this.#suspect = undefined;
    this.#outliers = 0;
    this.#possible = 0;
    this.#samples++;
    for (const hypothesis of this.#hypotheses) {
      hypothesis.filter.predict(elapsedNs);
      hypothesis.merit = MEMORY * hypothesis.merit + hypothesis.filter.correct(sample.offsetNs, variance);
    }
    this.#at = sample.at;
    this.#state = mix(this.#hypotheses);
    return { verdict: 'taken', surpriseNs };
  }

  /** Whether a clock can have gone from one to the other: one that is to be kept, or one no further from the pace that was believed. */
  #canFollow(earlier: OffsetSample, later: OffsetSample, slope: number, limitNs: DurationNs): boolean {
    const reachNs = (MAX_FREQUENCY_PPM / 1e6) * Math.abs(later.at - earlier.at) + limitNs;
    return [0, slope].some((pace) => agree(earlier, later, pace, reachNs));
  }

  /** With what was known before any sample. */
  #beginAnew(sample: OffsetSample, offsetVariance: number, slopeDeviation = this.#prior.slopeDeviation): void {
    const { slope } = this.#prior;
    this.#begin(sample, { offsetNs: sample.offsetNs, slope, offsetVariance, slopeVariance: slopeDeviation ** 2 });
  }

  #begin(sample: OffsetSample, state: OffsetState): void {
    this.#hypotheses = WANDERS.map((wander, index) => ({ filter: new OffsetFilter(wander, state), merit: -index }));
    this.#state = state;
    this.#at = sample.at;
    this.#samples = 1;
    this.#suspect = undefined;
    this.#outliers = 0;
    this.#possible = 0;
  }

  /** How far a sample may lie from what was expected by noise, by its delay and by the oscillator. */
  #limitNs(sample: OffsetSample, state: OffsetState, variance: number, elapsedNs: DurationNs): DurationNs {
    const deviationNs = Math.sqrt(state.offsetVariance + variance + state.slopeVariance * elapsedNs ** 2);
    return Math.max(OUTLIER_FLOOR_NS, OUTLIER_DEVIATIONS * deviationNs) + this.#noise.excessNs(sample.delayNs) / 2;
  }
}

/** Whether two samples, were the clock moved before the first, may be of one line. */
const agree = (earlier: OffsetSample, later: OffsetSample, slope: number, limitNs: DurationNs): boolean =>
  Math.abs(later.offsetNs - earlier.offsetNs - slope * (later.at - earlier.at)) <= limitNs;

/** The hypotheses' states, each by its share of the likelihood. */
function mix(hypotheses: readonly Hypothesis[]): OffsetState {
  const best = Math.max(...hypotheses.map(({ merit }) => merit));
  const shares = hypotheses.map(({ merit }) => Math.exp(merit - best));
  const total = shares.reduce((sum, share) => sum + share, 0);
  let [offsetNs, slope, offsetVariance, slopeVariance] = [0, 0, 0, 0];
  for (const [index, { filter }] of hypotheses.entries()) {
    const share = (shares[index] as number) / total;
    const { state } = filter;
    offsetNs += share * state.offsetNs;
    slope += share * state.slope;
    offsetVariance += share * state.offsetVariance;
    slopeVariance += share * state.slopeVariance;
  }
  return { offsetNs, slope, offsetVariance, slopeVariance };
}
