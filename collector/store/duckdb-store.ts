import { DuckDBInstance, type DuckDBConnection, type DuckDBDataChunk } from '@duckdb/node-api';
import { exactNumber } from '../../core/net/stored-address.ts';
import { CollectedBatch } from '../collecting/collected-batch.ts';
import type { NatEventBatch } from '../collecting/nat-event-batch.ts';
import { FLOWS, NAT_EVENTS } from './columns.ts';
import { CHUNK_ROWS, DuckDbTable } from './duckdb-table.ts';
import { isFrom, type Exporter, type FlowColumn, type FlowStore, type QueryParameters, type StoredFlows } from './flow-store.ts';

/** A column of a result, and where in which of the batch's columns it belongs. */
interface ReadColumn {
  readonly sql: string;
  readonly from: FlowColumn;
  readonly width: number;
  readonly word: number;
}

/** Bits below each word of an IPv6 address. */
const WORD_SHIFTS = [96, 64, 32, 0];

/** Flow Records and NAT events in one DuckDB file, or in memory. */
export class DuckDbStore implements FlowStore {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #flows: DuckDbTable<CollectedBatch>;
  readonly #natEvents: DuckDbTable<NatEventBatch>;

  private constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    flows: DuckDbTable<CollectedBatch>,
    natEvents: DuckDbTable<NatEventBatch>,
  ) {
    this.#instance = instance;
    this.#connection = connection;
    this.#flows = flows;
    this.#natEvents = natEvents;
  }

  /** `:memory:` or a file, made when it is not there; new rows follow those in it. Rejects when the file cannot be opened. */
  static async open(path: string): Promise<DuckDbStore> {
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    const flows = await DuckDbTable.open(connection, 'flows', FLOWS);
    const natEvents = await DuckDbTable.open(connection, 'nat_events', NAT_EVENTS);
    return new DuckDbStore(instance, connection, flows, natEvents);
  }

  // async by contract, as the next: this store needs no waiting, another one does.
  async append(batch: CollectedBatch): Promise<void> {
    this.#flows.append(batch);
  }

  async appendNatEvents(batch: NatEventBatch): Promise<void> {
    this.#natEvents.append(batch);
  }

  async query<T extends object>(sql: string, parameters: QueryParameters = {}): Promise<T[]> {
    this.#flush();
    const reader = await this.#connection.runAndReadAll(sql, { ...parameters });
    return reader.getRowObjects().map((row) => {
      for (const [name, value] of Object.entries(row)) if (typeof value === 'bigint') row[name] = exactNumber(value);
      return row as T;
    });
  }

  async scan<Column extends FlowColumn>(
    columns: readonly Column[],
    onRows: (rows: StoredFlows<Column>) => void,
    exporter?: Exporter,
  ): Promise<void> {
    this.#flush();
    const read = await this.#readColumns(new Set(columns));
    // No ORDER BY: the database keeps the order of insertion, which is that of the ids, and sorting would copy the table.
    const result = await this.#connection.stream(
      `SELECT ${['id::DOUBLE', ...read.map(({ sql }) => sql)].join(', ')} FROM flows WHERE ${isFrom(exporter)}`,
    );
    const rows = Object.assign(new CollectedBatch(CHUNK_ROWS), { id: new Float64Array(CHUNK_ROWS) });
    for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      rows.length = chunk.rowCount;
      copyColumn(chunk, 0, rows.length, rows.id, 1, 0);
      read.forEach(({ from, width, word }, index) =>
        copyColumn(chunk as DuckDBDataChunk, index + 1, rows.length, rows[from], width, word),
      );
      onRows(rows);
    }
  }

  close(): void {
    this.#flows.close();
    this.#natEvents.close();
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  /** What a scan reads: addresses of 128 bits as their words, and those columns not at all that hold none. */
  async #readColumns(wanted: ReadonlySet<FlowColumn>): Promise<ReadColumn[]> {
    const columns = FLOWS.columns.filter(({ from }) => wanted.has(from));
    const isHeld = await this.#held(columns.filter(({ type }) => type === 'UHUGEINT').map(({ name }) => name));
    return columns.flatMap(({ name, type, from }): ReadColumn[] => {
      if (type !== 'UHUGEINT') return [{ sql: type === 'UBIGINT' ? `${name}::DOUBLE` : name, from, width: 1, word: 0 }];
      if (!isHeld.has(name)) return [];
      return WORD_SHIFTS.map((shift, word) => ({ sql: `(${name} >> ${shift} & 4294967295)::UINTEGER`, from, width: 4, word }));
    });
  }

  /** Those of the columns of addresses that hold any. */
  async #held(wide: readonly string[]): Promise<Set<string>> {
    if (wide.length === 0) return new Set();
    const held = await this.#connection.runAndReadAll(`SELECT ${wide.map((name) => `max(${name}) > 0`).join(', ')} FROM flows`);
    return new Set(wide.filter((_, index) => held.getRows()[0]?.[index] === true));
  }

  #flush(): void {
    this.#flows.flush();
    this.#natEvents.flush();
  }
}

/** Copies column `index` of the chunk to each `width`-th place of `to`, from `first` on. */
function copyColumn(
  chunk: DuckDBDataChunk,
  index: number,
  length: number,
  to: Record<number, number>,
  width: number,
  first: number,
): void {
  const vector = chunk.getColumnVector(index);
  for (let row = 0; row < length; row++) to[width * row + first] = vector.getItem(row) as number;
}
