import { trueNs, type TrueNs } from '../../../core/time/instant.ts';
import type { ClockSegment, VirtualClock } from '../../../core/time/virtual-clock.ts';

/** What a device's clocks showed, in nanoseconds: the wall since the scenario's epoch, the uptime since it was switched on. */
export interface ClockReading {
  wall(trueInstant: number): number;
  uptime(trueInstant: number): number;
}

/**
 * Reads a clock that is not touched any more, up to `end` and as it went on from there: a run has thousands of corrections and a hundred thousand
 * records, so by halving.
 */
export function readingOf(clock: VirtualClock, end: TrueNs): ClockReading {
  const history = clock.historyUntil(end);
  let latest = 0;
  const sinceOf = (index: number): number => history[index]?.since ?? Infinity;
  return {
    wall(instant) {
      // Most questions are about the neighbourhood of the last.
      const isSame = instant >= sinceOf(latest) && instant < sinceOf(latest + 1);
      let low = isSame ? latest : 0;
      let high = isSame ? latest : history.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((history[middle] as ClockSegment).since <= instant) low = middle;
        else high = middle - 1;
      }
      latest = low;
      const { since, wallAt, rate } = history[low] as ClockSegment;
      return Math.round(wallAt + (instant - since) * rate);
    },
    uptime: (instant) => clock.uptime(trueNs(instant)),
  };
}
