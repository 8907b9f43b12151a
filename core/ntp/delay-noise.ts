import type { DurationNs } from '../time/instant.ts';

/** Samples whose delays are remembered: a path that became longer is known for one after so many. */
const WINDOW = 64;
/** No path and no reading of a clock is believed to be steadier than this. */
const MIN_NOISE_NS = 1_000;

/**
 * How far a sample's offset may be wrong, by what its delay exceeds the least delay of the path. Time lost in queues on one way
 * falsifies the offset by half of itself; of an excess nobody knows which way met it, so the error is anywhere between minus and
 * plus a half of it, which has a variance of a twelfth of its square.
 */
export class DelayNoise {
  readonly #delaysNs: DurationNs[] = [];
  #leastNs: DurationNs = Infinity;

  /** Takes the delay of a sample; returns the variance of its offset. */
  variance(delayNs: DurationNs): number {
    this.#delaysNs.push(delayNs);
    if (this.#delaysNs.length > WINDOW) this.#delaysNs.shift();
    this.#leastNs = Math.min(...this.#delaysNs);
    return Math.max(MIN_NOISE_NS ** 2, (this.excessNs(delayNs) + this.#hiddenNs()) ** 2 / 12);
  }

  /** What a delay has above the least one. */
  excessNs(delayNs: DurationNs): DurationNs {
    return Math.max(0, delayNs - this.#leastNs);
  }

  /** What the least delay itself has in queues: the less, the more samples it is the least of. Half of it until one knows better. */
  #hiddenNs(): DurationNs {
    const count = this.#delaysNs.length;
    let excessNs = this.#leastNs / 2;
    for (const delayNs of this.#delaysNs) excessNs += delayNs - this.#leastNs;
    return excessNs / count / Math.sqrt(count);
  }
}
