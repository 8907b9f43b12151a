import { z } from 'zod';
import type { Random } from '../../core/random/random.ts';
import { after, NS_PER_MS, type TrueNs } from '../../core/time/instant.ts';

const percent = z.number().min(0).max(100).default(0);

export const linkSchema = z.strictObject({
  delayMs: z.number().min(0).max(60_000).default(0.3).describe('Milliseconds every datagram takes, one way.'),
  jitterMs: z.number().min(0).max(60_000).default(0).describe('Mean of the exponential extra delay, in milliseconds.'),
  lossPercent: percent.describe('Datagrams of a hundred that never arrive.'),
  duplicatePercent: percent.describe('Datagrams of a hundred that arrive twice.'),
  reorderPercent: percent.describe('Datagrams of a hundred that are held back by `reorderDelayMs`.'),
  reorderDelayMs: z.number().min(0).max(60_000).default(2_000).describe('Extra milliseconds of a datagram that is held back.'),
});

export type LinkConfig = z.output<typeof linkSchema>;

/** When each copy of one datagram arrives; no instants when it is lost. */
export class Link {
  readonly #config: LinkConfig;
  readonly #random: Random;

  constructor(config: LinkConfig, random: Random) {
    this.#config = config;
    this.#random = random;
  }

  arrivals(sentAt: TrueNs): TrueNs[] {
    const config = this.#config;
    const random = this.#random;
    if (random.chance(config.lossPercent / 100)) return [];
    const copies = random.chance(config.duplicatePercent / 100) ? 2 : 1;
    const heldMs = random.chance(config.reorderPercent / 100) ? config.reorderDelayMs : 0;
    return Array.from({ length: copies }, () => {
      const jitterMs = config.jitterMs === 0 ? 0 : random.exponential(config.jitterMs);
      return after(sentAt, Math.round((config.delayMs + heldMs + jitterMs) * NS_PER_MS));
    });
  }
}
