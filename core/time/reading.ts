import { wallNs, type DurationNs, type TrueNs, type WallNs } from './instant.ts';

/** The largest value a normal deviate made of 32 random bits can have. */
const MOST_DEVIATIONS = Math.sqrt(2 * Math.log(2 ** 32));

/**
 * What is lost between a clock and who reads it: white noise, and a display that counts in steps. Noise is a hash of seed and
 * instant, so reading twice at one instant gives the same and no reading changes another.
 */
export class Reading {
  readonly #seed: number;
  readonly #noiseNs: DurationNs;
  readonly resolutionNs: DurationNs;

  /** `noiseNs`: a standard deviation. `resolutionNs`: whole nanoseconds, from 1. */
  constructor(seed: number, noiseNs: DurationNs, resolutionNs: DurationNs) {
    this.#seed = seed >>> 0;
    this.#noiseNs = noiseNs;
    this.resolutionNs = resolutionNs;
  }

  /** How far a reading can lie above what the clock showed. */
  get mostFastNs(): DurationNs {
    return Math.ceil(this.#noiseNs * MOST_DEVIATIONS);
  }

  /** How far it can lie below. */
  get mostSlowNs(): DurationNs {
    return this.mostFastNs + this.resolutionNs - 1;
  }

  of(now: TrueNs, exact: WallNs): WallNs {
    const noisy = this.#noiseNs === 0 ? exact : exact + Math.round(this.#noiseNs * this.#deviate(now));
    return wallNs(Math.floor(noisy / this.resolutionNs) * this.resolutionNs);
  }

  /** Standard normal, by Box and Muller's transformation of two hashes. */
  #deviate(now: TrueNs): number {
    const first = mix(this.#seed ^ mix(now | 0) ^ Math.imul(mix(Math.floor(now / 2 ** 32)), 0x9e3779b1));
    const second = mix(first ^ 0x6a09e667);
    return Math.sqrt(-2 * Math.log((first + 1) / 2 ** 32)) * Math.cos((2 * Math.PI * second) / 2 ** 32);
  }
}

/** murmur3's finalizer: every bit of the word changes half of the bits. */
function mix(word: number): number {
  let value = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
