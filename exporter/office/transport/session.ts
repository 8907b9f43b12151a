import { TCP_PSH, type Connection, type Direction } from '../../../core/net/packet-train.ts';
import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_MS, NS_PER_S, trueNs, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Server } from '../internet/server.ts';
import type { Wire } from '../wire.ts';

/** How a transport carries bulk data and acknowledges it. */
export interface BulkShape {
  /** Largest IP packet with data, as IPv4 would have it. */
  readonly maxPacketOctets: number;
  /** IP packet that only acknowledges, over IPv4; one with data is larger. */
  readonly ackOctets: number;
  /** What every packet is longer by. */
  readonly longerOctets: number;
  readonly packetsPerAck: number;
  readonly tcpFlags: number;
}

/** A client's end of a conversation with a server, as packet trains both ways. Octets are those of IP packets. */
export interface Session {
  /** What opening and closing take together, both directions. */
  readonly overheadOctets: number;
  /** Returns when the first request can be sent. */
  open(at: TrueNs): TrueNs;
  /**
   * What is asked for (`down`) or handed in (`up`): the request or the answer to it, data one way and acknowledgements the
   * other, `octets` together. Returns the instant of the last packet.
   */
  transfer(direction: Direction, at: TrueNs, octets: number, bitsPerSecond: number): TrueNs;
  /** How long the next `transfer` will take, if it is this one. */
  transferNs(direction: Direction, octets: number, bitsPerSecond: number): DurationNs;
  /** Returns the instant of the last packet. */
  close(at: TrueNs): TrueNs;
  /** From the first to the last packet of `close`. */
  readonly closeNs: DurationNs;
}

/** The least a transfer can carry: a request, one packet with a little data, and acknowledgements. */
export const MIN_TRANSFER_OCTETS = 700;

/** Whoever opens connections: a host of the office, or somebody outside. */
export interface Caller {
  readonly wire: Pick<Wire, 'send'>;
  /** The caller's chance in little things: lengths of requests, delays on the way. */
  readonly details: Random;
  /** From a packet that passed the router on its way to the caller to its answer. */
  readonly replyNs: DurationNs;
  /** From a packet that passed the router on its way to the server to its answer, as one connection finds it. */
  roundTripNs(server: Server): DurationNs;
  connect(server: Server, activity: number): Connection;
}

/** How long the two ends of a connection take to answer, seen from the router. */
export type Path = Readonly<Record<'roundTripNs' | 'replyNs', DurationNs>>;

/** What the side says that has no data to send: a request, or a status. */
export interface Message {
  /** Of the IP packet. */
  readonly octets: number;
  /** How long a server takes over it. */
  readonly thinkNs: DurationNs;
}

/** Header fields shrink to this when most of them were sent before (RFC 7541); a server has its answer at hand or must look for it. */
const MESSAGE_OCTETS: readonly [number, number] = [60, 380];
const MEAN_THINK_NS = 6 * NS_PER_MS;
const LONGEST_THINK_NS = 120 * NS_PER_MS;

export const drawMessage = (random: Random, { ackOctets }: BulkShape): Message => ({
  octets: ackOctets + random.int(...MESSAGE_OCTETS),
  thinkNs: Math.round(Math.min(LONGEST_THINK_NS, random.exponential(MEAN_THINK_NS))),
});

/** Data one way, as it passes, and the acknowledgements against it. */
export interface Burst {
  readonly packets: number;
  /** Octets of the packets with data, as IPv4 would have them. */
  readonly octets: number;
  readonly acks: number;
  readonly intervalNs: DurationNs;
}

/** Octets divided so that message, data and acknowledgements add up to them exactly. */
export interface Bulk extends Burst {
  readonly messageOctets: number;
}

/**
 * With every `packetsPerAck` packets of data comes one acknowledgement, the last one for what is left; an answer to data is
 * acknowledged too. Where too little is left over for a packet of its own, the message takes it.
 */
export function divide(direction: Direction, octets: number, bitsPerSecond: number, shape: BulkShape, message: Message): Bulk {
  const { packetsPerAck, longerOctets } = shape;
  const maxPacketOctets = shape.maxPacketOctets + longerOctets;
  const ackOctets = shape.ackOctets + longerOctets;
  const room = octets - message.octets - longerOctets - (direction === 'up' ? ackOctets : 0);
  const intervalNs = paceNs(bitsPerSecond, shape);
  const packets = Math.max(1, Math.ceil(room / (maxPacketOctets + ackOctets / packetsPerAck)));
  const acks = Math.ceil(packets / packetsPerAck);
  const full = (packets - 1) * maxPacketOctets;
  const left = room - acks * ackOctets - full;
  const asIPv4 = (count: number, sum: number): Pick<Burst, 'packets' | 'octets'> => ({
    packets: count,
    octets: sum - count * longerOctets,
  });
  if (left > ackOctets || packets === 1)
    return { ...asIPv4(packets, full + left), acks, intervalNs, messageOctets: message.octets };
  const fewerAcks = Math.ceil((packets - 1) / packetsPerAck);
  const messageOctets = message.octets + left + (acks - fewerAcks) * ackOctets;
  return { ...asIPv4(packets - 1, full), acks: fewerAcks, intervalNs, messageOctets };
}

/** From one full packet to the next; never more than a second between acknowledgements: an idle timeout must not cut a transfer. */
export function paceNs(bitsPerSecond: number, { maxPacketOctets, packetsPerAck }: BulkShape): DurationNs {
  const slowest = Math.floor(NS_PER_S / packetsPerAck);
  return Math.max(1, Math.min(slowest, Math.round((maxPacketOctets * 8 * NS_PER_S) / bitsPerSecond)));
}

/** From the first packet of data to the last acknowledgement, at the end that is acknowledged after `waitNs`. */
export const burstNs = ({ acks, intervalNs }: Burst, { packetsPerAck }: BulkShape, waitNs: DurationNs): DurationNs =>
  (acks * packetsPerAck - 1) * intervalNs + waitNs;

/**
 * Packets of data from `at` on, all of them full but the last, and an acknowledgement `waitNs` after every second, or fourth.
 * Returns the instant of the last acknowledgement.
 */
export function sendBurst(
  wire: Caller['wire'],
  connection: Connection,
  direction: Direction,
  at: TrueNs,
  burst: Burst,
  shape: BulkShape,
  waitNs: DurationNs,
): TrueNs {
  const { packets, octets, acks, intervalNs } = burst;
  const { maxPacketOctets, ackOctets, packetsPerAck, tcpFlags } = shape;
  const ackFlags = tcpFlags & ~TCP_PSH;
  const last = octets - (packets - 1) * maxPacketOctets;
  const even = last === maxPacketOctets ? packets : packets - 1;
  if (even > 0) {
    const lastFlags = even === packets ? tcpFlags : ackFlags;
    wire.send(connection, direction, at, intervalNs, even, even * maxPacketOctets, even === 1 ? lastFlags : ackFlags, ackFlags, lastFlags); // prettier-ignore
  }
  if (even < packets) wire.send(connection, direction, after(at, even * intervalNs), 0, 1, last, tcpFlags);
  const back = direction === 'down' ? 'up' : 'down';
  const ackIntervalNs = packetsPerAck * intervalNs;
  const firstAck = after(at, (packetsPerAck - 1) * intervalNs + waitNs);
  wire.send(connection, back, firstAck, ackIntervalNs, acks, acks * ackOctets, ackFlags, ackFlags);
  return trueNs(firstAck + ackIntervalNs * (acks - 1));
}

/** A transfer over a connection that is open: request, data and acknowledgements, or data, acknowledgements and answer. */
export function sendBulk(
  wire: Caller['wire'],
  connection: Connection,
  { roundTripNs, replyNs }: Path,
  direction: Direction,
  at: TrueNs,
  bulk: Bulk,
  shape: BulkShape,
  { thinkNs }: Message,
): TrueNs {
  const { tcpFlags, ackOctets } = shape;
  if (direction === 'down') {
    wire.send(connection, 'up', at, 0, 1, bulk.messageOctets, tcpFlags);
    return sendBurst(wire, connection, 'down', after(at, roundTripNs + thinkNs), bulk, shape, replyNs);
  }
  const answered = after(sendBurst(wire, connection, 'up', at, bulk, shape, roundTripNs), thinkNs);
  wire.send(connection, 'down', answered, 0, 1, bulk.messageOctets, tcpFlags);
  const acknowledged = after(answered, replyNs);
  wire.send(connection, 'up', acknowledged, 0, 1, ackOctets, tcpFlags & ~TCP_PSH);
  return acknowledged;
}

/** How long `sendBulk` takes. */
export function bulkNs(direction: Direction, bulk: Bulk, shape: BulkShape, path: Path, { thinkNs }: Message): DurationNs {
  const { roundTripNs, replyNs } = path;
  const waitNs = direction === 'down' ? replyNs : roundTripNs;
  return roundTripNs + replyNs - waitNs + thinkNs + burstNs(bulk, shape, waitNs);
}

/** Everything of a short session at once: opening, one transfer, closing, `octets` together. Returns the instant of the last packet. */
export function exchangeOnce(session: Session, direction: Direction, at: TrueNs, octets: number, bitsPerSecond: number): TrueNs {
  const ready = session.open(at);
  return session.close(session.transfer(direction, ready, octets - session.overheadOctets, bitsPerSecond));
}
