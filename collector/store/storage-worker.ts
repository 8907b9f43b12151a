import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { widthOf } from '../collecting/collected-rows.ts';
import { DuckDbStore } from './duckdb-store.ts';
import type { StoredFlows } from './flow-store.ts';
import type { RetentionConfig } from './retention/config.ts';
import { Maintenance } from './retention/maintenance.ts';
import { isWhole, type SegmentFile } from './spool/spool.ts';
import type { StorageAnswer, StorageRequest, StorageTask } from './storage-messages.ts';
import { givingWay } from './giving-way.ts';
import { StoringPace } from './storing-pace.ts';

/** How long segments wait for more of them, and how often it is looked whether less comes. */
const LONGEST_WAIT_MS = 2_000;
/** Rows stored in one transaction, unless a segment has more. */
const TRANSACTION_ROWS = 524_288;

/**
 * The thread the database lives in: it alone has the file open. Segments are stored in their order, a portion at a time; what is asked meanwhile
 * is asked of the segments that wait, too.
 */
class StorageWorker {
  readonly #port: MessagePort;
  readonly #store: DuckDbStore;
  readonly #task: StorageTask;
  readonly #maintenance: Maintenance | undefined;
  readonly #pace = new StoringPace();
  /** Those that are not stored, oldest first. */
  readonly #segments: SegmentFile[] = [];
  #waitingOctets = 0;
  /** The last that came: one may be sent again when this thread has just begun. */
  #lastSegment: number;
  /** Whether questions see the segments as they are now. */
  #isShown = true;
  #timer: NodeJS.Timeout | undefined;
  /** What is under way; the next begins after it. */
  #turn: Promise<void> = Promise.resolve();
  #isStoring = false;
  #isClosing = false;

  constructor(port: MessagePort, task: StorageTask, store: DuckDbStore, lastSegment: number) {
    this.#port = port;
    this.#store = store;
    this.#task = task;
    this.#lastSegment = lastSegment;
    port.on('message', (request: StorageRequest) => {
      if (request.kind === 'segment') return this.#queue(request.file, request.isOld);
      this.#turn = this.#turn.then(() => this.#answer(request));
    });
    if (task.retention !== undefined) this.#maintenance = this.#maintain(task.retention);
  }

  #maintain(retention: RetentionConfig): Maintenance {
    return new Maintenance({
      inTurn: (work) => void (this.#turn = this.#turn.then(work)),
      maintain: (nowUs) => this.#store.maintain(retention, nowUs),
      tell: (failure) => this.#say({ kind: 'retention', failure }),
    });
  }

  #queue(segment: SegmentFile, isOld: boolean): void {
    if (segment.number <= this.#lastSegment) return;
    this.#lastSegment = segment.number;
    const why = isOld ? faultOf(segment) : undefined;
    if (why !== undefined) return this.#say({ kind: 'damaged', number: segment.number, why });
    this.#segments.push(segment);
    this.#waitingOctets += segment.octets;
    this.#isShown = false;
    this.#pace.arrived(segment.rows, performance.now());
    if (this.#waitingOctets >= this.#task.portionOctets) this.#storeUnlessBusy();
    else this.#lookLater();
  }

  #lookLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#storeUnlessBusy();
    }, LONGEST_WAIT_MS);
  }

  #storeUnlessBusy(): void {
    if (this.#isStoring || this.#task.isOnlyAsked || this.#segments.length === 0) return;
    if (this.#waitingOctets < this.#task.mostOctets && this.#pace.isBusy(performance.now())) return this.#lookLater();
    this.#isStoring = true;
    this.#turn = this.#turn.then(async () => {
      // Closing has stored what there was.
      if (this.#isClosing) return;
      await this.#storePortion();
      this.#isStoring = false;
      // In a turn of its own: what was asked meanwhile comes between.
      if (this.#waitingOctets >= this.#task.portionOctets) this.#storeUnlessBusy();
      else if (this.#segments.length > 0) this.#lookLater();
    });
  }

  #say(answer: StorageAnswer): void {
    this.#port.postMessage(answer);
  }

  async #answer(request: Exclude<StorageRequest, { kind: 'segment' }>): Promise<void> {
    const { ticket } = request;
    try {
      if (request.kind === 'labels') await this.#store.appendLabels(request.labels);
      if (request.kind === 'query' || request.kind === 'scan') await this.#show();
      if (request.kind === 'query')
        return this.#say({ kind: 'rows', ticket, rows: await this.#store.query(request.sql, request.parameters) });
      if (request.kind === 'scan')
        await this.#store.scan(
          request.columns,
          (rows) => this.#say({ kind: 'scanned', ticket, rows: copied(rows, request.columns) }),
          request.exporter,
        );
      if (request.kind === 'close') {
        this.#isClosing = true;
        this.#maintenance?.stop();
        clearTimeout(this.#timer);
        const untilMs = performance.now() + request.withinMs;
        if (!this.#task.isOnlyAsked) while (this.#segments.length > 0 && performance.now() < untilMs) await this.#storePortion();
        this.#store.close();
      }
      this.#say({ kind: 'done', ticket });
      if (request.kind === 'close') this.#port.close();
    } catch (error) {
      this.#say({ kind: 'failed', ticket, message: (error as Error).message });
    }
  }

  async #show(): Promise<void> {
    if (this.#isShown) return;
    await this.#store.show(this.#segments);
    this.#isShown = true;
  }

  /**
   * Stores as many of the segments that wait as go into one transaction. When the database fails this thread ends by its error, and with it
   * everything the database had open: a second opening of the file in one process would not be kept out. Whoever began it begins another,
   * which goes on after the last segment that is stored.
   */
  async #storePortion(): Promise<void> {
    const portion = portionOf(this.#segments);
    const last = portion.at(-1) as SegmentFile;
    const beganMs = performance.now();
    try {
      await this.#store.storeSegments(portion, last.number);
    } catch (error) {
      setImmediate(() => {
        throw error;
      });
      // What was to come after it never does.
      await new Promise(() => undefined);
    }
    this.#pace.stored(sumOf(portion, 'rows'), performance.now() - beganMs);
    this.#segments.splice(0, portion.length);
    this.#waitingOctets -= sumOf(portion, 'octets');
    this.#isShown = false;
    this.#say({ kind: 'stored', number: last.number });
  }
}

/** At least the first. */
function portionOf(segments: readonly SegmentFile[]): SegmentFile[] {
  let rows = 0;
  const end = segments.findIndex((segment) => (rows += segment.rows) >= TRANSACTION_ROWS);
  return end < 0 ? [...segments] : segments.slice(0, end + 1);
}

const sumOf = (segments: readonly SegmentFile[], what: 'rows' | 'octets'): number =>
  segments.reduce((sum, segment) => sum + segment[what], 0);

/** Why a segment cannot be stored, in one sentence. */
function faultOf(segment: SegmentFile): string | undefined {
  try {
    return isWhole(segment) ? undefined : 'it was not written to its end, or by another version of flowlab';
  } catch (error) {
    return (error as Error).message;
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

const port = parentPort as MessagePort;
const task = (workerData as { task: StorageTask }).task;
const store = await givingWay(() => DuckDbStore.open(task.path, task.limits));
const lastSegment = await store.lastSegment();
new StorageWorker(port, task, store, lastSegment);
port.postMessage({ kind: 'ready', lastSegment, nextIds: store.nextIds } satisfies StorageAnswer);
