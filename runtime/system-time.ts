import { trueNs, type Epoch, type TrueNs } from '../core/time/instant.ts';

/** Real time for machines that were written for virtual time. */
export interface SystemTime {
  readonly epoch: Epoch;
  /** Nanoseconds since the epoch, by the process's monotonic clock. */
  now(): TrueNs;
}

/**
 * Begins a timescale at the next tick of the system's wall clock. The wall clock counts whole milliseconds, so the tick is
 * waited for, busily and for no longer than one of them: a date read in between would be up to 1 ms old.
 */
export function startSystemTime(): SystemTime {
  const before = Date.now();
  let unixMs = before;
  while (unixMs === before) unixMs = Date.now();
  const startedAt = process.hrtime.bigint();
  return { epoch: { unixMs }, now: () => trueNs(Number(process.hrtime.bigint() - startedAt)) };
}
