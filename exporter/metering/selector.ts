import { Random } from '../../core/random/random.ts';
import type { SamplingConfig } from './config.ts';

/** Selects packets of a stream (RFC 5475 section 5); all of them when nothing is sampled. */
export interface Selector {
  /** Whether the next packet is selected. */
  selects(): boolean;
}

export function selectorOf(config: SamplingConfig): Selector | undefined {
  const { algorithm, size, population } = config;
  const random = new Random(config.seed).fork('sampling');
  switch (algorithm) {
    case 'none':
      return undefined;
    case 'count-based':
      return new CountBased(size, population);
    case 'n-of-n':
      return new RandomOfPopulation(size, population, random);
    case 'uniform':
      return { selects: () => random.chance(size / population) };
  }
}

/** Systematic count-based: the first `size` of each `population` packets (RFC 5475 section 5.1). */
class CountBased implements Selector {
  readonly #size: number;
  readonly #population: number;
  #position = 0;

  constructor(size: number, population: number) {
    this.#size = size;
    this.#population = population;
  }

  selects(): boolean {
    const position = this.#position;
    this.#position = position + 1 === this.#population ? 0 : position + 1;
    return position < this.#size;
  }
}

/**
 * Random n-out-of-N: of each `population` packets `size`, every choice as likely (RFC 5475 section 5.2.1). A packet is selected
 * with the probability that one of those still wanted is among those still to come, so nothing has to be drawn ahead.
 */
class RandomOfPopulation implements Selector {
  readonly #size: number;
  readonly #population: number;
  readonly #random: Random;
  #wanted = 0;
  #toCome = 0;

  constructor(size: number, population: number, random: Random) {
    this.#size = size;
    this.#population = population;
    this.#random = random;
  }

  selects(): boolean {
    if (this.#toCome === 0) {
      this.#toCome = this.#population;
      this.#wanted = this.#size;
    }
    const selected = this.#random.chance(this.#wanted / this.#toCome);
    this.#toCome--;
    if (selected) this.#wanted--;
    return selected;
  }
}
