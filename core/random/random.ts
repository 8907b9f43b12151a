import { randomExponential, randomGamma, randomLogNormal, randomNormal, randomPoisson } from 'd3-random';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/**
 * A seeded stream of chance. Streams are forked by name (`person:john`), never by order, so adding one person changes
 * nobody else's day.
 */
export class Random {
  readonly #seed: number;
  readonly #source: () => number;
  readonly #standardNormal: () => number;
  readonly #standardExponential: () => number;

  /** The seed is a whole number; only its lower 32 bits count. */
  constructor(seed: number) {
    this.#seed = seed >>> 0;
    const generator = xoroshiro128plus(this.#seed);
    this.#source = () => uniformFloat64(generator);
    this.#standardNormal = randomNormal.source(this.#source)();
    this.#standardExponential = randomExponential.source(this.#source)(1);
  }

  /** An independent stream that depends on this stream's seed and the name alone, not on what was drawn before. */
  fork(name: string): Random {
    return new Random(hash(name, this.#seed));
  }

  /** At least `low`, less than `high`. */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * this.#source();
  }

  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor((high - low + 1) * this.#source());
  }

  chance(probability: number): boolean {
    return this.#source() < probability;
  }

  normal(mean: number, deviation: number): number {
    return mean + deviation * this.#standardNormal();
  }

  exponential(mean: number): number {
    return mean * this.#standardExponential();
  }

  /** Half of the values lie below `median`; `sigma` is the deviation of the natural logarithm. */
  logNormal(median: number, sigma: number): number {
    return randomLogNormal.source(this.#source)(Math.log(median), sigma)();
  }

  /** Bounded below by `minimum`; the smaller `alpha`, the heavier the tail. */
  pareto(minimum: number, alpha: number): number {
    return minimum / Math.pow(1 - this.#source(), 1 / alpha);
  }

  /** The sum of `shape` exponential delays of mean `scale`, where shape is a whole number; its mean is their product. */
  gamma(shape: number, scale: number): number {
    return randomGamma.source(this.#source)(shape, scale)();
  }

  /** How many events of a Poisson process happen where `mean` are expected. */
  poisson(mean: number): number {
    return randomPoisson.source(this.#source)(mean)();
  }

  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(items.length * this.#source())];
    if (item === undefined) throw new RangeError('cannot pick from an empty list');
    return item;
  }
}

/** FNV-1a over the name's UTF-16 units, begun with the seed, then mixed so that near names lie far apart (murmur3's finalizer). */
function hash(name: string, seed: number): number {
  let value = (0x811c9dc5 ^ seed) >>> 0;
  for (let index = 0; index < name.length; index++) value = Math.imul(value ^ name.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
