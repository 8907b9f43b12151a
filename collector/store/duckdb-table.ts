import {
  DuckDBDataChunk,
  UBIGINT,
  UHUGEINT,
  UINTEGER,
  USMALLINT,
  UTINYINT,
  type DuckDBAppender,
  type DuckDBConnection,
  type DuckDBInstance,
} from '@duckdb/node-api';
import { addressOf, type StoredColumn, type TableLayout } from './columns.ts';
import type { Column } from '../collecting/collected-rows.ts';
import { fillCounting, fillVector } from './duckdb-vector.ts';

/** Rows of DuckDB's vectors: no chunk may be larger. */
export const CHUNK_ROWS = 2_048;
const DUCKDB_TYPES = { UTINYINT, USMALLINT, UINTEGER, UBIGINT, UHUGEINT };

/** A table that batches are appended to; each row gets an `id`, counted on from those in the file. */
export class DuckDbTable<Batch extends { readonly length: number }> {
  readonly #columns: readonly StoredColumn<Batch>[];
  /** Its own: rows are written at once, and a statement that is under way on the same connection would be ended. */
  readonly #connection: DuckDBConnection;
  readonly #appender: DuckDBAppender;
  /** Batches are mostly of the size of a chunk: one is used again and again. */
  readonly #whole: DuckDBDataChunk;
  #nextId: number;
  #unflushed = false;

  private constructor(
    columns: readonly StoredColumn<Batch>[],
    connection: DuckDBConnection,
    appender: DuckDBAppender,
    nextId: number,
  ) {
    this.#columns = columns;
    this.#connection = connection;
    this.#appender = appender;
    this.#nextId = nextId;
    this.#whole = this.#form(CHUNK_ROWS);
  }

  /** Makes the table when it is not there. Rejects when it is there with other columns. No id is below `firstId`. */
  static async open<Batch extends { readonly length: number }>(
    instance: DuckDBInstance,
    name: string,
    { columns, addresses }: TableLayout<Batch>,
    firstId = 0,
  ): Promise<DuckDbTable<Batch>> {
    const connection = await instance.connect();
    const definitions = columns.map((column) => `${column.name} ${column.type} NOT NULL`);
    const shown = addresses.map(
      ({ name: address, ipv4, ipv6 }) => `${address} UHUGEINT GENERATED ALWAYS AS (${addressOf(ipv4, ipv6)}) VIRTUAL`,
    );
    await connection.run(`CREATE TABLE IF NOT EXISTS ${name} (id UBIGINT NOT NULL, ${[...definitions, ...shown].join(', ')})`);
    const there = (await connection.runAndReadAll(`FROM ${name} LIMIT 0`)).columnNames();
    const expected = ['id', ...columns.map((column) => column.name), ...addresses.map((address) => address.name)];
    if (there.join() !== expected.join())
      throw new Error(`its table ${name} has the columns of another version of flowlab; collect into a new file`);
    const last = await connection.runAndReadAll(`SELECT greatest(coalesce(max(id) + 1, 0), ${firstId})::DOUBLE FROM ${name}`);
    return new DuckDbTable(columns, connection, await connection.createAppender(name), last.getRows()[0]?.[0] as number);
  }

  /** The id of the next row. */
  get nextId(): number {
    return this.#nextId;
  }

  append(batch: Batch): void {
    for (let from = 0; from < batch.length; from += CHUNK_ROWS) {
      this.#appendRows(batch, from, Math.min(CHUNK_ROWS, batch.length - from));
    }
  }

  /** Makes what was appended visible to queries. */
  flush(): void {
    if (!this.#unflushed) return;
    this.#appender.flushSync();
    this.#unflushed = false;
  }

  close(): void {
    this.flush();
    this.#appender.closeSync();
    this.#connection.closeSync();
  }

  #appendRows(batch: Batch, from: number, count: number): void {
    const chunk = count === CHUNK_ROWS ? this.#whole : this.#form(count);
    fillCounting(chunk.getColumnVector(0), this.#nextId, count);
    this.#columns.forEach(({ type, from: name }, index) =>
      fillVector(chunk.getColumnVector(index + 1), type, batch[name] as Column, from, count),
    );
    this.#appender.appendDataChunk(chunk);
    this.#nextId += count;
    this.#unflushed = true;
  }

  #form(rows: number): DuckDBDataChunk {
    return DuckDBDataChunk.create([UBIGINT, ...this.#columns.map(({ type }) => DUCKDB_TYPES[type])], rows);
  }
}
