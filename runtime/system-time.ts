import { NS_PER_MS, trueNs, type Epoch, type TrueNs } from '../core/time/instant.ts';

/** Real time for machines that were written for virtual time. */
export interface SystemTime {
  readonly epoch: Epoch;
  /** Nanoseconds since the epoch, by the process's monotonic clock. */
  now(): TrueNs;
}

/** The wall clock counts whole milliseconds, so a tick is waited for; who is interrupted meanwhile sees it late, hence several. */
const TICKS = 4;

/**
 * Begins a timescale at a tick of the system's wall clock: of some milliseconds, busily waited for, the one that was seen soonest.
 * A date read in between two ticks would be up to 1 ms old.
 */
export function startSystemTime(): SystemTime {
  const ticks = Array.from({ length: TICKS }, nextTick);
  const [first] = ticks as [Tick];
  const lateNs = ({ unixMs, at }: Tick): number => Number(at - first.at) - (unixMs - first.unixMs) * NS_PER_MS;
  const { unixMs, at } = ticks.reduce((soonest, tick) => (lateNs(tick) < lateNs(soonest) ? tick : soonest));
  return { epoch: { unixMs }, now: () => trueNs(Number(process.hrtime.bigint() - at)) };
}

interface Tick {
  readonly unixMs: number;
  readonly at: bigint;
}

function nextTick(): Tick {
  const before = Date.now();
  let unixMs = before;
  while (unixMs === before) unixMs = Date.now();
  return { unixMs, at: process.hrtime.bigint() };
}
