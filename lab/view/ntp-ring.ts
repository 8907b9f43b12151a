import type { ClientPacket } from '../world/ntp-tap.ts';

/** A packet as far as it can be told afterwards. */
export type TimedPacket = Omit<ClientPacket, 'clientAddress' | 'clientPort' | 'serverAddress'>;

/** A packet that is kept, and what it belongs to. */
export interface KeptPacket extends TimedPacket {
  /** Number since the beginning, from 0. */
  readonly index: number;
  /** Of a reply: number of the request it answers. */
  readonly request: number | undefined;
  /** Of a request: numbers of the replies so far. */
  readonly replies: readonly number[];
}

/** A week of two clients that ask one server every 64 s. */
const MAX_PACKETS = 40_000;
/** A reply comes before its client has sent so many packets more. */
const LOOKED_BACK = 256;
const TRANSMIT_TIMESTAMP = 40;
const ORIGIN_TIMESTAMP = 24;

/** The newest NTP packets of all clients of a run, with what answers what. Memory is bounded. */
export class NtpRing {
  readonly maxPackets: number;
  readonly #packets: (KeptPacket & { readonly replies: number[] })[] = [];
  #count = 0;

  constructor(maxPackets = MAX_PACKETS) {
    this.maxPackets = maxPackets;
  }

  /** How many packets there were, those forgotten too. */
  get count(): number {
    return this.#count;
  }

  /** Those kept, the oldest first. */
  get packets(): readonly KeptPacket[] {
    return this.#packets;
  }

  /** Keeps a copy. */
  add(packet: TimedPacket): void {
    const { client, server, way, at, askedAt, outcome, exchange } = packet;
    const payload = packet.payload.slice();
    const request = way === 'reply' ? this.#requestOf({ ...packet, payload }) : undefined;
    const index = this.#count++;
    request?.replies.push(index);
    this.#packets.push({
      index,
      client,
      server,
      way,
      at,
      payload,
      askedAt,
      outcome,
      exchange,
      request: request?.index,
      replies: [],
    });
    // Seldom: to take the first from a list moves all others.
    if (this.#packets.length >= 1.25 * this.maxPackets) this.#packets.splice(0, this.#packets.length - this.maxPackets);
  }

  /** The packet of that number, if it is still kept. */
  at(index: number): KeptPacket | undefined {
    return this.#packets[index - (this.#packets[0]?.index ?? 0)];
  }

  /** The request that left its client for the same server before this one, if it is still kept. */
  requestBefore({ index, client, server }: KeptPacket): KeptPacket | undefined {
    return this.#packets.findLast(
      (one) => one.index < index && one.way === 'request' && one.client === client && one.server === server,
    );
  }

  /** The request that a reply was made for, where that is known; else the one whose transmit timestamp it gives back. */
  #requestOf({ client, server, askedAt, payload }: TimedPacket): (KeptPacket & { replies: number[] }) | undefined {
    const origin = timestampAt(payload, ORIGIN_TIMESTAMP);
    for (let at = this.#packets.length - 1; at >= Math.max(0, this.#packets.length - LOOKED_BACK); at--) {
      const packet = this.#packets[at];
      if (packet?.way !== 'request' || packet.client !== client || packet.server !== server) continue;
      const isIt =
        askedAt === undefined
          ? origin !== undefined && timestampAt(packet.payload, TRANSMIT_TIMESTAMP) === origin
          : packet.at === askedAt;
      if (isIt) return packet;
    }
    return undefined;
  }
}

function timestampAt(payload: Uint8Array, at: number): bigint | undefined {
  return payload.length < at + 8 ? undefined : new DataView(payload.buffer, payload.byteOffset).getBigUint64(at);
}
