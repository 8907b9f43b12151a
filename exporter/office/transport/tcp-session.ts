import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN, type Connection } from '../../../core/net/packet-train.ts';
import { after, NS_PER_MS, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import type { Server } from '../internet/server.ts';
import { longerHeaderOctets } from '../wire.ts';
import { bulkNs, sendBulk, type BulkShape, type Session } from './session.ts';

/** IPv4 header, TCP header and timestamps: an acknowledgement. */
export const ACK_OCTETS = 52;
/** A TCP header without options: all a RST needs. */
const RST_OCTETS = 40;
/** Who has nothing else to send acknowledges after this long (RFC 9293 section 3.8.6.3: under half a second). */
const DELAYED_ACK_NS = 40 * NS_PER_MS;
/** A SYN carries more options. */
export const SYN_OCTETS = 60;
/** TLS ClientHello with its headers. */
export const CLIENT_HELLO_OCTETS = 569;
/** The client's Finished, or a short TLS record. */
export const CLIENT_FINISHED_OCTETS = 132;
/** ServerHello and certificates: this many octets in this many packets, with headers. */
export const SERVER_HELLO_OCTETS = 3_708;
export const SERVER_HELLO_PACKETS = 3;

const OPEN_OCTETS = 2 * SYN_OCTETS + ACK_OCTETS + CLIENT_HELLO_OCTETS + CLIENT_FINISHED_OCTETS + SERVER_HELLO_OCTETS;
const CLOSE_OCTETS = 3 * ACK_OCTETS;
/** SYN, SYN-ACK, acknowledgement, ClientHello, Finished, the server's flight; two FINs and an acknowledgement. */
const OPEN_AND_CLOSE_PACKETS = 5 + SERVER_HELLO_PACKETS + 3;
const DATA = TCP_ACK | TCP_PSH;
const SHAPE: BulkShape = { maxPacketOctets: 1_500, ackOctets: ACK_OCTETS, packetsPerAck: 2, tcpFlags: DATA };

/** A TCP connection with TLS that stays open for several transfers. */
export class TcpSession implements Session {
  readonly overheadOctets: number;
  readonly closeNs: DurationNs;
  readonly #host: Host;
  readonly #server: Server;
  readonly #connection: Connection;

  constructor(host: Host, server: Server, activity: number) {
    this.#host = host;
    this.#server = server;
    this.#connection = host.connect(server, activity);
    this.overheadOctets = OPEN_OCTETS + CLOSE_OCTETS + OPEN_AND_CLOSE_PACKETS * longerHeaderOctets(this.#connection);
    this.closeNs = server.roundTripNs + NS_PER_MS;
  }

  open(at: TrueNs): TrueNs {
    const { wire } = this.#host;
    const { roundTripNs } = this.#server;
    const hello = sendHandshake(this.#host, this.#connection, this.#server, at);
    const helloOctets = ACK_OCTETS + CLIENT_HELLO_OCTETS + CLIENT_FINISHED_OCTETS;
    // Acknowledgement, ClientHello and Finished: the last of the three answers the server's first flight.
    const intervalNs = Math.ceil((roundTripNs + NS_PER_MS) / 2);
    wire.send(this.#connection, 'up', hello, intervalNs, 3, helloOctets, TCP_ACK, DATA, DATA);
    const answer = after(hello, roundTripNs);
    wire.send(this.#connection, 'down', answer, 100_000, SERVER_HELLO_PACKETS, SERVER_HELLO_OCTETS, TCP_ACK, TCP_ACK, DATA);
    return after(hello, roundTripNs + 2 * NS_PER_MS);
  }

  transfer(direction: 'up' | 'down', at: TrueNs, octets: number, bitsPerSecond: number): TrueNs {
    return sendBulk(this.#host.wire, this.#connection, this.#server, direction, at, octets, bitsPerSecond, SHAPE);
  }

  transferNs(octets: number, bitsPerSecond: number): DurationNs {
    return bulkNs(this.#connection, this.#server, octets, bitsPerSecond, SHAPE);
  }

  /**
   * Small packets to and fro, `intervalNs` apart: heartbeats, keystrokes and their echoes. Each is answered, the answer
   * acknowledged. Octets are those of the data of one packet. Returns the instant of the last packet.
   */
  converse(at: TrueNs, rounds: number, intervalNs: DurationNs, upOctets: number, downOctets: number): TrueNs {
    const { wire } = this.#host;
    const answer = after(at, this.#server.roundTripNs);
    const ack = after(answer, DELAYED_ACK_NS);
    wire.send(this.#connection, 'up', at, intervalNs, rounds, rounds * (ACK_OCTETS + upOctets), DATA, DATA, DATA);
    wire.send(this.#connection, 'down', answer, intervalNs, rounds, rounds * (ACK_OCTETS + downOctets), DATA, DATA, DATA);
    wire.send(this.#connection, 'up', ack, intervalNs, rounds, rounds * ACK_OCTETS, TCP_ACK, TCP_ACK, TCP_ACK);
    return after(ack, (rounds - 1) * intervalNs);
  }

  /** Breaks the connection off (RFC 9293 section 3.5.2), as a program does that is ended. */
  reset(at: TrueNs): void {
    this.#host.wire.send(this.#connection, 'up', at, 0, 1, RST_OCTETS, TCP_RST | TCP_ACK);
  }

  close(at: TrueNs): TrueNs {
    const { wire } = this.#host;
    const { roundTripNs } = this.#server;
    // Our FIN, and an acknowledgement for the server's (RFC 9293 section 3.6).
    wire.send(this.#connection, 'up', at, this.closeNs, 2, 2 * ACK_OCTETS, TCP_FIN | TCP_ACK, TCP_ACK, TCP_ACK);
    wire.send(this.#connection, 'down', after(at, roundTripNs), 0, 1, ACK_OCTETS, TCP_FIN | TCP_ACK);
    return after(at, this.closeNs);
  }
}

/** SYN and SYN-ACK; returns when the client goes on. */
export function sendHandshake(host: Host, connection: Connection, server: Server, at: TrueNs): TrueNs {
  host.wire.send(connection, 'up', at, 0, 1, SYN_OCTETS, TCP_SYN);
  host.wire.send(connection, 'down', after(at, server.roundTripNs), 0, 1, SYN_OCTETS, TCP_SYN | TCP_ACK);
  return after(at, server.roundTripNs + 200_000);
}
