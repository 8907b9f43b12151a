import { NS_PER_MS, type DurationNs, type TrueNs } from '../time/instant.ts';
import type { VirtualClock } from '../time/virtual-clock.ts';

/** What a discipline needs of a clock. */
export type AdjustableClock = Pick<VirtualClock, 'read' | 'resolutionNs' | 'step' | 'slew' | 'adjustFrequency' | 'expectLeap'>;

export interface DisciplineOptions {
  readonly clock: AdjustableClock;
  /** A larger error is stepped, a smaller one slewed. */
  readonly stepThresholdMs: number;
  /** The fastest slew, in parts per million. */
  readonly maxSlewPpm: number;
  /** No oscillator worth correcting is further off than this, in parts per million (RFC 5905 section A.5.5.6, MAXFREQ). */
  readonly maxFrequencyPpm: number;
}

/**
 * Corrects a clock and keeps account of it. Estimates are made of the clock as it would have run without any correction: in that
 * frame steps and slews leave no trace, and samples of before and after them lie on one line.
 *
 * Lengths of time are taken from the driver's timescale. An oscillator wrong by 50 ppm would change a slope by 50 millionths
 * of itself, so nothing is gained by measuring them with the clock that is being moved.
 */
export class ClockDiscipline {
  readonly #options: DisciplineOptions;
  #frequencyPpm = 0;
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

  /** By how much the clock has been corrected up to `now`, with steps, slews and frequency. Instants never go back. */
  correctedNs(now: TrueNs): DurationNs {
    this.#settle(now);
    return this.#correctedNs;
  }

  /** Whether an offset, in the frame without corrections, would be stepped rather than slewed. */
  isStep(now: TrueNs, offsetNs: DurationNs): boolean {
    return Math.abs(Math.round(offsetNs - this.correctedNs(now))) > this.#options.stepThresholdMs * NS_PER_MS;
  }

  /**
   * Corrects the clock so that it follows `offsetNs` at `now`, growing by `slope`, both in the frame without corrections. What is
   * slewed is spread over `spreadNs`, for no longer than the fastest slew needs: the clock's rate is somebody's measure too.
   */
  correct(now: TrueNs, offsetNs: DurationNs, slope: number, spreadNs: DurationNs): 'step' | 'slew' {
    const isStep = this.isStep(now, offsetNs);
    this.setFrequency(now, slope * 1e6);
    const { clock, maxSlewPpm } = this.#options;
    const byNs = Math.round(offsetNs - this.#correctedNs);
    if (isStep) {
      clock.step(now, byNs);
      this.#correctedNs += byNs;
      return 'step';
    }
    if (byNs !== 0) {
      const ppm = Math.min(maxSlewPpm, (Math.abs(byNs) / spreadNs) * 1e6);
      clock.slew(now, byNs, ppm);
      this.#slew = { byNs, lastsNs: Math.ceil((Math.abs(byNs) / ppm) * 1e6) };
    }
    return 'slew';
  }

  /** Sets the frequency correction, as far as it is allowed. Also ends the slew in progress, here as in the clock. */
  setFrequency(now: TrueNs, ppm: number): void {
    this.#settle(now);
    const { clock, maxFrequencyPpm } = this.#options;
    const wanted = Math.max(-maxFrequencyPpm, Math.min(maxFrequencyPpm, ppm));
    clock.adjustFrequency(now, wanted - this.#frequencyPpm);
    this.#frequencyPpm = wanted;
    this.#slew = undefined;
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
}
