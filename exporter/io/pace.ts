import { setTimeout as sleep } from 'node:timers/promises';
import { NS_PER_MS, type TrueNs } from '../../core/time/instant.ts';

/** Timers below this are not worth setting. */
const MIN_SLEEP_MS = 2;

/** Waits until packet time `now` has come, `factor` times as fast as real time since the pace was made. */
export class Pace {
  readonly #factor: number;
  readonly #startedAtMs = performance.now();

  constructor(factor: number) {
    this.#factor = factor;
  }

  /** Milliseconds of real time until `now`; negative when it is over. */
  aheadMs(now: TrueNs): number {
    return now / NS_PER_MS / this.#factor - (performance.now() - this.#startedAtMs);
  }

  /** Resolves when `now` has come; rejects with the signal's reason. */
  async reach(now: TrueNs, signal: AbortSignal): Promise<void> {
    const ms = this.aheadMs(now);
    if (ms >= MIN_SLEEP_MS) await sleep(Math.min(ms, 2 ** 31 - 1), undefined, { signal });
  }
}
