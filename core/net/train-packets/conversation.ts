import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN, type Connection } from '../packet-train.ts';

/** One side of a conversation: what it has sent so far. */
export class Side {
  /** TCP: the first sequence number. */
  readonly initialSequence: number;
  /** TCP: the sequence number of the next octet. */
  nextSequence: number;
  /** Octets of payload sent. */
  payloadOctets = 0;
  /** TCP: the value of the last timestamp option. */
  timestamp = 0;
  /** NTP: the transmit timestamp of the last packet. */
  transmitTimestamp = 0n;
  /** The IPv4 Identification of the next packet. */
  identification: number;
  /** The IPv6 Flow Label of all its packets; not 0, which would mean "none". */
  readonly flowLabel: number;
  hasEnded = false;
  /** ICMP: how many messages were sent. */
  messages = 0;
  /** What an ICMP error repeats of the last packet: its octets, its checksum and, of TCP, its sequence number. */
  lastOctets = 0;
  lastChecksum = 0;
  lastSequence = 0;
  /** TCP: the last number acknowledged, and how often since then a segment said nothing new. */
  acknowledged = -1;
  repeats = 0;
  /** What the stream begins with, once it has begun. */
  opening: Uint8Array | undefined;

  constructor(seed: number) {
    this.initialSequence = scramble(seed);
    this.nextSequence = this.initialSequence;
    const other = scramble(seed ^ 0x5bd1e995);
    this.identification = other & 0xffff;
    this.flowLabel = (other >>> 12) | 1;
  }
}

/** The two sides of a connection whose packets are made. */
export class Conversation {
  readonly connection: Connection;
  readonly up: Side;
  readonly down: Side;
  /** The endpoint of the office's side, as it is called where the packets are captured. */
  nearAddress = 0;
  nearPort = 0;
  /** How many of its trains have packets left. */
  running = 0;

  constructor(connection: Connection) {
    this.connection = connection;
    this.up = new Side(2 * connection.id);
    this.down = new Side(2 * connection.id + 1);
  }
}

/** What a TCP header says of the stream. */
export interface TcpNumbers {
  readonly sequence: number;
  readonly acknowledgement: number;
}

/**
 * The numbers of the next segment of `sender`; its sequence then stands behind it. SYN and FIN take a number each; all that the
 * peer has sent is acknowledged (RFC 9293 section 3.4). `repeats` tells how many segments before it had neither data nor
 * anything new to acknowledge.
 */
export function advance(sender: Side, peer: Side, flags: number, payloadOctets: number): TcpNumbers {
  const sequence = sender.nextSequence;
  const control = ((flags & TCP_SYN) === 0 ? 0 : 1) + ((flags & TCP_FIN) === 0 ? 0 : 1);
  sender.nextSequence = (sequence + payloadOctets + control) >>> 0;
  if ((flags & (TCP_FIN | TCP_RST)) !== 0) sender.hasEnded = true;
  if ((flags & TCP_RST) !== 0) peer.hasEnded = true;
  const acknowledgement = (flags & TCP_ACK) === 0 ? 0 : peer.nextSequence;
  sender.repeats = payloadOctets === 0 && acknowledgement === sender.acknowledged ? sender.repeats + 1 : 0;
  sender.acknowledged = acknowledgement;
  sender.lastSequence = sequence;
  return { sequence, acknowledgement };
}

/** A number that looks like chance and is a function of the seed alone (the finaliser of MurmurHash3). */
export function scramble(seed: number): number {
  let hash = seed | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
