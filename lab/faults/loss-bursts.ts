import { z } from 'zod';
import type { Random } from '../../core/random/random.ts';

export const lossBurstsSchema = z.strictObject({
  everyDatagrams: z.number().min(1).max(1e9).describe('Datagrams from the end of a burst to the next one, in the mean.'),
  lengthDatagrams: z.number().min(1).max(1e6).describe('Datagrams that a burst lasts, in the mean.'),
  lossPercent: z.number().min(0).max(100).default(100).describe('Datagrams of a hundred that are lost within a burst.'),
});

export type LossBurstsConfig = z.output<typeof lossBurstsSchema>;

/**
 * The channel of Gilbert (1960) and Elliott (1963): good and bad spells follow each other, whose lengths in datagrams are
 * geometrically distributed. What is lost in good ones is the link's own loss.
 */
export class LossBursts {
  readonly #config: LossBurstsConfig;
  readonly #random: Random;
  #isBad = false;

  constructor(config: LossBurstsConfig, random: Random) {
    this.#config = config;
    this.#random = random;
  }

  /** Whether the next datagram is lost to a burst. */
  takes(): boolean {
    const { everyDatagrams, lengthDatagrams, lossPercent } = this.#config;
    const isLost = this.#isBad && this.#random.chance(lossPercent / 100);
    if (this.#random.chance(1 / (this.#isBad ? lengthDatagrams : everyDatagrams))) this.#isBad = !this.#isBad;
    return isLost;
  }
}
