import type { Random } from '../../core/random/random.ts';
import { NS_PER_S, type DurationNs, type TrueNs } from '../../core/time/instant.ts';
import type { FaultConfig } from './config.ts';

/** What a fault has made of the clock by `now`: how much it is fast. Instants never go backwards. */
export type ClockError = (now: TrueNs) => DurationNs;

/** The error a fault gives the clock itself, or `undefined` when it leaves the clock alone. */
export function clockErrorOf(fault: FaultConfig, random: Random): ClockError | undefined {
  const begin = fault.fromS * NS_PER_S;
  const end = (fault.untilS ?? Infinity) * NS_PER_S;
  const activeNs = (now: TrueNs): DurationNs => Math.max(0, Math.min(now, end) - begin);
  switch (fault.kind) {
    case 'drift':
      return (now) => Math.round((activeNs(now) * fault.driftPpm) / 1e6);
    case 'wander': {
      const walk = new FrequencyWalk(fault.ppmPerSqrtS, random);
      return (now) => walk.gainedNs(activeNs(now));
    }
    case 'leap':
      // UTC counts the inserted second twice, so its clocks are a second slower from then on.
      return (now) => (now < end ? 0 : fault.leap === 'insert' ? -NS_PER_S : NS_PER_S);
    default:
      return undefined;
  }
}

/** A frequency that walks at random, a step each second: who asks how often changes nothing. */
class FrequencyWalk {
  readonly #ppmPerSqrtS: number;
  readonly #random: Random;
  #seconds = 0;
  #gainedNs = 0;
  #ppm = 0;

  constructor(ppmPerSqrtS: number, random: Random) {
    this.#ppmPerSqrtS = ppmPerSqrtS;
    this.#random = random;
  }

  /** After `elapsedNs`, which never decreases. */
  gainedNs(elapsedNs: DurationNs): DurationNs {
    for (; (this.#seconds + 1) * NS_PER_S <= elapsedNs; this.#seconds++) {
      this.#gainedNs += this.#ppm * 1e-6 * NS_PER_S;
      this.#ppm += this.#random.normal(0, this.#ppmPerSqrtS);
    }
    return Math.round(this.#gainedNs + this.#ppm * 1e-6 * (elapsedNs - this.#seconds * NS_PER_S));
  }
}
