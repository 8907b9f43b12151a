import { NS_PER_MS, type TrueNs } from '../../core/time/instant.ts';
import type { Pace } from '../kernel/kernel.ts';

/** Virtual against real time: as fast as it goes, or so many virtual seconds for each real one. */
export type Speed = 'max' | number;

const EVENTS_PER_BREATH = 2_000;
const REPORT_EVERY_MS = 100;
/** Timers below this are not worth setting. */
const MIN_SLEEP_MS = 2;
const MAX_SLEEP_MS = 250;

/**
 * Lets the process breathe while virtual time runs: signals are heard, progress is told, and at a given speed it waits for
 * real time. Nothing it does changes what happens in virtual time.
 */
export function paceOf(speed: Speed, signal: AbortSignal | undefined, report: (now: TrueNs) => void): Pace {
  const startedAt = performance.now();
  let reportedAt = 0;
  const tell = (now: TrueNs): void => {
    if (performance.now() - reportedAt < REPORT_EVERY_MS) return;
    reportedAt = performance.now();
    report(now);
  };
  return {
    everyEvents: speed === 'max' ? EVENTS_PER_BREATH : 1,
    async breathe(now) {
      signal?.throwIfAborted();
      tell(now);
      if (speed === 'max') return yieldToEvents();
      for (;;) {
        const aheadMs = now / NS_PER_MS / speed - (performance.now() - startedAt);
        if (aheadMs < MIN_SLEEP_MS) return;
        await new Promise((resolve) => setTimeout(resolve, Math.min(aheadMs, MAX_SLEEP_MS)));
        signal?.throwIfAborted();
        tell(now);
      }
    },
  };
}

const yieldToEvents = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
