import type { ClockReading } from '../../../collector/clock-audit/clock-reading.ts';
import { Random } from '../../../core/random/random.ts';

const BEGIN_S = 1_772_442_000;

/** An exporter's clock and the way to the collector, as the truth has them. */
export interface Sent {
  readonly seed: number;
  readonly lastsS: number;
  readonly messagesPerS: number;
  /** Exporter's clock less true time, in seconds, by seconds since the beginning. */
  readonly offsetS: (atS: number) => number;
  readonly leastDelayMs: number;
  /** Mean of what comes to it, which is spread exponentially. */
  readonly jitterMs: number;
  /** Whether a flow that ended in the same millisecond tells it. */
  readonly tellsMs?: boolean;
  /** Whether Messages leave at chance instants or at every so many seconds. */
  readonly isTimed?: boolean;
  /** What the uptime is less than the time since the beginning, in seconds: of a clock of its own. */
  readonly uptimeS?: (atS: number) => number;
}

/** The Messages of a exporter in the order of arrival, with the second since the beginning at which each came. */
export function* sentMessages(sent: Sent): Generator<ClockReading & { readonly atS: number }> {
  const random = new Random(sent.seed);
  const between = 1 / sent.messagesPerS;
  let at = random.uniform(0, between);
  let received = 0;
  for (; at < sent.lastsS; at += sent.isTimed === true ? between : random.exponential(between)) {
    received = Math.max(received, at + (sent.leastDelayMs + random.exponential(sent.jitterMs)) / 1e3);
    const tells = BEGIN_S + at + sent.offsetS(at);
    yield {
      atS: at,
      receivedAtUs: Math.round((BEGIN_S + received) * 1e6),
      exportTimeUs: Math.floor(tells) * 1e6,
      latestUs: sent.tellsMs === true ? Math.floor(tells * 1e3) * 1e3 : Math.floor(tells) * 1e6,
      uptimeMs: sent.uptimeS === undefined ? undefined : Math.floor(sent.uptimeS(at) * 1e3) >>> 0,
    };
  }
}
