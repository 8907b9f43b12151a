import { TCP_FIN, TCP_RST } from '../../../core/net/packet-train.ts';
import type { MeteringConfig } from '../../../exporter/metering/config.ts';

/** A packet at a whole millisecond, with what tells it apart from others written as text. */
export interface NaivePacket {
  readonly ms: number;
  readonly octets: number;
  readonly flags: number;
  /** The flow key of its direction, and (of a biflow) what both directions have in common. */
  readonly key: string;
  readonly pair: string;
  readonly direction: string;
  /** What of it stands in a record whose first packet it is. */
  readonly shows: string;
}

interface Side {
  packets: number;
  octets: number;
  flags: number;
  startMs: number;
  endMs: number;
}

export interface NaiveRecord {
  readonly shows: string;
  readonly reason: number;
  readonly forward: Side;
  readonly reverse: Side;
  readonly totalPackets: number;
  readonly totalOctets: number;
}

interface NaiveFlow {
  shows: string;
  direction: string;
  forward: Side;
  reverse: Side;
  startMs: number | undefined;
  endedMs: number | undefined;
  firstMs: number;
  fullMs: number | undefined;
  totalPackets: number;
  totalOctets: number;
}

const NOTHING: Side = { packets: 0, octets: 0, flags: 0, startMs: 0, endMs: 0 };
const NS = 1e-6;

/** A meter that looks at every packet and at the clock every millisecond, and knows nothing of trains, tables or timers. */
export class ReferenceMeter {
  readonly records: NaiveRecord[] = [];
  ignored = 0;
  readonly #config: MeteringConfig;
  /** In the order they were opened. */
  readonly #flows = new Map<string, NaiveFlow>();
  #seen = 0;

  constructor(config: MeteringConfig) {
    this.#config = config;
  }

  /** Meters all packets, which are in the order of time, until `endMs`. */
  run(packets: readonly NaivePacket[], endMs: number): void {
    let next = 0;
    for (let ms = 0; ms <= endMs; ms++) {
      this.#closeDue(ms);
      for (; next < packets.length && (packets[next] as NaivePacket).ms === ms; next++)
        this.#packet(packets[next] as NaivePacket);
    }
    for (const flow of this.#flows.values()) this.#record(flow, 4);
  }

  #packet(packet: NaivePacket): void {
    const { biflow, sampling, cache, maxEntries, whenFull } = this.#config;
    if (sampling.algorithm === 'count-based' && this.#seen++ % sampling.population >= sampling.size) return;
    const key = biflow ? packet.pair : packet.key;
    let flow = this.#flows.get(key);
    if (flow === undefined) {
      if (this.#flows.size >= maxEntries) {
        if (whenFull === 'refuse-new' || cache === 'permanent') {
          this.ignored++;
          return;
        }
        const [oldest, evicted] = [...this.#flows][0] as [string, NaiveFlow];
        this.#flows.delete(oldest);
        this.#record(evicted, 5);
      }
      flow = newFlow(packet);
      this.#flows.set(key, flow);
    }
    flow.startMs ??= packet.ms;
    const isForward = packet.direction === flow.direction;
    const side = isForward ? flow.forward : flow.reverse;
    if (side.packets === 0) side.startMs = packet.ms;
    side.packets++;
    side.octets += packet.octets;
    side.flags |= packet.flags;
    side.endMs = packet.ms;
    if (side.octets > this.#config.octetLimit && this.#config.octetLimit > 0) flow.fullMs ??= packet.ms;
    const bothFin = (flow.forward.flags & flow.reverse.flags & TCP_FIN) !== 0;
    const ends = biflow ? (packet.flags & TCP_RST) !== 0 || bothFin : (packet.flags & (TCP_FIN | TCP_RST)) !== 0;
    if (ends) flow.endedMs ??= packet.ms;
    if (cache === 'immediate') {
      this.#record(flow, 1);
      this.#flows.delete(key);
    }
  }

  #closeDue(ms: number): void {
    for (const [key, flow] of [...this.#flows]) {
      const due = this.#due(flow);
      if (due === undefined || due.at > ms) continue;
      this.#record(flow, due.reason);
      if (this.#config.cache !== 'permanent') this.#flows.delete(key);
    }
  }

  /** What comes due first; of what comes due together, the first in this list. */
  #due(flow: NaiveFlow): { at: number; reason: number } | undefined {
    const { activeTimeoutMs, activeGridMs, inactiveTimeoutMs, tcpEnd, tcpLingerMs, cache } = this.#config;
    const { startMs, endedMs, fullMs } = flow;
    if (startMs === undefined) return undefined;
    const lastMs = Math.max(flow.forward.endMs, flow.reverse.endMs);
    const lingerMs = tcpEnd === 'at-once' ? NS : Math.max(NS, tcpLingerMs);
    const all: { at: number; reason: number }[] = [];
    const isNormal = cache !== 'permanent';
    if (isNormal && endedMs !== undefined && tcpEnd !== 'at-idle') all.push({ at: this.#swept(endedMs + lingerMs), reason: 3 });
    all.push({ at: this.#swept(nextMultiple(startMs + activeTimeoutMs, activeGridMs)), reason: 2 });
    const marked = tcpEnd === 'at-idle' && endedMs !== undefined;
    if (isNormal) all.push({ at: this.#swept(lastMs + inactiveTimeoutMs), reason: marked ? 3 : 1 });
    if (fullMs !== undefined) all.push({ at: this.#swept(fullMs + NS), reason: 2 });
    return all.reduce((first, other) => (other.at < first.at ? other : first));
  }

  #swept(ms: number): number {
    return nextMultiple(ms, this.#config.sweepMs);
  }

  #record(flow: NaiveFlow, reason: number): void {
    const { shows, forward, reverse } = flow;
    if (forward.packets + reverse.packets === 0) return;
    flow.totalPackets += forward.packets;
    flow.totalOctets += forward.octets;
    const isPermanent = this.#config.cache === 'permanent';
    this.records.push({
      shows,
      reason,
      forward: { ...forward, startMs: isPermanent ? flow.firstMs : forward.startMs },
      reverse: { ...reverse },
      totalPackets: flow.totalPackets,
      totalOctets: flow.totalOctets,
    });
    flow.forward = { ...NOTHING };
    flow.reverse = { ...NOTHING };
    flow.startMs = flow.endedMs = flow.fullMs = undefined;
  }
}

const newFlow = ({ shows, direction, ms }: NaivePacket): NaiveFlow => ({
  shows,
  direction,
  forward: { ...NOTHING },
  reverse: { ...NOTHING },
  startMs: undefined,
  endedMs: undefined,
  fullMs: undefined,
  firstMs: ms,
  totalPackets: 0,
  totalOctets: 0,
});

function nextMultiple(ms: number, grid: number): number {
  if (grid === 0) return ms;
  let multiple = 0;
  while (multiple < ms) multiple += grid;
  return multiple;
}
