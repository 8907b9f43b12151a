import type { Connection } from '../../../core/net/packet-train.ts';
import { after, NS_PER_MS, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import type { Server } from '../internet/server.ts';
import { longerHeaderOctets } from '../wire.ts';
import { bulkNs, sendBulk, type BulkShape, type Session } from './session.ts';

/** A padded Initial: 1200 octets of UDP payload (RFC 9000 section 14.1) and the headers. */
const INITIAL_OCTETS = 1_228;
const SERVER_FLIGHT_PACKETS = 3;
const CLOSE_OCTETS = 65;
const OPEN_AND_CLOSE_OCTETS = (2 + SERVER_FLIGHT_PACKETS) * INITIAL_OCTETS + CLOSE_OCTETS;
const OPEN_AND_CLOSE_PACKETS = 2 + SERVER_FLIGHT_PACKETS + 1;
const SHAPE: BulkShape = { maxPacketOctets: 1_378, ackOctets: 65, packetsPerAck: 4, tcpFlags: 0 };

/** A QUIC connection over UDP. */
export class QuicSession implements Session {
  readonly overheadOctets: number;
  /** CONNECTION_CLOSE is one packet and nobody answers it. */
  readonly closeNs: DurationNs = 0;
  readonly #host: Host;
  readonly #server: Server;
  readonly #connection: Connection;

  constructor(host: Host, server: Server, activity: number) {
    this.#host = host;
    this.#server = server;
    this.#connection = host.connect(server, activity);
    this.overheadOctets = OPEN_AND_CLOSE_OCTETS + OPEN_AND_CLOSE_PACKETS * longerHeaderOctets(this.#connection);
  }

  open(at: TrueNs): TrueNs {
    const { wire } = this.#host;
    const { roundTripNs } = this.#server;
    wire.send(this.#connection, 'up', at, roundTripNs + NS_PER_MS, 2, 2 * INITIAL_OCTETS);
    wire.send(
      this.#connection,
      'down',
      after(at, roundTripNs),
      100_000,
      SERVER_FLIGHT_PACKETS,
      SERVER_FLIGHT_PACKETS * INITIAL_OCTETS,
    );
    return after(at, roundTripNs + 2 * NS_PER_MS);
  }

  transfer(direction: 'up' | 'down', at: TrueNs, octets: number, bitsPerSecond: number): TrueNs {
    return sendBulk(this.#host.wire, this.#connection, this.#server, direction, at, octets, bitsPerSecond, SHAPE);
  }

  transferNs(octets: number, bitsPerSecond: number): DurationNs {
    return bulkNs(this.#connection, this.#server, octets, bitsPerSecond, SHAPE);
  }

  close(at: TrueNs): TrueNs {
    this.#host.wire.send(this.#connection, 'up', at, 0, 1, CLOSE_OCTETS);
    return at;
  }
}
