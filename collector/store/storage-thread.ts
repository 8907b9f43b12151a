import { Worker } from 'node:worker_threads';
import type { NextIds } from './spool/spool.ts';
import type { StorageAnswer, StorageRequest, StorageTask } from './storage-messages.ts';

interface Waiting {
  resolve(rows: readonly object[]): void;
  reject(error: Error): void;
  onRows?(rows: object): void;
}

type Ready = Extract<StorageAnswer, { kind: 'ready' }>;

/** What is heard from the thread beside answers to what was asked. */
export interface StorageListener {
  stored(number: number): void;
  damaged(number: number, why: string): void;
  /** Why summing up and deleting stopped; `undefined` when it goes on. */
  retention(failure: string | undefined): void;
  /** It is there no more, for this reason, and what was asked of it is refused. */
  ended(reason: string): void;
}

/** One run of the storage worker, from its beginning to its end, however that comes. */
export class StorageThread {
  /** The last segment the database had when it was opened. */
  readonly lastSegment: number;
  readonly nextIds: NextIds;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #tickets = 0;
  #reason = 'the storage thread has ended';

  private constructor(worker: Worker, ready: Ready, listener: StorageListener) {
    this.#worker = worker;
    this.lastSegment = ready.lastSegment;
    this.nextIds = ready.nextIds;
    worker.on('message', (answer: StorageAnswer) => this.#take(answer, listener));
    worker.on('error', ({ message }) => void (this.#reason = firstLineOf(message)));
    worker.once('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error(this.#reason));
      this.#waiting.clear();
      listener.ended(this.#reason);
    });
  }

  /** Opens the file in a thread of its own. Rejects with an Error of one sentence when it cannot be opened. */
  static async begin(task: StorageTask, listener: StorageListener): Promise<StorageThread> {
    const module = new URL('./storage-worker.ts', import.meta.url).href;
    const worker = new Worker(new URL('./start-worker.mjs', import.meta.url), { workerData: { module, task } });
    const answer = await new Promise<StorageAnswer>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', ({ message }) => reject(new Error(firstLineOf(message))));
      worker.once('exit', () => reject(new Error('the storage thread did not begin')));
    });
    if (answer.kind === 'ready') return new StorageThread(worker, answer, listener);
    throw new Error('the storage thread did not begin');
  }

  send(request: StorageRequest): void {
    this.#worker.postMessage(request);
  }

  /** Rejects when it fails, and when the thread ends before. */
  ask(requestOf: (ticket: number) => StorageRequest, onRows?: (rows: object) => void): Promise<readonly object[]> {
    const ticket = this.#tickets++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(ticket, { resolve, reject, ...(onRows === undefined ? {} : { onRows }) });
      this.send(requestOf(ticket));
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #take(answer: StorageAnswer, listener: StorageListener): void {
    switch (answer.kind) {
      case 'stored':
        return listener.stored(answer.number);
      case 'damaged':
        return listener.damaged(answer.number, answer.why);
      case 'retention':
        return listener.retention(answer.failure);
      case 'scanned':
        return this.#waiting.get(answer.ticket)?.onRows?.(answer.rows);
      case 'rows':
        return this.#settle(answer.ticket, ({ resolve }) => resolve(answer.rows));
      case 'done':
        return this.#settle(answer.ticket, ({ resolve }) => resolve([]));
      case 'failed':
        return this.#settle(answer.ticket, ({ reject }) => reject(new Error(answer.message)));
      case 'ready':
    }
  }

  #settle(ticket: number, how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(ticket);
    this.#waiting.delete(ticket);
    if (waiting !== undefined) how(waiting);
  }
}

/** Databases tell some errors in several lines. */
const firstLineOf = (message: string): string => message.split('\n')[0] as string;
