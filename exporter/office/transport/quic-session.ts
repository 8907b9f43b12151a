import type { Connection, Direction } from '../../../core/net/packet-train.ts';
import { after, NS_PER_MS, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Server } from '../internet/server.ts';
import { longerHeaderOctets } from '../wire.ts';
import {
  bulkNs,
  divide,
  drawMessage,
  sendBulk,
  type BulkShape,
  type Caller,
  type Message,
  type Path,
  type Session,
} from './session.ts';

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
  readonly #shape: BulkShape;
  #message: Message;

  constructor(host: Caller, server: Server, activity: number) {
    this.#host = host;
    this.#path = { roundTripNs: host.roundTripNs(server), replyNs: host.replyNs };
    this.#connection = host.connect(server, activity);
    const longerOctets = longerHeaderOctets(this.#connection);
    this.#shape = { ...SHAPE, longerOctets };
    this.overheadOctets = OPEN_AND_CLOSE_OCTETS + OPEN_AND_CLOSE_PACKETS * longerOctets;
    this.#message = drawMessage(host.details, this.#shape);
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
    const message = this.#message;
    const bulk = divide(direction, octets, bitsPerSecond, this.#shape, message);
    this.#message = drawMessage(this.#host.details, this.#shape);
    return sendBulk(this.#host.wire, this.#connection, this.#path, direction, at, bulk, this.#shape, message);
  }

  transferNs(direction: Direction, octets: number, bitsPerSecond: number): DurationNs {
    const bulk = divide(direction, octets, bitsPerSecond, this.#shape, this.#message);
    return bulkNs(direction, bulk, this.#shape, this.#path, this.#message);
  }

  close(at: TrueNs): TrueNs {
    this.#host.wire.send(this.#connection, 'up', at, 0, 1, CLOSE_OCTETS);
    return at;
  }
}
