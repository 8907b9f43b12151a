import { NS_PER_MS, type DurationNs, type TrueNs } from '../time/instant.ts';
import type { VirtualClock } from '../time/virtual-clock.ts';
import { fitOffsets, offsetAt, type OffsetLine, type OffsetSample } from './offset-fit.ts';

/** What a discipline needs of a clock. */
export type AdjustableClock = Pick<VirtualClock, 'read' | 'step' | 'slew' | 'adjustFrequency'>;

export interface DisciplineOptions {
  readonly clock: AdjustableClock;
  /** A larger error is stepped, a smaller one slewed. */
  readonly stepThresholdMs: number;
  /** The fastest slew, in parts per million. */
  readonly maxSlewPpm: number;
}

/** What was done about a sample; an outlier changes nothing unless the next sample agrees with it. */
export type DisciplineAction = 'step' | 'slew' | 'outlier';

/** No oscillator worth correcting is further off than this (RFC 5905 section 11.3, MAXFREQ). */
const MAX_FREQUENCY_PPM = 500;
/** Samples the line goes through: enough to average, few enough to follow an oscillator that warms up. */
const WINDOW = 8;
/** Samples before any may be called an outlier: with fewer the oscillator may turn out to be anything. */
const SAMPLES_TO_JUDGE_BY = 3;
/** A sample is an outlier from this many standard deviations, and never below `OUTLIER_FLOOR_NS`. */
const OUTLIER_DEVIATIONS = 5;
const OUTLIER_FLOOR_NS = NS_PER_MS;
/** How much an oscillator is trusted to change between two samples. */
const WANDER = 1e-6;

/**
 * Keeps a clock by samples of its offset: it draws a line through the last ones, corrects the clock's frequency by the line's
 * slope and its error by the line's value. Corrections change what later samples show, so each sample is first taken back to
 * what it would have been without any; in that frame steps and slews leave no trace and the line needs no restart.
 *
 * Lengths of time are taken from the driver's timescale. An oscillator wrong by 50 ppm would change a slope by 50 millionths
 * of itself, so nothing is gained by measuring them with the clock that is being moved.
 */
export class ClockDiscipline {
  readonly #options: DisciplineOptions;
  readonly #samples: OffsetSample[] = [];
  #line: OffsetLine | undefined;
  #frequencyPpm = 0;
  #suspicious = false;
  /** All corrections up to `#settledAt`. */
  #correctedNs = 0;
  #settledAt: TrueNs | undefined;
  #slew: { readonly byNs: DurationNs; readonly lastsNs: DurationNs } | undefined;

  constructor(options: DisciplineOptions) {
    this.#options = options;
  }

  /** The frequency correction in force, in parts per million. */
  get frequencyPpm(): number {
    return this.#frequencyPpm;
  }

  /** Takes a sample (RFC 5905 section 8: positive when the clock is slow) and corrects the clock at once. */
  sample(now: TrueNs, offsetNs: DurationNs, delayNs: DurationNs): DisciplineAction {
    this.#settle(now);
    const sample = { at: now, offsetNs: offsetNs + this.#correctedNs, delayNs };
    if (this.#line !== undefined && this.#samples.length >= SAMPLES_TO_JUDGE_BY && isOutlier(sample, this.#line)) {
      this.#suspicious = !this.#suspicious;
      if (this.#suspicious) return 'outlier';
      // Two in a row: the clock or its server was moved, so what went before says nothing about the offset any more.
      this.#samples.length = 0;
    }
    this.#suspicious = false;
    this.#samples.push(sample);
    if (this.#samples.length > WINDOW) this.#samples.shift();
    this.#line = fitOffsets(this.#samples, this.#frequencyPpm / 1e6);
    this.#correctFrequency(now, this.#line.slope * 1e6);
    return this.#correctOffset(now, offsetAt(this.#line, now) - this.#correctedNs);
  }

  /** Adds what frequency and slew have corrected since the last time. */
  #settle(now: TrueNs): void {
    const elapsedNs = now - (this.#settledAt ?? now);
    this.#settledAt = now;
    this.#correctedNs += (elapsedNs * this.#frequencyPpm) / 1e6;
    const slew = this.#slew;
    if (slew === undefined) return;
    const part = Math.min(1, elapsedNs / slew.lastsNs);
    this.#correctedNs += slew.byNs * part;
    this.#slew = part < 1 ? { byNs: slew.byNs * (1 - part), lastsNs: slew.lastsNs - elapsedNs } : undefined;
  }

  /** Also ends the slew in progress, here as in the clock; what is left of it is part of the next correction. */
  #correctFrequency(now: TrueNs, ppm: number): void {
    const wanted = Math.max(-MAX_FREQUENCY_PPM, Math.min(MAX_FREQUENCY_PPM, ppm));
    this.#options.clock.adjustFrequency(now, wanted - this.#frequencyPpm);
    this.#frequencyPpm = wanted;
    this.#slew = undefined;
  }

  #correctOffset(now: TrueNs, offsetNs: DurationNs): DisciplineAction {
    const { clock, stepThresholdMs, maxSlewPpm } = this.#options;
    const byNs = Math.round(offsetNs);
    if (Math.abs(byNs) > stepThresholdMs * NS_PER_MS) {
      clock.step(now, byNs);
      this.#correctedNs += byNs;
      return 'step';
    }
    if (byNs !== 0) {
      clock.slew(now, byNs, maxSlewPpm);
      this.#slew = { byNs, lastsNs: Math.ceil((Math.abs(byNs) / maxSlewPpm) * 1e6) };
    }
    return 'slew';
  }
}

/** Whether a sample lies where neither noise, nor delay, nor the oscillator can have brought it. */
function isOutlier(sample: OffsetSample, line: OffsetLine): boolean {
  const elapsedNs = sample.at - line.at;
  const byDelayNs = Math.max(0, sample.delayNs - line.delayNs) / 2;
  const byNoiseNs = line.noiseNs + (line.slopeDeviation + WANDER) * elapsedNs;
  const limitNs = Math.max(OUTLIER_FLOOR_NS, OUTLIER_DEVIATIONS * byNoiseNs) + byDelayNs;
  return Math.abs(sample.offsetNs - offsetAt(line, sample.at)) > limitNs;
}
