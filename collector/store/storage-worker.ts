import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { widthOf } from '../collecting/collected-rows.ts';
import { DuckDbStore } from './duckdb-store.ts';
import type { StoredFlows } from './flow-store.ts';
import type { RetentionConfig } from './retention/config.ts';
import { Maintenance } from './retention/maintenance.ts';
import { SegmentPortion, SegmentReader, type SegmentFile } from './spool/segment-reader.ts';
import type { StorageAnswer, StorageRequest, StorageTask } from './storage-messages.ts';

/** How long segments wait for more of them. */
const LONGEST_WAIT_MS = 2_000;

/** Linux numbers threads as processes. */
const THREADS = '/proc/self/task';
const OWN_THREAD = '/proc/thread-self';

/**
 * The thread the database lives in: it alone has the file open. Segments are stored in their order and everything that is asked comes after
 * what was sent before it.
 */
class StorageWorker {
  readonly #port: MessagePort;
  readonly #store: DuckDbStore;
  readonly #segments: SegmentFile[] = [];
  readonly #reader = new SegmentReader();
  /** Octets of those that came since storing was last begun. */
  #waitingOctets = 0;
  #timer: NodeJS.Timeout | undefined;
  /** The last that came: one may be sent again when this thread has just begun. */
  #lastSegment: number;
  /** What is under way; the next begins after it. */
  #turn: Promise<void> = Promise.resolve();
  readonly #maintenance: Maintenance | undefined;
  readonly #portionOctets: number;

  constructor(port: MessagePort, { retention, portionOctets }: StorageTask, store: DuckDbStore, lastSegment: number) {
    this.#port = port;
    this.#store = store;
    this.#portionOctets = portionOctets;
    this.#lastSegment = lastSegment;
    port.on('message', (request: StorageRequest) => {
      if (request.kind === 'segment') return this.#queue(request);
      this.#drainInTurn();
      this.#turn = this.#turn.then(() => this.#answer(request));
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

  #queue(segment: SegmentFile): void {
    if (segment.number <= this.#lastSegment) return;
    this.#lastSegment = segment.number;
    this.#segments.push(segment);
    this.#waitingOctets += segment.octets;
    if (this.#waitingOctets >= this.#portionOctets) this.#drainInTurn();
    else this.#timer ??= setTimeout(() => this.#drainInTurn(), LONGEST_WAIT_MS);
  }

  #drainInTurn(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waitingOctets = 0;
    this.#turn = this.#turn.then(() => this.#drain());
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
    const portion = new SegmentPortion(this.#segments, this.#reader);
    await this.#store.storeSegments(portion, () => portion.last);
    this.#segments.splice(0, portion.taken);
    for (const each of portion.damaged) this.#say({ kind: 'damaged', ...each });
    this.#say({ kind: 'stored', number: portion.last });
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

/** Receiving comes first: this thread, and those the database begins, give way. Without numbers of threads nothing is lost. */
async function givingWay<T>(begin: () => Promise<T>): Promise<T> {
  const before = threads();
  giveWay(own());
  const begun = await begin();
  for (const thread of threads()) if (!before.includes(thread)) giveWay(thread);
  return begun;
}

const own = (): number => (existsSync(OWN_THREAD) ? Number(readlinkSync(OWN_THREAD).split('/').at(-1)) : 0);
const threads = (): number[] => (existsSync(THREADS) ? readdirSync(THREADS).map(Number) : []);

function giveWay(thread: number): void {
  try {
    if (thread > 0) setPriority(thread, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended meanwhile.
  }
}

const port = parentPort as MessagePort;
const task = (workerData as { task: StorageTask }).task;
const store = await givingWay(() => DuckDbStore.open(task.path, task.limits));
const lastSegment = await store.lastSegment();
new StorageWorker(port, task, store, lastSegment);
port.postMessage({ kind: 'ready', lastSegment } satisfies StorageAnswer);
