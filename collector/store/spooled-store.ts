import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { CollectedRows } from '../collecting/collected-rows.ts';
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
import type { SpoolConfig } from './spool/config.ts';
import { segmentRows, type SegmentKind } from './spool/segment.ts';
import { SegmentThread } from './spool/segment-thread.ts';
import { Spool, type NextIds } from './spool/spool.ts';
import type { StorageTask } from './storage-messages.ts';
import { StorageThread, type StorageListener } from './storage-thread.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Rows by the hundred thousand cost the database a third of what a few thousand at a time cost, and nobody sees the difference, since a question
 * is asked of what waits too. A small spool must not be full before.
 */
const portionOctets = ({ maxOctets }: SpoolConfig): number => Math.min(16_777_216, maxOctets / 4);

/** Half of the spool is for what the database could not store at once. */
const mostOctets = ({ maxOctets }: SpoolConfig): number => maxOctets / 2;

/** Whether records wait in the spool of a file: they are not in the file yet. */
export const hasSpool = (path: string): boolean => existsSync(`${path}.spool`);

/**
 * A DuckDB file behind a spool: what `append` was given is a segment on disk when its promise resolves, and that is what survives the end of the
 * program at any moment, and what questions are asked of from then on. A thread of its own stores the segments in their order, each exactly once. When the database fails, as on a full
 * disk, the thread ends and is begun anew after a while; segments stay until they are stored.
 */
export class SpooledStore implements FlowStore {
  /** Segments whose octets were not those that were written, and why the last was not taken: they are put aside. */
  readonly damaged = { segments: 0, why: '' };
  /** Why summing up and deleting old rows stopped, in one sentence; `undefined` while it goes. */
  retentionFailure: string | undefined;
  readonly #task: StorageTask;
  readonly #closeMs: number;
  readonly #openSpool: () => Spool;
  #openedSpool: Spool | undefined;
  /** `undefined` while there is none. */
  #thread: StorageThread | undefined;
  #restart: NodeJS.Timeout | undefined;
  /** The beginning of a thread that is under way. */
  #beginning: Promise<void> = Promise.resolve();
  #pauseMs = FIRST_PAUSE_MS;
  #isClosing = false;
  #database: StoreState = { kind: 'storing' };
  #spoolState: StoreState = { kind: 'storing' };

  private constructor(task: StorageTask, config: SpoolConfig) {
    this.#task = task;
    this.#closeMs = config.closeMs;
    // Receiving and the database have one each: without a third another thread costs a tenth of what comes in.
    const isBeside = task.isOnlyAsked !== true && availableParallelism() > 2;
    const beginWriter = isBeside ? () => new SegmentThread() : undefined;
    this.#openSpool = () => new Spool(`${task.path}.spool`, config, beginWriter);
  }

  /** First opened when the database is: that keeps other programs out, of both. */
  get #spool(): Spool {
    return (this.#openedSpool ??= this.#openSpool());
  }

  /**
   * Opens the file and takes up what an earlier run left in `<path>.spool`. Rejects when either cannot be had.
   */
  static async open(
    path: string,
    config: SpoolConfig,
    options: Omit<StorageTask, 'path' | 'portionOctets' | 'mostOctets'> = {},
  ): Promise<SpooledStore> {
    const task = { path, portionOctets: portionOctets(config), mostOctets: mostOctets(config), ...options };
    const store = new SpooledStore(task, config);
    try {
      await store.#begin();
    } catch (error) {
      store.#isClosing = true;
      await store.#thread?.end();
      await store.#openedSpool?.close();
      throw error;
    }
    return store;
  }

  get state(): StoreState {
    return this.#spoolState.kind === 'storing' ? this.#database : this.#spoolState;
  }

  /** The id of the next row of each kind. */
  get nextIds(): NextIds {
    return this.#spool.nextIds;
  }

  get path(): string {
    return this.#task.path;
  }

  get waitingRows(): number {
    return this.#spool.segments.reduce((sum, { rows }) => sum + rows, 0);
  }

  append(batch: CollectedBatch): Promise<void> {
    return this.#keep('flows', batch);
  }

  appendNatEvents(batch: NatEventBatch): Promise<void> {
    return this.#keep('natEvents', batch);
  }

  async appendLabels(labels: readonly Label[]): Promise<void> {
    if (labels.length > 0) await this.#running().ask((ticket) => ({ kind: 'labels', ticket, labels }));
  }

  async query<T extends object>(sql: string, parameters: QueryParameters = {}): Promise<T[]> {
    return (await this.#running().ask((ticket) => ({ kind: 'query', ticket, sql, parameters }))) as T[];
  }

  async scan<Column extends FlowColumn>(
    columns: readonly Column[],
    onRows: (rows: StoredFlows<Column>) => void,
    exporter?: Exporter,
  ): Promise<void> {
    await this.#running().ask(
      (ticket) => ({ kind: 'scan', ticket, columns, exporter }),
      (rows) => onRows(rows as StoredFlows<Column>),
    );
  }

  /**
   * Resolves when the database has everything that was kept, when the time for that is over, or when it fails: what it does not have waits for the
   * next run.
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#restart);
    await this.#beginning;
    try {
      await this.#thread?.ask((ticket) => ({ kind: 'close', ticket, withinMs: this.#closeMs })).catch(() => undefined);
    } finally {
      await this.#thread?.end();
      await this.#openedSpool?.close();
    }
  }

  async #begin(): Promise<void> {
    const thread = await StorageThread.begin(this.#task, this.#listener());
    if (this.#isClosing) return thread.end();
    this.#thread = thread;
    this.#spool.beginAfter(thread.lastSegment, thread.nextIds);
    for (const file of this.#spool.segments) thread.send({ kind: 'segment', file, isOld: true });
  }

  #listener(): StorageListener {
    return {
      stored: (number) => {
        this.#database = { kind: 'storing' };
        this.#pauseMs = FIRST_PAUSE_MS;
        this.#tidy(() => this.#spool.removeUpTo(number));
      },
      damaged: (number, why) => {
        this.damaged.segments++;
        this.damaged.why = why;
        // Whoever stores the others is to tell of it.
        if (this.#task.isOnlyAsked !== true) this.#tidy(() => this.#spool.setAside(number));
      },
      retention: (failure) => void (this.retentionFailure = failure),
      ended: (reason) => {
        this.#thread = undefined;
        this.#beginLater(reason);
      },
    };
  }

  /** A segment that stays where it should not is known by its number; a disk that fails like that is a matter of state. */
  #tidy(change: () => void): void {
    try {
      change();
    } catch (error) {
      this.#spoolState = { kind: 'full', reason: (error as Error).message };
    }
  }

  #beginLater(reason: string): void {
    if (this.#isClosing) return;
    this.#database = { kind: 'full', reason };
    this.#restart = setTimeout(() => {
      this.#beginning = this.#begin().catch(({ message }: Error) => this.#beginLater(message));
    }, this.#pauseMs);
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
  }

  /** Throws while the database cannot be asked. */
  #running(): StorageThread {
    if (this.#thread !== undefined) return this.#thread;
    throw new Error(this.#database.kind === 'storing' ? 'the store is closed' : this.#database.reason);
  }

  async #keep(kind: SegmentKind, batch: CollectedRows): Promise<void> {
    if (batch.length === 0) return;
    try {
      const file = await this.#spool.write(kind, segmentRows(kind, batch), Date.now());
      this.#spoolState = { kind: 'storing' };
      this.#thread?.send({ kind: 'segment', file, isOld: false });
    } catch (error) {
      if (error instanceof NotStoredError) this.#spoolState = { kind: 'full', reason: error.message };
      throw error;
    }
  }
}
