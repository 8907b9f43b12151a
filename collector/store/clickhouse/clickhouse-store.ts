import { join } from 'node:path';
import type { CollectedBatch } from '../../collecting/collected-batch.ts';
import type { Label } from '../../collecting/label.ts';
import type { NatEventBatch } from '../../collecting/nat-event-batch.ts';
import { FLOWS, NAT_EVENTS } from '../columns.ts';
import type { Exporter, FlowColumn, FlowStore, QueryParameters, StoredFlows, StoreState } from '../flow-store.ts';
import { BlockSpool } from './block-spool.ts';
import type { ClickHouseConfig } from './config.ts';
import type { ClickHouseConnection } from './connection.ts';
import { insertLabels, LABEL_TABLES } from './labels.ts';
import { scanFlows } from './flow-scan.ts';
import { boundQuery } from './parameters.ts';
import { TableSender } from './table-sender.ts';
import { rowsOfQuery } from './tables.ts';

/** How far what was appended has come. */
export interface ClickHouseProgress {
  readonly waitingRows: number;
  readonly waitingOctets: number;
  readonly insertedRows: number;
  readonly failedTries: number;
}

type Sender = TableSender<CollectedBatch> | TableSender<NatEventBatch>;

/** Flow Records and NAT events in a ClickHouse, by way of a spool on this machine's disk. */
export class ClickHouseStore implements FlowStore {
  readonly #connection: ClickHouseConnection;
  readonly #flows: TableSender<CollectedBatch>;
  readonly #natEvents: TableSender<NatEventBatch>;
  readonly #senders: readonly Sender[];
  #hasLabelTables = false;

  private constructor(
    connection: ClickHouseConnection,
    config: ClickHouseConfig,
    { flows, natEvents }: { readonly flows: BlockSpool; readonly natEvents: BlockSpool },
  ) {
    this.#connection = connection;
    this.#flows = new TableSender(connection, 'flows', FLOWS, flows, config);
    this.#natEvents = new TableSender(connection, 'nat_events', NAT_EVENTS, natEvents, config);
    this.#senders = [this.#flows, this.#natEvents];
  }

  /**
   * Makes the tables where they are not there. Rejects with an Error of one sentence when the server is away and the spool has never been
   * used, for then nobody knows which ids are taken; with a used one, rows wait there until the server is back.
   */
  static async open(connection: ClickHouseConnection, config: ClickHouseConfig): Promise<ClickHouseStore> {
    const flows = await BlockSpool.open(join(config.spool, 'flows'), config);
    const natEvents = await BlockSpool.open(join(config.spool, 'nat_events'), config);
    const isUsed = flows.nextId !== undefined && natEvents.nextId !== undefined;
    const store = new ClickHouseStore(connection, config, { flows, natEvents });
    for (const sender of store.#senders) {
      try {
        await sender.resume();
      } catch (error) {
        sender.failure = (error as Error).message;
        if (isUsed) continue;
        await store.close();
        throw error;
      }
    }
    // With a server that is away they are made with the first names.
    await store.#makeLabelTables().catch(() => undefined);
    for (const sender of store.#senders) sender.start();
    return store;
  }

  get state(): StoreState {
    const failure = this.#senders.find((sender) => sender.failure !== undefined)?.failure;
    if (failure === undefined) return { kind: 'storing' };
    return {
      kind: 'away',
      reason: `ClickHouse does not store (${failure}), ${this.progress.waitingRows} rows wait in the spool`,
    };
  }

  get progress(): ClickHouseProgress {
    const sum = (of: (sender: Sender) => number): number => this.#senders.reduce((total, sender) => total + of(sender), 0);
    return {
      waitingRows: sum((sender) => sender.waitingRows),
      waitingOctets: sum((sender) => sender.waitingOctets),
      insertedRows: sum((sender) => sender.insertedRows),
      failedTries: sum((sender) => sender.failedTries),
    };
  }

  append(batch: CollectedBatch): Promise<void> {
    return this.#flows.append(batch);
  }

  appendNatEvents(batch: NatEventBatch): Promise<void> {
    return this.#natEvents.append(batch);
  }

  async appendLabels(labels: readonly Label[]): Promise<void> {
    if (labels.length === 0) return;
    if (!this.#hasLabelTables) await this.#makeLabelTables();
    await this.#connection.run(insertLabels(labels));
  }

  async query<T extends object>(sql: string, parameters: QueryParameters = {}): Promise<T[]> {
    await this.#flush();
    return (await rowsOfQuery(this.#connection, boundQuery(sql, parameters))) as T[];
  }

  async scan<Column extends FlowColumn>(
    columns: readonly Column[],
    onRows: (rows: StoredFlows<Column>) => void,
    exporter?: Exporter,
  ): Promise<void> {
    await this.#flush();
    await scanFlows(this.#connection, columns, onRows, exporter);
  }

  /** What the server has not stored yet stays in the spool. */
  async close(): Promise<void> {
    for (const sender of this.#senders) await sender.close();
    await this.#connection.close();
  }

  async #makeLabelTables(): Promise<void> {
    for (const statement of LABEL_TABLES) await this.#connection.run(statement);
    this.#hasLabelTables = true;
  }

  async #flush(): Promise<void> {
    await Promise.all(this.#senders.map((sender) => sender.flush()));
  }
}
