import { z } from 'zod';
import { evaluatorOf, type Evaluate } from '../../core/random/expression.ts';
import type { Random } from '../../core/random/random.ts';
import { after, NS_PER_MS, NS_PER_S, type TrueNs } from '../../core/time/instant.ts';
import { expressionSchema } from '../scenario/expression.ts';
import { LossBursts, lossBurstsSchema } from './loss-bursts.ts';
import { Queue, queueSchema } from './queue.ts';

const MAX_DELAY_MS = 60_000;
const percent = z.number().min(0).max(100).default(0);
const delay = expressionSchema(['time', 'from', 'to', 'port', 'length'], 0, MAX_DELAY_MS);

export const linkSchema = z.strictObject({
  delayMs: delay
    .default(0.3)
    .describe(
      'Milliseconds a datagram takes, one way: a number, or an expression that is asked for each; one that is below 0 loses it.',
    ),
  upDelayMs: delay.optional().describe('In place of delayMs: to the collector or the NTP server.'),
  downDelayMs: delay.optional().describe('In place of delayMs: from the NTP server.'),
  jitterMs: z.number().min(0).max(MAX_DELAY_MS).default(0).describe('Mean of the exponential extra delay, in milliseconds.'),
  lossPercent: percent.describe('Datagrams of a hundred that never arrive.'),
  lossBursts: lossBurstsSchema
    .optional()
    .describe('Loss that comes in bursts, beside `lossPercent`; each direction has its own.'),
  duplicatePercent: percent.describe('Datagrams of a hundred that arrive twice.'),
  reorderPercent: percent.describe('Datagrams of a hundred that are held back by `reorderDelayMs`.'),
  reorderDelayMs: z
    .number()
    .min(0)
    .max(MAX_DELAY_MS)
    .default(2_000)
    .describe('Extra milliseconds of a datagram that is held back.'),
  queue: queueSchema
    .optional()
    .describe(
      'A line that is slow: datagrams wait for those before them, each direction by itself. What a router asks of NTP waits behind what it exports, unless the NTP link has a queue of its own.',
    ),
});

export type LinkConfig = z.output<typeof linkSchema>;

/** What a link goes by of a datagram: which way it goes, and octets of its payload. */
export interface Datagram {
  readonly way: 'up' | 'down';
  readonly octets: number;
}

/** Numbers by which expressions know the devices at both ends, and the UDP port of the one that is up. */
export interface LinkEnds {
  readonly down: number;
  readonly up: number;
  readonly port: number;
}

/** One direction: what depends on the datagrams before. */
interface Way {
  readonly delayMs: Evaluate;
  readonly bursts: LossBursts | undefined;
  readonly queue: Queue | undefined;
  readonly ends: { readonly from: number; readonly to: number };
}

/** When each copy of one datagram arrives; no instants when it is lost. */
export class Link {
  readonly #config: LinkConfig;
  readonly #random: Random;
  readonly #port: number;
  readonly #ways: Readonly<Record<Datagram['way'], Way>>;

  /** `queueUp`: what datagrams up wait in where the link has no queue of its own. */
  constructor(config: LinkConfig, random: Random, ends: LinkEnds, queueUp?: Queue) {
    this.#config = config;
    this.#random = random;
    this.#port = ends.port;
    const way = (name: Datagram['way'], from: number, to: number): Way => ({
      delayMs: evaluatorOf(
        (name === 'up' ? config.upDelayMs : config.downDelayMs) ?? config.delayMs,
        random.fork(`delay:${name}`),
      ),
      bursts: config.lossBursts && new LossBursts(config.lossBursts, random.fork(`bursts:${name}`)),
      queue: config.queue === undefined ? (name === 'up' ? queueUp : undefined) : new Queue(config.queue),
      ends: { from, to },
    });
    this.#ways = { up: way('up', ends.down, ends.up), down: way('down', ends.up, ends.down) };
  }

  /** What datagrams up wait in, if they do. */
  get queueUp(): Queue | undefined {
    return this.#ways.up.queue;
  }

  arrivals(sentAt: TrueNs, { way, octets }: Datagram): TrueNs[] {
    const config = this.#config;
    const random = this.#random;
    const { delayMs, bursts, queue, ends } = this.#ways[way];
    const leaves = queue === undefined ? sentAt : queue.leaves(sentAt, octets);
    const isInBurst = bursts?.takes() ?? false;
    if (random.chance(config.lossPercent / 100) || isInBurst || leaves === undefined) return [];
    const copies = random.chance(config.duplicatePercent / 100) ? 2 : 1;
    const heldMs = random.chance(config.reorderPercent / 100) ? config.reorderDelayMs : 0;
    const variables = { time: sentAt / NS_PER_S, ...ends, port: this.#port, length: octets };
    const arrivals: TrueNs[] = [];
    for (let copy = 0; copy < copies; copy++) {
      const ownMs = Math.min(MAX_DELAY_MS, delayMs(variables));
      const jitterMs = config.jitterMs === 0 ? 0 : random.exponential(config.jitterMs);
      if (ownMs >= 0) arrivals.push(after(leaves, Math.round((ownMs + heldMs + jitterMs) * NS_PER_MS)));
    }
    return arrivals;
  }
}
