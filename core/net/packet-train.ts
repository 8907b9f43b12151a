import { trueNs, type DurationNs, type TrueNs } from '../time/instant.ts';

/** Towards the server, or towards the inside host. */
export type Direction = 'up' | 'down';

export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;

/** TCP control bits, RFC 9293 section 3.1. */
export const TCP_FIN = 0x01;
export const TCP_SYN = 0x02;
export const TCP_RST = 0x04;
export const TCP_PSH = 0x08;
export const TCP_ACK = 0x10;

/**
 * A conversation between an inside host and a server, as the inside host knows it, with the truth about its purpose. What
 * comes unasked and is for nobody inside has the public endpoint it is sent to as its own inside endpoint.
 */
export interface Connection {
  /** Unique in a run, counted from 0 in the order of opening. */
  readonly id: number;
  /** Index of the inside device in the office's list, -1 for nobody's. */
  readonly device: number;
  /** Truth: id of the activity it belongs to, -1 for none. */
  readonly activity: number;
  readonly protocol: number;
  /** Addresses as numbers, IPv4 or IPv6 (`address-book.ts`); both ends have the same version. */
  readonly insideAddress: number;
  readonly insidePort: number;
  readonly serverAddress: number;
  readonly serverPort: number;
  /** The name the client asked for (TLS server name or DNS question), empty when there is none to be seen. */
  readonly serverName: string;
  /**
   * The address a DNS answer gives for `serverName`, an IPv6 one when that was asked for, `UNSPECIFIED_IPV6` when there is none; 0
   * unless the connection is a DNS question with an answer.
   */
  readonly dnsAnswer: number;
  /** The public endpoint the outside opened the connection to; 0 when the inside opened it. */
  readonly calledAddress: number;
  readonly calledPort: number;
  /**
   * The octet of the IP header that was called type of service, DSCP * 4, in what the inside host sends; 0 unless told. What comes
   * from the internet has 0: carriers do not keep the marks of others.
   */
  readonly classOfService?: number;
  /** Of an ICMP error: the connection whose packet it carries (`icmp.ts`). */
  readonly about?: Connection;
  /** The time to live its packets leave with, where it is not the usual one. */
  readonly timeToLive?: number;
}

/**
 * Packets of one direction of a connection, evenly spaced: packet `i` passes at `startNs + i * intervalNs`. A day of
 * traffic is a few hundred thousand trains where it would be a hundred million packets, and counting the packets and
 * octets up to any instant stays exact.
 */
export interface PacketTrain {
  readonly connection: Connection;
  readonly direction: Direction;
  readonly startNs: TrueNs;
  /** Gap between packets; 0 when `packets` is 1. A whole number. */
  readonly intervalNs: DurationNs;
  readonly packets: number;
  /** Octets of the IP packets, headers included, over the whole train. */
  readonly octets: number;
  /** Control bits of the first, the middle and the last packet (the first's alone when there is one packet); 0 unless TCP. */
  readonly tcpFlagsFirst: number;
  readonly tcpFlags: number;
  readonly tcpFlagsLast: number;
  /** The octet that was called type of service, where these packets have one of their own: those of a capture. */
  readonly classOfService?: number;
}

/** The part of a train that is counted. */
type Shape = Pick<PacketTrain, 'startNs' | 'intervalNs' | 'packets' | 'octets'>;

/** When the last packet of the train passes. */
export const trainEnd = (train: Shape): TrueNs => trueNs(train.startNs + train.intervalNs * (train.packets - 1));

/** How many packets have passed by `now`, the one at `now` included. */
export function packetsBy(train: Shape, now: TrueNs): number {
  if (now < train.startNs) return 0;
  if (train.intervalNs === 0) return train.packets;
  return Math.min(train.packets, Math.floor((now - train.startNs) / train.intervalNs) + 1);
}

/** Octets of the first `count` packets: the remainder of an uneven division lies on the first packets, one octet each. */
export function octetsOfFirst(train: Shape, count: number): number {
  const each = Math.floor(train.octets / train.packets);
  return each * count + Math.min(count, train.octets - each * train.packets);
}

/** Control bits seen in packets `from` to `to - 1` of the train. */
export function tcpFlagsOf(train: PacketTrain, from: number, to: number): number {
  let flags = 0;
  if (from >= to) return flags;
  if (from === 0) flags |= train.tcpFlagsFirst;
  if (to === train.packets && train.packets > 1) flags |= train.tcpFlagsLast;
  if (Math.max(from, 1) < Math.min(to, train.packets - 1)) flags |= train.tcpFlags;
  return flags;
}
