import type { CollectedRows } from '../../collecting/collected-rows.ts';
import type { TableLayout } from '../columns.ts';
import { Alarm } from './alarm.ts';
import type { BlockGroup, BlockSpool } from './block-spool.ts';
import type { ClickHouseConfig } from './config.ts';
import type { ClickHouseConnection } from './connection.ts';
import { nativeBlock } from './native-writer.ts';
import { DAY_US, insertSettings, makeTable, rowsOfQuery, versionOf } from './tables.ts';

/**
 * The ids of a collector: its number times 2^48 and a count from 0 on. The number is its own, so ids of several that write side by side
 * never meet; its own only grow, so the greatest of them in the table tells how far it has come.
 */
const IDS_OF_A_COLLECTOR = 2 ** 48;

/** Nothing is due: whatever comes rings. */
const LONG_MS = 600_000;

/** Somebody who waits until all rows below an id are in the table. */
interface Waiter {
  readonly belowId: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * One table that batches are written into: each is kept in the spool, and inserts of many rows are made of what waits there, one after the
 * other, in order. An insert is of one day, which is a partition, and becomes one part: it is there as a whole or not at all. One that may
 * have failed is repeated only after the server, no longer working on it, says that its first row is not there.
 */
export class TableSender<Batch extends CollectedRows> {
  /** Why the last try failed, a sentence; `undefined` while all is well. */
  failure: string | undefined;
  insertedRows = 0;
  failedTries = 0;
  readonly #connection: ClickHouseConnection;
  readonly #name: string;
  readonly #layout: TableLayout<Batch>;
  readonly #spool: BlockSpool;
  readonly #config: ClickHouseConfig;
  readonly #alarm = new Alarm();
  readonly #waiters = new Set<Waiter>();
  readonly #firstId: number;
  #nextId: number;
  #storedBelowId = 0;
  #version: number | undefined;
  #waitsSinceMs: number | undefined;
  #isClosed = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(
    connection: ClickHouseConnection,
    name: string,
    layout: TableLayout<Batch>,
    spool: BlockSpool,
    config: ClickHouseConfig,
  ) {
    this.#connection = connection;
    this.#name = name;
    this.#layout = layout;
    this.#spool = spool;
    this.#config = config;
    this.#firstId = config.collector * IDS_OF_A_COLLECTOR;
    this.#nextId = Math.max(this.#firstId, spool.nextId ?? 0);
  }

  get waitingRows(): number {
    return this.#spool.waitingRows;
  }

  get waitingOctets(): number {
    return this.#spool.waitingOctets;
  }

  /** Makes the table and learns how far it has come. Rejects when the server is away or the table is another's. */
  async resume(): Promise<void> {
    const version = await versionOf(this.#connection);
    await makeTable(this.#connection, version, this.#name, this.#layout);
    await this.#refuseWhileInserting(`flowlab-${this.#config.collector}-${this.#name}-`);
    const [first, end] = [this.#firstId, this.#firstId + IDS_OF_A_COLLECTOR];
    const rows = await rowsOfQuery(
      this.#connection,
      `SELECT count() AS n, max(id) AS last FROM ${this.#name} WHERE id >= ${first} AND id < ${end}`,
    );
    const { n, last } = rows[0] as { n: number; last: number };
    if (n > 0) this.#storedBelowId = last + 1;
    this.#nextId = Math.max(this.#nextId, this.#storedBelowId);
    // What was inserted but not yet struck off when the program ended.
    for (let group = await this.#spool.next(1); group !== undefined; group = await this.#spool.next(1)) {
      if (group.firstId >= this.#storedBelowId) break;
      await this.#spool.done(group);
    }
    await this.#spool.begin(this.#nextId);
    this.#version = version;
    this.failure = undefined;
  }

  start(): void {
    this.#ended = this.#send();
  }

  /** Resolves when the rows are in the spool; the batch can be reused. Rejects when there is no room. */
  async append(batch: Batch): Promise<void> {
    const kept: Promise<void>[] = [];
    for (let from = 0; from < batch.length;) {
      const day = dayOf(batch, from);
      let to = from + 1;
      while (to < batch.length && dayOf(batch, to) === day) to++;
      const block = nativeBlock(this.#layout, batch, from, to, this.#nextId);
      kept.push(this.#spool.keep(block, { rows: to - from, firstId: this.#nextId, day }));
      this.#nextId += to - from;
      from = to;
    }
    await Promise.all(kept);
    // The first to wait ends a long sleep: it is due at another time than nothing is.
    const isFirst = this.#waitsSinceMs === undefined;
    this.#waitsSinceMs ??= performance.now();
    if (isFirst || this.#isDue) this.#alarm.ring();
  }

  /** Resolves when all rows appended before are in the table. Rejects with an Error of one sentence when a try fails. */
  async flush(): Promise<void> {
    const belowId = this.#nextId;
    if (this.#spool.waitingRows === 0) return;
    await new Promise<void>((resolve, reject) => {
      this.#waiters.add({ belowId, resolve, reject });
      this.#alarm.ring();
    });
  }

  /** What waits stays in the spool. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#alarm.ring();
    await this.#ended;
    this.#tell(new Error('the store is closed'));
    await this.#spool.close();
  }

  get #isDue(): boolean {
    const waiting = this.#spool.waitingRows;
    return waiting > 0 && (this.#waiters.size > 0 || waiting >= this.#config.insertRows || this.#dueInMs <= 0);
  }

  get #dueInMs(): number {
    if (this.#spool.waitingRows === 0) return LONG_MS;
    return (this.#waitsSinceMs ?? 0) + this.#config.insertIntervalMs - performance.now();
  }

  async #send(): Promise<void> {
    while (!this.#isClosed) {
      if (!this.#isDue) {
        await this.#alarm.wait(Math.max(1, this.#dueInMs));
        continue;
      }
      const group = await this.#spool.next(this.#config.insertRows);
      if (group !== undefined) await this.#deliver(group);
      this.#waitsSinceMs = this.#spool.waitingRows === 0 ? undefined : performance.now();
      this.#tell();
    }
  }

  async #deliver(group: BlockGroup): Promise<void> {
    const { retryPauseMs, maxRetryPauseMs } = this.#config;
    let isRepeated = false;
    for (let pauseMs = retryPauseMs; !this.#isClosed; pauseMs = Math.min(2 * pauseMs, maxRetryPauseMs)) {
      try {
        if (this.#version === undefined) return await this.resume();
        if (!isRepeated || !(await this.#isStored(group))) await this.#insert(group, this.#version);
        await this.#spool.done(group);
        this.#storedBelowId = group.firstId + group.rows;
        this.insertedRows += group.rows;
        this.failure = undefined;
        return;
      } catch (error) {
        isRepeated = true;
        this.failedTries++;
        this.failure = (error as Error).message;
        this.#tell(error);
      }
      await this.#alarm.wait(pauseMs);
    }
  }

  #insert(group: BlockGroup, version: number): Promise<void> {
    const name = this.#queryIdOf(group);
    return this.#connection.insert(this.#name, group.blocks, name, insertSettings(version, name));
  }

  async #isStored(group: BlockGroup): Promise<boolean> {
    await this.#refuseWhileInserting(this.#queryIdOf(group));
    const { firstId, day } = group;
    const rows = await rowsOfQuery(
      this.#connection,
      `SELECT count() AS n FROM ${this.#name}
        WHERE id = ${firstId} AND received_at_us >= ${day * DAY_US} AND received_at_us < ${(day + 1) * DAY_US}`,
    );
    return rows[0]?.['n'] !== 0;
  }

  async #refuseWhileInserting(queryIds: string): Promise<void> {
    const [row] = await rowsOfQuery(
      this.#connection,
      `SELECT count() AS n FROM system.processes WHERE startsWith(query_id, '${queryIds}')`,
    );
    if (row?.['n'] !== 0) throw new Error(`the server still works on an earlier insert into ${this.#name}`);
  }

  #queryIdOf({ firstId, rows }: BlockGroup): string {
    return `flowlab-${this.#config.collector}-${this.#name}-${firstId}-${rows}`;
  }

  /** Tells those whose rows are stored, or all of them that it failed. */
  #tell(failure?: unknown): void {
    for (const waiter of this.#waiters) {
      if (failure === undefined && this.#storedBelowId < waiter.belowId && this.#spool.waitingRows > 0) continue;
      this.#waiters.delete(waiter);
      if (failure === undefined) waiter.resolve();
      else waiter.reject(failure);
    }
  }
}

const dayOf = ({ receivedAtUs }: CollectedRows, row: number): number => Math.floor((receivedAtUs[row] as number) / DAY_US);
