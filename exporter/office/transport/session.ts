import type { Connection } from '../../../core/net/packet-train.ts';
import { after, NS_PER_S, trueNs, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Server } from '../internet/server.ts';
import { longerHeaderOctets, type Wire } from '../wire.ts';

/** How a transport carries bulk data and acknowledges it. */
export interface BulkShape {
  /** Largest IP packet with data, whichever IP version. */
  readonly maxPacketOctets: number;
  /** Packet that only acknowledges, over IPv4. */
  readonly ackOctets: number;
  readonly packetsPerAck: number;
  readonly tcpFlags: number;
}

/** A client's end of a conversation with a server, as packet trains both ways. Octets are those of IP packets. */
export interface Session {
  /** What opening and closing take together, both directions. */
  readonly overheadOctets: number;
  /** Returns when the first request can be sent. */
  open(at: TrueNs): TrueNs;
  /** Data one way and acknowledgements the other, `octets` together. Returns the instant of the last packet. */
  transfer(direction: 'up' | 'down', at: TrueNs, octets: number, bitsPerSecond: number): TrueNs;
  /** How long `transfer` will take. */
  transferNs(octets: number, bitsPerSecond: number): DurationNs;
  /** Returns the instant of the last packet. */
  close(at: TrueNs): TrueNs;
  /** From the first to the last packet of `close`. */
  readonly closeNs: DurationNs;
}

/** Octets divided so that data and acknowledgements add up to them exactly. */
interface Bulk {
  readonly packets: number;
  /** As IPv4 would have them. */
  readonly dataOctets: number;
  readonly acks: number;
  readonly intervalNs: DurationNs;
}

/** The least a transfer can carry: one packet with a little data, and its acknowledgement. */
export const MIN_TRANSFER_OCTETS = 200;

/** With every `packetsPerAck` packets of data comes one acknowledgement, the last one for what is left. */
function divide(octets: number, bitsPerSecond: number, shape: BulkShape, connection: Connection): Bulk {
  const { maxPacketOctets, packetsPerAck } = shape;
  const longerOctets = longerHeaderOctets(connection);
  const ackOctets = shape.ackOctets + longerOctets;
  const packets = Math.max(1, Math.ceil(octets / (maxPacketOctets + ackOctets / packetsPerAck)));
  const acks = Math.ceil(packets / packetsPerAck);
  // Never more than a second between acknowledgements: an idle timeout must not cut a transfer.
  const slowest = Math.floor(NS_PER_S / packetsPerAck);
  const intervalNs = Math.max(1, Math.min(slowest, Math.round((maxPacketOctets * 8 * NS_PER_S) / bitsPerSecond)));
  return { packets, dataOctets: octets - acks * ackOctets - packets * longerOctets, acks, intervalNs };
}

/** From the request to the last packet of a transfer. */
export function bulkNs(
  connection: Connection,
  server: Server,
  octets: number,
  bitsPerSecond: number,
  shape: BulkShape,
): DurationNs {
  const { acks, intervalNs } = divide(octets, bitsPerSecond, shape, connection);
  return server.roundTripNs + acks * shape.packetsPerAck * intervalNs;
}

/**
 * Data in `direction` and acknowledgements against it. The request that asks for it rides on an acknowledgement of what
 * came before; data begins a round trip later, whichever way it goes. Returns the instant of the last packet.
 */
export function sendBulk(
  wire: Wire,
  connection: Connection,
  server: Server,
  direction: 'up' | 'down',
  at: TrueNs,
  octets: number,
  bitsPerSecond: number,
  shape: BulkShape,
): TrueNs {
  const { packets, dataOctets, acks, intervalNs } = divide(octets, bitsPerSecond, shape, connection);
  const { ackOctets, packetsPerAck, tcpFlags } = shape;
  const begin = after(at, direction === 'down' ? server.roundTripNs : 0);
  const ackIntervalNs = packetsPerAck * intervalNs;
  const firstAck = after(at, server.roundTripNs + ackIntervalNs);
  const ackFlags = tcpFlags & ~0x08;
  wire.send(connection, direction, begin, intervalNs, packets, dataOctets, ackFlags, ackFlags, tcpFlags);
  wire.send(
    connection,
    direction === 'down' ? 'up' : 'down',
    firstAck,
    ackIntervalNs,
    acks,
    acks * ackOctets,
    ackFlags,
    ackFlags,
  );
  return trueNs(firstAck + ackIntervalNs * (acks - 1));
}

/** Everything of a short session at once: opening, one transfer, closing, `octets` together. Returns the instant of the last packet. */
export function exchangeOnce(
  session: Session,
  direction: 'up' | 'down',
  at: TrueNs,
  octets: number,
  bitsPerSecond: number,
): TrueNs {
  const ready = session.open(at);
  return session.close(session.transfer(direction, ready, octets - session.overheadOctets, bitsPerSecond));
}
