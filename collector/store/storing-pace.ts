/** How long arrivals are counted for. */
const WINDOW_MS = 1_000;
/** The share of the time that storing may take before it is put off. */
const BUSY_SHARE = 0.5;
/** How much the latest portion counts in what a row is thought to cost. */
const WEIGHT = 0.5;

/**
 * Tells whether so much comes that storing had better wait: when the database would be at work for more than half of the time, what receives
 * needs the processor more, and what is kept can be asked for where it lies. What storing costs is learnt from storing.
 */
export class StoringPace {
  #windowFromMs = 0;
  #rows = 0;
  #rowsPerMs = 0;
  #msPerRow = 0;

  /** Rows that came. */
  arrived(rows: number, nowMs: number): void {
    this.#turn(nowMs);
    this.#rows += rows;
  }

  /** Rows that were stored, and how long it took. */
  stored(rows: number, tookMs: number): void {
    if (rows === 0) return;
    const msPerRow = tookMs / rows;
    this.#msPerRow += (this.#msPerRow === 0 ? 1 : WEIGHT) * (msPerRow - this.#msPerRow);
  }

  isBusy(nowMs: number): boolean {
    this.#turn(nowMs);
    return this.#rowsPerMs * this.#msPerRow > BUSY_SHARE;
  }

  #turn(nowMs: number): void {
    const lastedMs = nowMs - this.#windowFromMs;
    if (lastedMs < WINDOW_MS) return;
    // After a long silence the rate is that of the silence.
    this.#rowsPerMs = this.#rows / lastedMs;
    this.#rows = 0;
    this.#windowFromMs = nowMs;
  }
}
