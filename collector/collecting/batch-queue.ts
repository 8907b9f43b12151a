import { CollectedBatch } from './collected-batch.ts';

/** Emptied batches kept for reuse; more than the store holds at a time would be memory for nothing. */
const SPARE_BATCHES = 16;

/** The batch being filled, those that wait for the store and those that can be used again. */
export class BatchQueue {
  /** Records thrown away because the store did not keep up. */
  droppedFlows = 0;
  current: CollectedBatch;
  readonly #rows: number;
  readonly #maxWaiting: number;
  readonly #waiting: CollectedBatch[] = [];
  readonly #spare: CollectedBatch[] = [];

  constructor(rows: number, maxWaiting: number) {
    this.#rows = rows;
    this.#maxWaiting = maxWaiting;
    this.current = new CollectedBatch(rows);
  }

  /** Makes the current batch available and begins another. Nothing happens while it is empty. */
  turn(): void {
    if (this.current.length === 0) return;
    if (this.#waiting.length >= this.#maxWaiting) {
      this.droppedFlows += this.current.length;
      this.current.clear();
      return;
    }
    this.#waiting.push(this.current);
    this.current = this.#spare.pop() ?? new CollectedBatch(this.#rows);
  }

  poll(): CollectedBatch | undefined {
    return this.#waiting.shift();
  }

  release(batch: CollectedBatch): void {
    if (this.#spare.length >= SPARE_BATCHES || batch.capacity !== this.#rows) return;
    batch.clear();
    this.#spare.push(batch);
  }
}
