import { wordCount, wordNumber, wordOctets, wordTime } from '../query/wording.ts';
import type { Telling } from './alert.ts';
import { NOT_STORED, type InsideFlows } from './inside-flows.ts';

/** Rows named beside an alert. */
const MAX_FLOW_IDS = 20;

/** From when to when by the router's clock, how much, and some of the rows: what every alert says of its flows. */
export class Evidence {
  flows = 0;
  packets = 0;
  octets = 0;
  firstSeenMs = Infinity;
  lastSeenMs = -Infinity;
  /** The largest seen: counts are of one packet of so many. */
  samplingInterval = 1;
  readonly flowIds: number[] = [];

  add(flows: InsideFlows, row: number): void {
    this.flows++;
    this.packets += flows.packets[row] as number;
    this.octets += flows.octets[row] as number;
    this.firstSeenMs = Math.min(this.firstSeenMs, flows.startMs[row] as number);
    this.lastSeenMs = Math.max(this.lastSeenMs, flows.endMs[row] as number);
    this.samplingInterval = Math.max(this.samplingInterval, flows.samplingInterval[row] as number);
    const id = flows.id[row] as number;
    if (id !== NOT_STORED && this.flowIds.length < MAX_FLOW_IDS) this.flowIds.push(id);
  }

  /** `09:00:00 UTC to 09:01:39 UTC, 1,000 flows, 44 kB`, by the router's clock; of a sampled export as it was counted. */
  get sentence(): string {
    const span = `${wordTime(this.firstSeenMs)} to ${wordTime(this.lastSeenMs)}`;
    const volume = `${wordCount(this.flows, 'flow')}, ${wordOctets(this.octets)}`;
    const sampled = this.samplingInterval > 1 ? `, of one packet in ${wordNumber(this.samplingInterval)}` : '';
    return `${span}, ${volume}${sampled}`;
  }

  /** What a `Telling` has of it. */
  get seen(): Pick<Telling, 'firstSeenMs' | 'lastSeenMs' | 'flowIds'> {
    return { firstSeenMs: this.firstSeenMs, lastSeenMs: this.lastSeenMs, flowIds: [...this.flowIds] };
  }
}
