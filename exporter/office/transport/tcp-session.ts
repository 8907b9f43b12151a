import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN, type Connection, type Direction } from '../../../core/net/packet-train.ts';
import { after, NS_PER_MS, NS_PER_US, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Server } from '../internet/server.ts';
import { longerHeaderOctets } from '../wire.ts';
import { BulkTransfers } from './bulk-transfers.ts';
import { paceNs, sendBurst, type BulkShape, type Caller, type Path, type Session } from './session.ts';

/** IPv4 header, TCP header and timestamps: an acknowledgement. */
export const ACK_OCTETS = 52;
/** A TCP header without options: all a RST needs. */
const RST_OCTETS = 40;
/** Who has nothing else to send acknowledges after this long (RFC 9293 section 3.8.6.3: under half a second). */
const DELAYED_ACK_NS = 40 * NS_PER_MS;
/** A SYN carries more options. */
export const SYN_OCTETS = 60;
/** TLS ClientHello with its headers: clients pad it to 512 octets (RFC 7685). */
const CLIENT_HELLO_OCTETS = 569;
/** The client's Finished. */
const CLIENT_FINISHED_OCTETS = 132;
/** ServerHello and certificates fill three packets, the last of them in part: no two servers' certificates are alike. */
const CERTIFICATE_OCTETS = { full: 2 * 1_500, least: 260, most: 1_420 } as const;
/** ServerHello and Finished of a server the client knows (RFC 8446 section 2.2). */
const RESUMED_OCTETS = 312;
const SERVER_GAP_NS = 100 * NS_PER_US;

const CLOSE_OCTETS = 3 * ACK_OCTETS;
const DATA = TCP_ACK | TCP_PSH;
/** Of the largest packet, whichever IP version: the MTU of Ethernet. */
const MTU = 1_500;
/** SYN, SYN-ACK, acknowledgement, ClientHello, Finished; two FINs and an acknowledgement. */
const OPEN_AND_CLOSE_PACKETS = 5 + 3;
/** A request goes out at once. */
const AT_ONCE_BITS_PER_SECOND = 1e9;

/** A TCP connection with TLS that stays open for several transfers. */
export class TcpSession implements Session {
  readonly overheadOctets: number;
  readonly closeNs: DurationNs;
  readonly #host: Caller;
  readonly #path: Path;
  readonly #connection: Connection;
  readonly #shape: BulkShape;
  /** Of the server's first flight. */
  readonly #flightOctets: number;
  readonly #transfers: BulkTransfers;

  /** `isResumed`: the client has been there before, so the server need not show certificates. */
  constructor(host: Caller, server: Server, activity: number, isResumed = false) {
    this.#host = host;
    this.#path = { roundTripNs: host.roundTripNs(server), replyNs: host.replyNs };
    this.#connection = host.connect(server, activity);
    const longerOctets = longerHeaderOctets(this.#connection);
    const maxPacketOctets = MTU - longerOctets;
    this.#shape = { maxPacketOctets, ackOctets: ACK_OCTETS, longerOctets, packetsPerAck: 2, tcpFlags: DATA };
    this.#flightOctets = isResumed ? RESUMED_OCTETS : certificateOctets(server);
    this.overheadOctets =
      2 * SYN_OCTETS + ACK_OCTETS + CLIENT_HELLO_OCTETS + this.#flightOctets + CLIENT_FINISHED_OCTETS + CLOSE_OCTETS;
    this.overheadOctets += (OPEN_AND_CLOSE_PACKETS + this.#flightPackets) * longerOctets;
    this.closeNs = this.#path.roundTripNs + this.#path.replyNs;
    this.#transfers = new BulkTransfers(host, this.#connection, this.#path, this.#shape);
  }

  /** Of the server's first flight; the last is not full. */
  get #flightPackets(): number {
    return Math.floor(this.#flightOctets / this.#shape.maxPacketOctets) + 1;
  }

  open(at: TrueNs): TrueNs {
    const { wire } = this.#host;
    const connection = this.#connection;
    const { roundTripNs, replyNs } = this.#path;
    const hello = sendHandshake(this.#host.wire, connection, this.#path, at);
    wire.send(connection, 'up', hello, 0, 1, CLIENT_HELLO_OCTETS, DATA);
    const answer = after(hello, roundTripNs + NS_PER_MS);
    const full = this.#flightPackets - 1;
    const fullOctets = full * this.#shape.maxPacketOctets;
    if (full > 0) wire.send(connection, 'down', answer, SERVER_GAP_NS, full, fullOctets, TCP_ACK, TCP_ACK);
    const last = after(answer, full * SERVER_GAP_NS);
    wire.send(connection, 'down', last, 0, 1, this.#flightOctets - fullOctets, DATA);
    const finished = after(last, replyNs + SERVER_GAP_NS);
    wire.send(connection, 'up', finished, 0, 1, CLIENT_FINISHED_OCTETS, DATA);
    return after(finished, SERVER_GAP_NS);
  }

  transfer(direction: Direction, at: TrueNs, octets: number, bitsPerSecond: number): TrueNs {
    return this.#transfers.transfer(direction, at, octets, bitsPerSecond);
  }

  transferNs(direction: Direction, octets: number, bitsPerSecond: number): DurationNs {
    return this.#transfers.transferNs(direction, octets, bitsPerSecond);
  }

  /** A request and its response; octets are those of their data. Returns the instant of the last packet. */
  ask(at: TrueNs, requestOctets: number, responseOctets: number, bitsPerSecond: number): TrueNs {
    const { thinkNs } = this.#transfers.take();
    const asked = this.#say('up', at, requestOctets, AT_ONCE_BITS_PER_SECOND);
    return this.#say('down', after(asked, this.#path.roundTripNs + thinkNs), responseOctets, bitsPerSecond);
  }

  /**
   * Small packets to and fro, `intervalNs` apart: heartbeats, keystrokes and their echoes. Each is answered, the answer
   * acknowledged. Octets are those of the data of one packet. Returns the instant of the last packet.
   */
  converse(at: TrueNs, rounds: number, intervalNs: DurationNs, upOctets: number, downOctets: number): TrueNs {
    const { wire } = this.#host;
    const answer = after(at, this.#path.roundTripNs);
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
    // Our FIN, and an acknowledgement for the server's (RFC 9293 section 3.6).
    wire.send(this.#connection, 'up', at, this.closeNs, 2, 2 * ACK_OCTETS, TCP_FIN | TCP_ACK, TCP_ACK, TCP_ACK);
    wire.send(this.#connection, 'down', after(at, this.#path.roundTripNs), 0, 1, ACK_OCTETS, TCP_FIN | TCP_ACK);
    return after(at, this.closeNs);
  }

  /** Data one way; a request of one packet is acknowledged by its response. Returns the instant of the last packet with data or of its acknowledgement. */
  #say(direction: Direction, at: TrueNs, dataOctets: number, bitsPerSecond: number): TrueNs {
    const { maxPacketOctets, packetsPerAck } = this.#shape;
    const packets = Math.max(1, Math.ceil(dataOctets / (maxPacketOctets - ACK_OCTETS)));
    const octets = Math.max(1, dataOctets) + packets * ACK_OCTETS;
    if (direction === 'up' && packets === 1) {
      this.#host.wire.send(this.#connection, 'up', at, 0, 1, octets, DATA);
      return at;
    }
    const acks = Math.ceil(packets / packetsPerAck);
    const burst = { packets, octets, acks, intervalNs: paceNs(bitsPerSecond, this.#shape) };
    const { roundTripNs, replyNs } = this.#path;
    const waitNs = direction === 'down' ? replyNs : roundTripNs;
    const acknowledged = sendBurst(this.#host.wire, this.#connection, direction, at, burst, this.#shape, waitNs);
    return direction === 'down' ? acknowledged : after(acknowledged, -roundTripNs);
  }
}

/** A fixed function of the server's address. */
function certificateOctets({ address }: Server): number {
  const { full, least, most } = CERTIFICATE_OCTETS;
  return full + least + ((Math.imul(address, 0x85eb_ca6b) >>> 8) % (most - least));
}

/** SYN, SYN-ACK and ACK (RFC 9293 section 3.5); returns when the client goes on. */
export function sendHandshake(wire: Caller['wire'], connection: Connection, { roundTripNs, replyNs }: Path, at: TrueNs): TrueNs {
  const answer = after(at, roundTripNs);
  const acknowledged = after(answer, replyNs);
  wire.send(connection, 'up', at, 0, 1, SYN_OCTETS, TCP_SYN);
  wire.send(connection, 'down', answer, 0, 1, SYN_OCTETS, TCP_SYN | TCP_ACK);
  wire.send(connection, 'up', acknowledged, 0, 1, ACK_OCTETS, TCP_ACK);
  return after(acknowledged, SERVER_GAP_NS);
}
