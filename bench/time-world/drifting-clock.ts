import { NS_PER_S, wallNs, type DurationNs, type TrueNs, type WallNs } from '../../core/time/instant.ts';

export interface DriftingClockOptions {
  /** Error at the beginning: positive is fast. */
  readonly offsetNs: DurationNs;
  /** The oscillator's frequency error, as a fraction, in the second that begins now; asked once each second, in order. */
  readonly frequency: (second: number) => number;
  /** Told at the end of each second: the clock's error and its frequency error with all corrections. */
  readonly onSecond: (second: number, errorNs: DurationNs, frequency: number) => void;
}

/**
 * A clock for long runs: its oscillator wanders once a second, and no history is kept. Instants given to it never go back. It
 * has the part of `VirtualClock` that a discipline uses.
 */
export class DriftingClock {
  readonly #options: DriftingClockOptions;
  #at = 0;
  #second = 0;
  #errorNs: DurationNs;
  #frequency: number;
  #correction = 0;
  #slew = 0;
  #slewUntil = 0;

  constructor(options: DriftingClockOptions) {
    this.#options = options;
    this.#errorNs = options.offsetNs;
    this.#frequency = options.frequency(0);
  }

  read(now: TrueNs): WallNs {
    this.advance(now);
    return wallNs(Math.round(now + this.#errorNs));
  }

  step(now: TrueNs, byNs: DurationNs): void {
    this.advance(now);
    this.#slewUntil = now;
    this.#errorNs += byNs;
  }

  slew(now: TrueNs, byNs: DurationNs, maxPpm: number): void {
    this.advance(now);
    const lastsNs = Math.ceil((Math.abs(byNs) / maxPpm) * 1e6);
    this.#slew = lastsNs === 0 ? 0 : byNs / lastsNs;
    this.#slewUntil = now + lastsNs;
  }

  adjustFrequency(now: TrueNs, ppm: number): void {
    this.advance(now);
    this.#slewUntil = now;
    this.#correction += ppm / 1e6;
  }

  /** Lets the clock run until `now`. */
  advance(now: TrueNs): void {
    for (;;) {
      const end = (this.#second + 1) * NS_PER_S;
      if (end > now) break;
      this.#run(end);
      const slew = this.#slewUntil >= end ? this.#slew : 0;
      this.#options.onSecond(++this.#second, this.#errorNs, this.#frequency + this.#correction + slew);
      this.#frequency = this.#options.frequency(this.#second);
    }
    this.#run(now);
  }

  #run(until: number): void {
    const slewedNs = Math.max(0, Math.min(until, this.#slewUntil) - this.#at);
    this.#errorNs += (until - this.#at) * (this.#frequency + this.#correction) + slewedNs * this.#slew;
    this.#at = until;
  }
}
