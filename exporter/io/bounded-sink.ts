import { setTimeout as sleep } from 'node:timers/promises';
import type { MessageSink } from './message-sink.ts';

/** How long a sink that takes nothing is waited for at the end. */
const PATIENCE_MS = 5_000;

/**
 * Hands Messages to a sink that may be slow, as many as may wait; what comes beyond them is dropped and counted (RFC 7011 section
 * 10.4.1). Nobody who gives it a Message has to wait.
 */
export class BoundedSink {
  /** Messages nobody will see. */
  dropped = 0;
  readonly #sink: MessageSink;
  readonly #mostWaiting: number;
  readonly #waiting: Uint8Array[] = [];
  #draining: Promise<void> | undefined;
  #failure: unknown;

  constructor(sink: MessageSink, mostWaiting: number) {
    this.#sink = sink;
    this.#mostWaiting = mostWaiting;
  }

  /** Returns whether there was room. */
  post(message: Uint8Array): boolean {
    if (this.#failure !== undefined || this.#waiting.length >= this.#mostWaiting) {
      this.dropped++;
      return false;
    }
    this.#waiting.push(message);
    this.#draining ??= this.#drain();
    return true;
  }

  /** Sends what waits, unless the sink takes nothing any more. Rejects when the sink failed. */
  async close(): Promise<void> {
    const patience = new AbortController();
    await Promise.race([this.#draining, sleep(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => undefined)]);
    patience.abort();
    this.dropped += this.#waiting.length;
    this.#waiting.length = 0;
    await this.#sink.close();
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #drain(): Promise<void> {
    try {
      for (let message = this.#waiting.shift(); message !== undefined; message = this.#waiting.shift())
        await this.#sink.send(message);
    } catch (error) {
      this.#failure = error;
      this.dropped += this.#waiting.length + 1;
      this.#waiting.length = 0;
    }
    this.#draining = undefined;
  }
}
