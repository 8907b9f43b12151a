import { PROTOCOL_TCP, TCP_FIN, TCP_RST, packetsBy, trainEnd, type PacketTrain } from '../../core/net/packet-train.ts';
import { after, trueNs, type TrueNs } from '../../core/time/instant.ts';

/** What the Observation Point sees of a train: flow key and the fields beside it. */
export interface Observed {
  readonly sourceAddress: number;
  readonly destinationAddress: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly postNatSourceAddress: number;
  readonly postNatDestinationAddress: number;
  readonly postNaptSourcePort: number;
  readonly postNaptDestinationPort: number;
  readonly ingressInterface: number;
  readonly egressInterface: number;
  readonly applicationId: number;
  readonly forwardingStatus: number;
}

/** A train in the cache and how many of its packets earlier records have counted. */
export interface Running {
  readonly train: PacketTrain;
  counted: number;
}

/** One flow in the cache: the trains that make it up, and when the present record began. */
export interface FlowEntry {
  readonly key: string;
  readonly protocol: number;
  observed: Observed;
  running: Running[];
  /** The first packet of the present record. */
  startedAt: TrueNs;
  /** When the record closes unless another train comes. */
  closesAt: TrueNs;
  closeReason: number;
  /** The timer that is set, or `undefined`; it may be earlier than `closesAt`, never later. */
  timerAt: TrueNs | undefined;
}

/** How many packets of the train passed strictly before `instant`. */
export const packetsBefore = (train: PacketTrain, instant: TrueNs): number => packetsBy(train, trueNs(instant - 1));

/** The instant of packet number `index` (from 0). */
export const packetAt = (train: PacketTrain, index: number): TrueNs => trueNs(train.startNs + train.intervalNs * index);

// At the top, for it runs once per train: a function made anew each time would cost more than what it does.
const ends = (flags: number): boolean => (flags & (TCP_FIN | TCP_RST)) !== 0;

/** The instant of the train's first FIN or RST among packets `from` on, or `undefined`. */
export function endSeenAt(train: PacketTrain, from: number): TrueNs | undefined {
  if (train.connection.protocol !== PROTOCOL_TCP) return undefined;
  if (from === 0 && ends(train.tcpFlagsFirst)) return train.startNs;
  if (ends(train.tcpFlags) && Math.max(from, 1) < train.packets - 1) return packetAt(train, Math.max(from, 1));
  if (train.packets > 1 && from < train.packets && ends(train.tcpFlagsLast)) return trainEnd(train);
  return undefined;
}

/**
 * The first instant at which nothing has passed for `inactiveNs`, given the trains known, or one after `until`. A train
 * whose packets follow each other faster than that cannot fall idle before its end; a slower one is walked packet by packet.
 */
export function idleAt(entry: FlowEntry, inactiveNs: number, until: TrueNs): TrueNs {
  let quietSince = entry.startedAt;
  for (const { train } of entry.running) {
    if (train.intervalNs < inactiveNs) quietSince = trueNs(Math.max(quietSince, trainEnd(train)));
  }
  for (;;) {
    const limit = after(quietSince, inactiveNs);
    if (limit > until) return limit;
    let latest = quietSince;
    for (const { train } of entry.running) {
      const passed = packetsBefore(train, limit);
      if (passed > 0) latest = trueNs(Math.max(latest, packetAt(train, passed - 1)));
    }
    if (latest === quietSince) return limit;
    quietSince = latest;
  }
}
