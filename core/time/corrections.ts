import { trueNs, type TrueNs } from './instant.ts';

/** What is done about a clock's error from `since` on. */
export interface Correction {
  readonly since: TrueNs;
  readonly frequencyPpm: number;
  readonly slew?: { readonly ppm: number; readonly until: TrueNs } | undefined;
}

/** The corrections of a clock, each in the place of the one before; they can be taken back. */
export class Corrections {
  readonly #all: Correction[] = [{ since: trueNs(0), frequencyPpm: 0 }];

  /** The one in force at the end. */
  get last(): Correction {
    return this.#all.at(-1) as Correction;
  }

  add(correction: Correction): void {
    this.#all.push(correction);
  }

  /** Forgets those from after `now`. */
  cutAfter(now: TrueNs): void {
    while (this.last.since > now) this.#all.pop();
  }

  /** What the last one adds to the oscillator's parts per million, of which there are `ppm`. */
  on(ppm: number, now: TrueNs): number {
    const { frequencyPpm, slew } = this.last;
    return ppm + frequencyPpm + (slew !== undefined && now < slew.until ? slew.ppm : 0);
  }

  /** When the slew under way at `now` ends. */
  slewEnd(now: TrueNs): TrueNs {
    const until = this.last.slew?.until;
    return until !== undefined && until > now ? until : (Infinity as TrueNs);
  }
}
