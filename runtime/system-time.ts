import { trueNs, type Epoch, type TrueNs } from '../core/time/instant.ts';

/** Real time for machines that were written for virtual time. */
export interface SystemTime {
  readonly epoch: Epoch;
  /** Nanoseconds since the epoch, by the process's monotonic clock. */
  now(): TrueNs;
}

/** A tick that is known as well as this is good enough. */
const GOOD_NS = 5_000n;
/** A clock that reads the same so many times, for about a second, does not move: some libraries that fake the time can stop it. */
const MAX_READINGS = 5_000_000;
/** On a busy machine another process may run at the very tick: so many are looked at. */
const MAX_TICKS = 16;

/**
 * Begins a timescale at a tick of the system's wall clock. The wall clock counts whole milliseconds, so ticks are waited for, busily and
 * for no longer than 16 of them, and the one is taken whose instant is known best: a date read in between would be up to 1 ms old.
 * Throws an Error of one sentence when the clock does not move.
 */
export function startSystemTime(): SystemTime {
  let best = nextTick();
  for (let ticks = 1; ticks < MAX_TICKS && best.uncertaintyNs > GOOD_NS; ticks++) {
    const tick = nextTick();
    if (tick.uncertaintyNs < best.uncertaintyNs) best = tick;
  }
  const { unixMs, at } = best;
  return { epoch: { unixMs }, now: () => trueNs(Number(process.hrtime.bigint() - at)) };
}

/** The next tick of the wall clock, when it was by the monotonic clock, and how long before that it may have been. */
function nextTick(): { readonly unixMs: number; readonly at: bigint; readonly uncertaintyNs: bigint } {
  const begin = Date.now();
  let before = process.hrtime.bigint();
  for (let readings = 0; readings < MAX_READINGS; readings++) {
    const unixMs = Date.now();
    const at = process.hrtime.bigint();
    if (unixMs !== begin) return { unixMs, at, uncertaintyNs: at - before };
    before = at;
  }
  throw new Error(`the system's clock stands still at ${new Date(begin).toISOString()}: it must run, is it frozen by faketime?`);
}
