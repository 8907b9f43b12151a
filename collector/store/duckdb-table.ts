import {
  DuckDBDataChunk,
  UBIGINT,
  UHUGEINT,
  UINTEGER,
  USMALLINT,
  UTINYINT,
  type DuckDBAppender,
  type DuckDBConnection,
} from '@duckdb/node-api';
import type { StoredColumn, TableLayout } from './columns.ts';
import type { Column } from '../collecting/collected-rows.ts';
import { fillCounting, fillVector } from './duckdb-vector.ts';

/** Rows of DuckDB's vectors: no chunk may be larger. */
export const CHUNK_ROWS = 2_048;
const DUCKDB_TYPES = { UTINYINT, USMALLINT, UINTEGER, UBIGINT, UHUGEINT };

const ZEROS = new Uint32Array(4);

/** A chunk that rows are written into, and the one row that its columns hold again and again since they were last written, if they do. */
interface Form {
  readonly chunk: DuckDBDataChunk;
  readonly alike: (Column | undefined)[];
}

/** A table that batches are appended to; each row gets an `id`, counted on from those in the file. */
export class DuckDbTable<Batch extends { readonly length: number }> {
  readonly #columns: readonly StoredColumn<Batch>[];
  readonly #appender: DuckDBAppender;
  /** Batches are mostly of the size of a chunk: one is used again and again. */
  readonly #whole: Form;
  #nextId: number;
  #unflushed = false;

  private constructor(columns: readonly StoredColumn<Batch>[], appender: DuckDBAppender, nextId: number) {
    this.#columns = columns;
    this.#appender = appender;
    this.#nextId = nextId;
    this.#whole = this.#form(CHUNK_ROWS);
  }

  /** Makes the table when it is not there. Rejects when it is there with other columns. No id is below `firstId`. */
  static async open<Batch extends { readonly length: number }>(
    connection: DuckDBConnection,
    name: string,
    { columns, addresses }: TableLayout<Batch>,
    firstId = 0,
  ): Promise<DuckDbTable<Batch>> {
    const definitions = columns.map((column) => `${column.name} ${column.type} NOT NULL`);
    const shown = addresses.map(
      ({ name: address, ipv4, ipv6 }) =>
        `${address} UHUGEINT GENERATED ALWAYS AS (CASE WHEN ${ipv6} = 0 THEN ${ipv4} ELSE ${ipv6} END) VIRTUAL`,
    );
    await connection.run(`CREATE TABLE IF NOT EXISTS ${name} (id UBIGINT NOT NULL, ${[...definitions, ...shown].join(', ')})`);
    const there = (await connection.runAndReadAll(`FROM ${name} LIMIT 0`)).columnNames();
    const expected = ['id', ...columns.map((column) => column.name), ...addresses.map((address) => address.name)];
    if (there.join() !== expected.join())
      throw new Error(`its table ${name} has the columns of another version of flowlab; collect into a new file`);
    const last = await connection.runAndReadAll(`SELECT greatest(coalesce(max(id) + 1, 0), ${firstId})::DOUBLE FROM ${name}`);
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
    const { chunk, alike } = count === CHUNK_ROWS ? this.#whole : this.#form(count);
    fillCounting(chunk.getColumnVector(0), this.#nextId, count);
    this.#columns.forEach(({ type, from: name }, index) => {
      const values = batch[name] as Column;
      const row = rowOfAll(type, values, from, count);
      if (row !== undefined && isSame(row, alike[index])) return;
      const [rows, first] = row === undefined ? [values, from] : [repeated(row, count), 0];
      fillVector(chunk.getColumnVector(index + 1), type, rows, first, count);
      alike[index] = row?.slice();
    });
    this.#appender.appendDataChunk(chunk);
    this.#nextId += count;
    this.#unflushed = true;
  }

  #form(rows: number): Form {
    const types = [UBIGINT, ...this.#columns.map(({ type }) => DUCKDB_TYPES[type])];
    return { chunk: DuckDBDataChunk.create(types, rows), alike: [] };
  }
}

/** The row that all are like, where that is told or known at little cost: most addresses of 128 bits are of the other version. */
function rowOfAll(type: StoredColumn<unknown>['type'], values: Column, from: number, count: number): Column | undefined {
  const width = type === 'UHUGEINT' ? 4 : 1;
  if (values.length === width) return values;
  return width === 4 && areZeros(values, width * from, width * (from + count)) ? ZEROS : undefined;
}

function areZeros(values: Column, from: number, to: number): boolean {
  for (let index = from; index < to; index++) if (values[index] !== 0) return false;
  return true;
}

const isSame = (row: Column, other: Column | undefined): boolean => row.every((word, at) => word === other?.[at]);

/** One row, so many times. */
function repeated(row: Column, length: number): Column {
  const column = new (row.constructor as new (items: number) => Column)(row.length * length);
  for (let at = 0; at < column.length; at += row.length) column.set(row, at);
  return column;
}
