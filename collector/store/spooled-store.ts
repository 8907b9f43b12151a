import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { CollectedBatch } from '../collecting/collected-batch.ts';
import type { Label } from '../collecting/label.ts';
import type { NatEventBatch } from '../collecting/nat-event-batch.ts';
import {
  NotStoredError,
  type Exporter,
  type FlowColumn,
  type FlowStore,
  type QueryParameters,
  type StoredFlows,
  type StoreState,
} from './flow-store.ts';
import type { RetentionConfig } from './retention/config.ts';
import type { SpoolConfig } from './spool/config.ts';
import { segmentOf, type SegmentKind, type SegmentRows } from './spool/segment.ts';
import { Spool } from './spool/spool.ts';
import type { StorageAnswer, StorageRequest, StorageTask } from './storage-messages.ts';

interface Waiting {
  resolve(rows: readonly object[]): void;
  reject(error: Error): void;
  onRows?(rows: object): void;
}

/**
 * A DuckDB file behind a spool: what `append` was given is a segment on disk when its promise resolves, and that is what survives the end of the
 * program at any moment. A thread of its own stores the segments in their order, each exactly once.
 */
export class SpooledStore implements FlowStore {
  /** Segments whose octets were not those that were written: they are put aside. */
  damagedSegments = 0;
  /** Why summing up and deleting old rows stopped, in one sentence; `undefined` while it goes. */
  retentionFailure: string | undefined;
  readonly #worker: Worker;
  readonly #spool: Spool;
  readonly #waiting = new Map<number, Waiting>();
  #tickets = 0;
  #database: StoreState = { kind: 'storing' };
  #spoolState: StoreState = { kind: 'storing' };

  private constructor(worker: Worker, spool: Spool) {
    this.#worker = worker;
    this.#spool = spool;
    worker.on('message', (answer: StorageAnswer) => this.#take(answer));
    worker.on('error', (error) => this.#fail(error));
  }

  /**
   * Opens the file and takes up what an earlier run left in `<path>.spool`. Rejects when either cannot be had. Nothing is summed up or deleted
   * without `retention`.
   */
  static async open(path: string, config: SpoolConfig, retention?: RetentionConfig): Promise<SpooledStore> {
    const directory = `${path}.spool`;
    const module = new URL('./storage-worker.ts', import.meta.url).href;
    const worker = new Worker(new URL('./start-worker.mjs', import.meta.url), {
      workerData: { module, path, retention } satisfies StorageTask,
    });
    const [answer] = (await once(worker, 'message')) as [StorageAnswer];
    if (answer.kind !== 'ready') throw new Error(answer.kind === 'failed' ? answer.message : 'the storage worker did not begin');
    const spool = new Spool(directory, config, answer.lastSegment + 1);
    const store = new SpooledStore(worker, spool);
    for (const number of spool.numbers) {
      if (number <= answer.lastSegment) spool.remove(number);
      else store.#send({ kind: 'segment', number, path: spool.pathOf(number) });
    }
    return store;
  }

  get state(): StoreState {
    return this.#spoolState.kind === 'storing' ? this.#database : this.#spoolState;
  }

  /** Octets of segments the database does not have yet. */
  get spooledOctets(): number {
    return this.#spool.octets;
  }

  append(batch: CollectedBatch): Promise<void> {
    return this.#keep('flows', batch as unknown as SegmentRows);
  }

  appendNatEvents(batch: NatEventBatch): Promise<void> {
    return this.#keep('natEvents', batch as unknown as SegmentRows);
  }

  async appendLabels(labels: readonly Label[]): Promise<void> {
    if (labels.length > 0) await this.#ask((ticket) => ({ kind: 'labels', ticket, labels }));
  }

  async query<T extends object>(sql: string, parameters: QueryParameters = {}): Promise<T[]> {
    return (await this.#ask((ticket) => ({ kind: 'query', ticket, sql, parameters }))) as T[];
  }

  async scan<Column extends FlowColumn>(
    columns: readonly Column[],
    onRows: (rows: StoredFlows<Column>) => void,
    exporter?: Exporter,
  ): Promise<void> {
    await this.#ask(
      (ticket) => ({ kind: 'scan', ticket, columns, exporter }),
      (rows) => onRows(rows as StoredFlows<Column>),
    );
  }

  /** Resolves when the database has everything that was kept. */
  async close(): Promise<void> {
    await this.#ask((ticket) => ({ kind: 'close', ticket }));
    await this.#worker.terminate();
    this.#spool.close();
  }

  async #keep(kind: SegmentKind, rows: SegmentRows): Promise<void> {
    if (rows.length === 0) return;
    try {
      const number = await this.#spool.write(segmentOf(kind, rows), Date.now());
      this.#spoolState = { kind: 'storing' };
      this.#send({ kind: 'segment', number, path: this.#spool.pathOf(number) });
    } catch (error) {
      if (error instanceof NotStoredError) this.#spoolState = { kind: 'full', reason: error.message };
      throw error;
    }
  }

  #send(request: StorageRequest): void {
    this.#worker.postMessage(request);
  }

  #ask(requestOf: (ticket: number) => StorageRequest, onRows?: (rows: object) => void): Promise<readonly object[]> {
    const ticket = this.#tickets++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(ticket, { resolve, reject, ...(onRows === undefined ? {} : { onRows }) });
      this.#send(requestOf(ticket));
    });
  }

  #take(answer: StorageAnswer): void {
    switch (answer.kind) {
      case 'stored':
        for (const number of this.#spool.numbers) if (number <= answer.number) this.#spool.remove(number);
        return;
      case 'damaged':
        this.damagedSegments++;
        return this.#spool.setAside(answer.number);
      case 'state':
        this.#database = answer.state;
        return;
      case 'retention':
        this.retentionFailure = answer.failure;
        return;
      case 'scanned':
        return this.#waiting.get(answer.ticket)?.onRows?.(answer.rows);
      case 'rows':
        return this.#settle(answer.ticket, ({ resolve }) => resolve(answer.rows));
      case 'done':
        return this.#settle(answer.ticket, ({ resolve }) => resolve([]));
      case 'failed':
        return answer.ticket === undefined
          ? this.#fail(new Error(answer.message))
          : this.#settle(answer.ticket, ({ reject }) => reject(new Error(answer.message)));
      case 'ready':
    }
  }

  #settle(ticket: number, how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(ticket);
    this.#waiting.delete(ticket);
    if (waiting !== undefined) how(waiting);
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
