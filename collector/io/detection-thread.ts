import { Worker } from 'node:worker_threads';
import { widthOf, type Column } from '../collecting/collected-rows.ts';
import type { CollectedBatch } from '../collecting/collected-batch.ts';
import type { Label } from '../collecting/label.ts';
import type { NatEventBatch } from '../collecting/nat-event-batch.ts';
import { byRaise, type Alert } from '../detect/alert.ts';
import { VIEWED_COLUMNS, type ViewedFlows } from '../detect/inside-view.ts';
import type { BatchWatcher } from '../store/store-collected.ts';
import type { DetectionAnswer, DetectionRequest, DetectionTask } from './detection-messages.ts';

/**
 * Detection in a thread of its own, which gives way to receiving: looking at a record takes longer than taking it in. What comes faster than it
 * is looked at waits, up to a limit; beyond that it is left out and counted.
 */
export class DetectionThread implements BatchWatcher {
  /** Rows that came faster than they could be looked at, and those of exporters that are too many. */
  #leftOutRows = 0;
  #unwatchedRows = 0;
  readonly #worker: Worker;
  readonly #maxWaitingRows: number;
  #waitingRows = 0;
  /** How often any were told, or told anew. */
  #tellings = 0;
  /** By id. */
  readonly #alerts = new Map<string, Alert>();
  #failure: string | undefined;
  /** That all was looked at, or that nobody looks any more. */
  readonly #isOver: Promise<void>;

  constructor(task: DetectionTask) {
    this.#maxWaitingRows = task.config.maxWaitingRows;
    const module = new URL('./detection-worker.ts', import.meta.url).href;
    this.#worker = new Worker(new URL('../store/start-worker.mjs', import.meta.url), { workerData: { module, task } });
    this.#worker.on('message', (answer: DetectionAnswer) => this.#take(answer));
    this.#worker.on('error', ({ message }) => {
      this.#failure = message.split('\n')[0] ?? '';
      // What waited for it is looked at by nobody.
      this.#leftOutRows += this.#waitingRows;
      this.#waitingRows = 0;
    });
    this.#isOver = new Promise((resolve) => {
      this.#worker.once('exit', () => resolve());
      this.#worker.on('message', ({ kind }: DetectionAnswer) => void (kind === 'settled' && resolve()));
    });
  }

  /** Rows that were not looked at. */
  get unwatchedRows(): number {
    return this.#leftOutRows + this.#unwatchedRows;
  }

  /** Why nothing is looked at any more, in one sentence; `undefined` while it is. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** The same as long as `alerts` are. */
  get tellings(): number {
    return this.#tellings;
  }

  /** What was told so far, the oldest first. */
  get alerts(): Alert[] {
    return [...this.#alerts.values()].sort(byRaise);
  }

  handle(batch: CollectedBatch): void {
    if (!this.#hasRoomFor(batch.length)) return;
    const columns = Object.fromEntries(VIEWED_COLUMNS.map((name) => [name, rowsOf(batch[name], batch)]));
    const flows = { ...columns, length: batch.length } as unknown as ViewedFlows;
    this.#send({ kind: 'flows', flows }, Object.values(columns));
  }

  handleNatEvents(batch: NatEventBatch): void {
    if (!this.#hasRoomFor(batch.length)) return;
    const columns = Object.fromEntries(
      Object.entries(batch).flatMap(([name, value]) =>
        ArrayBuffer.isView(value) ? [[name, rowsOf(value as Column, batch)]] : [],
      ),
    );
    const { length } = batch;
    const events = { ...columns, length, capacity: length } as unknown as NatEventBatch;
    this.#send({ kind: 'nat-events', events }, Object.values(columns));
  }

  /** Names that hold from now on. */
  learn(labels: readonly Label[]): void {
    if (labels.length > 0) this.#send({ kind: 'labels', labels }, []);
  }

  /** No more is to come: resolves when all that waits has been looked at, or when the thread is there no more. */
  async settle(): Promise<void> {
    this.#send({ kind: 'settle' }, []);
    await this.#isOver;
  }

  #hasRoomFor(rows: number): boolean {
    if (this.#failure === undefined && this.#waitingRows + rows <= this.#maxWaitingRows) {
      this.#waitingRows += rows;
      return true;
    }
    this.#leftOutRows += rows;
    return false;
  }

  #send(request: DetectionRequest, columns: readonly Column[]): void {
    this.#worker.postMessage(
      request,
      columns.map(({ buffer }) => buffer as ArrayBuffer),
    );
  }

  #take(answer: DetectionAnswer): void {
    if (answer.kind === 'seen') {
      this.#waitingRows -= answer.rows;
      this.#unwatchedRows = answer.unwatched;
    }
    if (answer.kind !== 'alerts') return;
    this.#tellings++;
    for (const alert of answer.alerts) this.#alerts.set(alert.id, alert);
  }
}

/** A copy of what is in use: the batch is reused as soon as it is stored. */
const rowsOf = (column: Column, batch: CollectedBatch | NatEventBatch): Column =>
  column.slice(0, widthOf(column, batch) * batch.length);
