import { clearRows, type CollectedRows } from './collected-rows.ts';

/** Emptied batches kept for reuse; more than the store holds at a time would be memory for nothing. */
const SPARE_BATCHES = 16;

/** The batch being filled, those that wait for the store and those that can be used again. */
export class BatchQueue<Batch extends CollectedRows> {
  /** Records thrown away because the store did not keep up. */
  droppedRecords = 0;
  current: Batch;
  /** Called when another batch waits. */
  onWaiting: () => void = () => undefined;
  readonly #create: () => Batch;
  readonly #maxWaiting: number;
  readonly #waiting: Batch[] = [];
  readonly #spare: Batch[] = [];
  /** Whether the current batch is to be had, full or not, after those that wait. */
  #isFlushed = false;

  constructor(create: () => Batch, maxWaiting: number) {
    this.#create = create;
    this.#maxWaiting = maxWaiting;
    this.current = create();
  }

  /** Batches that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Makes the current batch available and begins another. Nothing happens while it is empty. */
  turn(): void {
    this.#isFlushed = false;
    if (this.current.length === 0) return;
    if (this.#waiting.length >= this.#maxWaiting) {
      this.droppedRecords += this.current.length;
      clearRows(this.current);
      return;
    }
    this.#waiting.push(this.current);
    this.current = this.#spare.pop() ?? this.#create();
    this.onWaiting();
  }

  /** Makes the current batch available when none waits before it any more: only full ones use up the room there is, so that nothing is dropped. */
  flush(): void {
    this.#isFlushed = true;
  }

  poll(): Batch | undefined {
    if (this.#waiting.length === 0 && this.#isFlushed) this.turn();
    return this.#waiting.shift();
  }

  /** A polled batch is to be polled again, before those that wait. */
  putBack(batch: Batch): void {
    this.#waiting.unshift(batch);
  }

  release(batch: Batch): void {
    if (this.#spare.length >= SPARE_BATCHES || batch.capacity !== this.current.capacity) return;
    clearRows(batch);
    this.#spare.push(batch);
  }
}
