import type { Connection, Direction } from '../../../core/net/packet-train.ts';
import { after, NS_PER_MS, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Server } from '../internet/server.ts';
import { longerHeaderOctets } from '../wire.ts';
import { BulkTransfers } from './bulk-transfers.ts';
import type { Caller, Path, Session } from './session.ts';

/** A padded Initial: 1200 octets of UDP payload (RFC 9000 section 14.1) and the headers. */
const INITIAL_OCTETS = 1_228;
const SERVER_FLIGHT_PACKETS = 3;
const CLOSE_OCTETS = 65;
const SHAPE = { maxPacketOctets: 1_378, ackOctets: 65, packetsPerAck: 4, tcpFlags: 0 } as const;
const OPEN_AND_CLOSE_OCTETS = (2 + SERVER_FLIGHT_PACKETS) * INITIAL_OCTETS + CLOSE_OCTETS;
const OPEN_AND_CLOSE_PACKETS = 2 + SERVER_FLIGHT_PACKETS + 1;

/** A QUIC connection over UDP. */
export class QuicSession implements Session {
  readonly overheadOctets: number;
  /** CONNECTION_CLOSE is one packet and nobody answers it. */
  readonly closeNs: DurationNs = 0;
  readonly #host: Caller;
  readonly #path: Path;
  readonly #connection: Connection;
  readonly #transfers: BulkTransfers;

  constructor(host: Caller, server: Server, activity: number) {
    this.#host = host;
    this.#path = { roundTripNs: host.roundTripNs(server), replyNs: host.replyNs };
    this.#connection = host.connect(server, activity);
    const longerOctets = longerHeaderOctets(this.#connection);
    this.overheadOctets = OPEN_AND_CLOSE_OCTETS + OPEN_AND_CLOSE_PACKETS * longerOctets;
    this.#transfers = new BulkTransfers(host, this.#connection, this.#path, { ...SHAPE, longerOctets });
  }

  open(at: TrueNs): TrueNs {
    const { wire } = this.#host;
    const { roundTripNs } = this.#path;
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

  transfer(direction: Direction, at: TrueNs, octets: number, bitsPerSecond: number): TrueNs {
    return this.#transfers.transfer(direction, at, octets, bitsPerSecond);
  }

  transferNs(direction: Direction, octets: number, bitsPerSecond: number): DurationNs {
    return this.#transfers.transferNs(direction, octets, bitsPerSecond);
  }

  close(at: TrueNs): TrueNs {
    this.#host.wire.send(this.#connection, 'up', at, 0, 1, CLOSE_OCTETS);
    return at;
  }
}
