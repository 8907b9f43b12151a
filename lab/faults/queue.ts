import { z } from 'zod';
import { NS_PER_S, trueNs, type TrueNs } from '../../core/time/instant.ts';

export const queueSchema = z.strictObject({
  kilobitsPerS: z.number().min(1).max(1e9).describe('What the line carries in a second, either way, in 1000 bits.'),
  maxOctets: z
    .number()
    .min(1_500)
    .max(1e9)
    .default(64_000)
    .describe('Octets that wait or are on the line; a datagram for which there is no room is lost.'),
});

export type QueueConfig = z.output<typeof queueSchema>;

/** IPv4 and UDP headers: what a datagram has on the line beside its payload. */
const HEADER_OCTETS = 28;

/** The way onto a line: first come, first served, and each datagram waits for those before it. */
export class Queue {
  readonly #octetsPerNs: number;
  readonly #maxOctets: number;
  /** When everything that waits now has left. */
  #emptyAt = 0;

  constructor({ kilobitsPerS, maxOctets }: QueueConfig) {
    this.#octetsPerNs = (kilobitsPerS * 1_000) / 8 / NS_PER_S;
    this.#maxOctets = maxOctets;
  }

  /** When the last octet of a datagram has left, or `undefined` when there is no room. Instants never go backwards. */
  leaves(now: TrueNs, payloadOctets: number): TrueNs | undefined {
    const octets = payloadOctets + HEADER_OCTETS;
    const begins = Math.max(now, this.#emptyAt);
    if ((begins - now) * this.#octetsPerNs + octets > this.#maxOctets) return undefined;
    this.#emptyAt = begins + octets / this.#octetsPerNs;
    return trueNs(Math.round(this.#emptyAt));
  }
}
