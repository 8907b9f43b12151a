import type { TrueNs } from '../../core/time/instant.ts';
import type { Pace } from '../kernel/kernel.ts';
import type { Tempo } from './tempo.ts';

const EVENTS_PER_BREATH = 2_000;
const REPORT_EVERY_MS = 100;
/** Timers below this are not worth setting. */
const MIN_SLEEP_MS = 2;
const MAX_SLEEP_MS = 100;

/**
 * Lets the process breathe while virtual time runs: signals are heard, progress is told, and at a given speed it waits for
 * real time. Nothing it does changes what happens in virtual time.
 */
export function paceOf(tempo: Tempo, signal: AbortSignal | undefined, report: (now: TrueNs) => void | Promise<void>): Pace {
  tempo.restart();
  let reportedAt = 0;
  const tell = async (now: TrueNs): Promise<void> => {
    if (performance.now() - reportedAt < REPORT_EVERY_MS) return;
    reportedAt = performance.now();
    await report(now);
  };
  return {
    get everyEvents() {
      return tempo.speed === 'max' ? EVENTS_PER_BREATH : 1;
    },
    async breathe(now) {
      signal?.throwIfAborted();
      await tell(now);
      if (tempo.speed === 'max') await yieldToEvents();
      for (;;) {
        const aheadMs = tempo.untilMs(now);
        if (aheadMs < MIN_SLEEP_MS) return;
        await new Promise((resolve) => setTimeout(resolve, Math.min(aheadMs, MAX_SLEEP_MS)));
        signal?.throwIfAborted();
        await tell(now);
      }
    },
  };
}

const yieldToEvents = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
