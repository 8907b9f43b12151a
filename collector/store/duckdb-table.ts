import {
  DuckDBDataChunk,
  UBIGINT,
  UINTEGER,
  USMALLINT,
  UTINYINT,
  type DuckDBAppender,
  type DuckDBConnection,
} from '@duckdb/node-api';
import type { StoredColumn } from './columns.ts';

/** Rows of DuckDB's vectors: no chunk may be larger. */
export const CHUNK_ROWS = 2_048;
const DUCKDB_TYPES = { UTINYINT, USMALLINT, UINTEGER, UBIGINT };

/** A table that batches are appended to; each row gets an `id`, counted on from those in the file. */
export class DuckDbTable<Batch extends { readonly length: number }> {
  readonly #columns: readonly StoredColumn<Batch>[];
  readonly #appender: DuckDBAppender;
  #nextId: number;
  #unflushed = false;

  private constructor(columns: readonly StoredColumn<Batch>[], appender: DuckDBAppender, nextId: number) {
    this.#columns = columns;
    this.#appender = appender;
    this.#nextId = nextId;
  }

  /** Makes the table when it is not there. */
  static async open<Batch extends { readonly length: number }>(
    connection: DuckDBConnection,
    name: string,
    columns: readonly StoredColumn<Batch>[],
  ): Promise<DuckDbTable<Batch>> {
    const definitions = columns.map((column) => `${column.name} ${column.type} NOT NULL`);
    await connection.run(`CREATE TABLE IF NOT EXISTS ${name} (id UBIGINT NOT NULL, ${definitions.join(', ')})`);
    const last = await connection.runAndReadAll(`SELECT coalesce(max(id) + 1, 0)::DOUBLE FROM ${name}`);
    return new DuckDbTable(columns, await connection.createAppender(name), last.getRows()[0]?.[0] as number);
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
  }

  #appendRows(batch: Batch, from: number, count: number): void {
    const chunk = DuckDBDataChunk.create([UBIGINT, ...this.#columns.map(({ type }) => DUCKDB_TYPES[type])], count);
    const ids = chunk.getColumnVector(0);
    for (let row = 0; row < count; row++) ids.setItem(row, BigInt(this.#nextId + row));
    ids.flush();
    this.#columns.forEach(({ type, from: name }, index) => {
      const vector = chunk.getColumnVector(index + 1);
      const values = batch[name] as ArrayLike<number>;
      if (type === 'UBIGINT')
        for (let row = 0; row < count; row++) vector.setItem(row, wholeNumber(values[from + row] as number));
      else for (let row = 0; row < count; row++) vector.setItem(row, values[from + row] as number);
      vector.flush();
    });
    this.#appender.appendDataChunk(chunk);
    this.#nextId += count;
    this.#unflushed = true;
  }
}

/** Counters and times beyond what a float holds exactly are nonsense from the wire; they must not make the whole batch fail. */
const wholeNumber = (value: number): bigint => BigInt(Math.min(Math.max(0, Math.trunc(value)), Number.MAX_SAFE_INTEGER));
