import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';

/** A rate is steady: what could not be sent for this long is not made up for. */
const MOST_BEHIND_S = 0.05;
const MAX_BURST = 256;
/** Timers below a millisecond are not to be had, so a steady rate is small bursts. */
const NAP_MS = 1;

/** How many Messages are due, at a rate. */
export class LoadPace {
  readonly #messagesPerS: number;
  readonly #mostBehind: number;
  #lastS = 0;
  #credit = 0;

  /** `messagesPerS` may be infinite. */
  constructor(messagesPerS: number) {
    this.#messagesPerS = messagesPerS;
    this.#mostBehind = Math.min(MAX_BURST, Math.max(1, messagesPerS * MOST_BEHIND_S));
  }

  /** Messages to send now, `nowS` seconds after the beginning. */
  due(nowS: number): number {
    this.#credit = Math.min(this.#mostBehind, this.#credit + this.#messagesPerS * (nowS - this.#lastS));
    this.#lastS = nowS;
    const due = Math.floor(this.#credit);
    this.#credit -= due;
    return due;
  }

  /** Waits until the next are due, if only for sockets and signals. */
  pause(sent: number): Promise<void> {
    return sent < MAX_BURST ? sleep(NAP_MS) : breathe();
  }
}
