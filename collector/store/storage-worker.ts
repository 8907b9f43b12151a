import { readFileSync, readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { CollectedBatch } from '../collecting/collected-batch.ts';
import { widthOf } from '../collecting/collected-rows.ts';
import { NatEventBatch } from '../collecting/nat-event-batch.ts';
import { DuckDbStore } from './duckdb-store.ts';
import type { StoredFlows } from './flow-store.ts';
import type { RetentionConfig } from './retention/config.ts';
import { Maintenance } from './retention/maintenance.ts';
import { readSegment, SegmentError, type SegmentKind, type SegmentRows } from './spool/segment.ts';
import type { StorageAnswer, StorageRequest, StorageTask } from './storage-messages.ts';

/** Rows stored in one transaction, unless a segment has more. */
const TRANSACTION_ROWS = 524_288;

const SAMPLES: Readonly<Record<SegmentKind, SegmentRows>> = {
  flows: new CollectedBatch(1) as unknown as SegmentRows,
  natEvents: new NatEventBatch(1) as unknown as SegmentRows,
};

/**
 * The thread the database lives in: it alone has the file open. Segments are stored in their order and everything that is asked comes after
 * what was sent before it.
 */
class StorageWorker {
  readonly #port: MessagePort;
  readonly #store: DuckDbStore;
  #segments: { readonly number: number; readonly path: string }[] = [];
  /** The last that came: one may be sent again when this thread has just begun. */
  #lastSegment: number;
  /** What is under way; the next begins after it. */
  #turn: Promise<void> = Promise.resolve();
  readonly #maintenance: Maintenance | undefined;

  constructor(port: MessagePort, { retention }: StorageTask, store: DuckDbStore, lastSegment: number) {
    this.#port = port;
    this.#store = store;
    this.#lastSegment = lastSegment;
    port.on('message', (request: StorageRequest) => {
      if (request.kind === 'segment') this.#queue(request);
      this.#turn = this.#turn.then(() => (request.kind === 'segment' ? this.#drain() : this.#answer(request)));
    });
    if (retention !== undefined) this.#maintenance = this.#maintain(retention);
  }

  #maintain(retention: RetentionConfig): Maintenance {
    return new Maintenance({
      inTurn: (work) => void (this.#turn = this.#turn.then(work)),
      maintain: (nowUs) => this.#store.maintain(retention, nowUs),
      tell: (failure) => this.#say({ kind: 'retention', failure }),
    });
  }

  #queue(segment: { readonly number: number; readonly path: string }): void {
    if (segment.number <= this.#lastSegment) return;
    this.#lastSegment = segment.number;
    this.#segments.push(segment);
  }

  #say(answer: StorageAnswer): void {
    this.#port.postMessage(answer);
  }

  async #answer(request: Exclude<StorageRequest, { kind: 'segment' }>): Promise<void> {
    const { ticket } = request;
    try {
      if (request.kind === 'labels') await this.#store.appendLabels(request.labels);
      if (request.kind === 'query')
        return this.#say({ kind: 'rows', ticket, rows: await this.#store.query(request.sql, request.parameters) });
      if (request.kind === 'scan')
        await this.#store.scan(
          request.columns,
          (rows) => this.#say({ kind: 'scanned', ticket, rows: copied(rows, request.columns) }),
          request.exporter,
        );
      if (request.kind === 'close') {
        this.#maintenance?.stop();
        this.#store.close();
      }
      this.#say({ kind: 'done', ticket });
      if (request.kind === 'close') this.#port.close();
    } catch (error) {
      this.#say({ kind: 'failed', ticket, message: (error as Error).message });
    }
  }

  /**
   * Stores every segment that waits. When the database fails this thread ends by its error, and with it everything the database had open: a
   * second opening of the file in one process would not be kept out. Whoever began it begins another, which goes on after the last
   * segment that is stored.
   */
  async #drain(): Promise<void> {
    try {
      while (this.#segments.length > 0) await this.#storeNext();
    } catch (error) {
      setImmediate(() => {
        throw error;
      });
      // What was to come after it never does.
      await new Promise(() => undefined);
    }
  }

  async #storeNext(): Promise<void> {
    const segments: { kind: SegmentKind; rows: SegmentRows }[] = [];
    const damaged: { number: number; why: string }[] = [];
    let last = -1;
    let taken = 0;
    for (let rows = 0; taken < this.#segments.length && rows < TRANSACTION_ROWS; taken++) {
      const { number, path } = this.#segments[taken] as { number: number; path: string };
      last = number;
      try {
        const segment = readSegment(readFileSync(path), (kind) => SAMPLES[kind]);
        rows += segment.rows.length;
        segments.push(segment);
      } catch (error) {
        if (!(error instanceof SegmentError)) throw error;
        damaged.push({ number, why: error.message });
      }
    }
    await this.#store.storeSegments(segments, last);
    this.#segments.splice(0, taken);
    for (const each of damaged) this.#say({ kind: 'damaged', ...each });
    this.#say({ kind: 'stored', number: last });
  }
}

/** Only what is asked for and in use: the columns are reused for the next rows. */
function copied(rows: StoredFlows<never>, columns: readonly string[]): object {
  const all = rows as unknown as Readonly<Record<string, Float64Array>> & { readonly length: number; readonly capacity: number };
  return Object.fromEntries([
    ['length', all.length],
    ...['id', ...columns].map((name) => {
      const column = all[name] as Float64Array;
      const width = name === 'id' ? 1 : widthOf(column, all);
      return [name, column.slice(0, width * all.length)] as const;
    }),
  ]);
}

/** Receiving comes first: this thread, and those the database begins from it, give way. Where the system has no such numbers nothing is lost. */
function giveWay(): void {
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Threads have numbers of their own on Linux alone.
  }
}

giveWay();
const port = parentPort as MessagePort;
const task = workerData as StorageTask;
const store = await DuckDbStore.open(task.path);
const lastSegment = await store.lastSegment();
new StorageWorker(port, task, store, lastSegment);
port.postMessage({ kind: 'ready', lastSegment } satisfies StorageAnswer);
