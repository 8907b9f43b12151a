import type { TrueNs } from '../core/time/instant.ts';

/** Something with timers: a machine, or several with what is done about their outputs. */
export interface Timed {
  nextTimeout(): TrueNs | undefined;
  /** Does what is due and passes on what comes of it. */
  wake(now: TrueNs): void;
}

const NS_PER_MS = 1e6;
/** setTimeout counts with 31 bits. */
const LONGEST_MS = 2 ** 31 - 1;

/** Wakes machines that were written for virtual time when real time has come as far. */
export class RealTimeDriver {
  readonly #now: () => TrueNs;
  readonly #timed: readonly Timed[];
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(now: () => TrueNs, timed: readonly Timed[]) {
    this.#now = now;
    this.#timed = timed;
  }

  /** To be called at the start, and after input that may have moved a timer. */
  rearm(): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    const next = Math.min(...this.#timed.map((each) => each.nextTimeout() ?? Number.POSITIVE_INFINITY));
    if (next === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.min(LONGEST_MS, Math.max(0, Math.ceil((next - this.#now()) / NS_PER_MS)));
    this.#timer = setTimeout(() => this.#wake(), waitMs);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #wake(): void {
    for (const each of this.#timed) {
      const now = this.#now();
      const next = each.nextTimeout();
      if (next !== undefined && next <= now) each.wake(now);
    }
    this.rearm();
  }
}
