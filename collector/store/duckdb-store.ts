import {
  DuckDBDataChunk,
  DuckDBInstance,
  UBIGINT,
  UINTEGER,
  USMALLINT,
  UTINYINT,
  type DuckDBAppender,
  type DuckDBConnection,
} from '@duckdb/node-api';
import { CollectedBatch } from '../collecting/collected-batch.ts';
import { COLUMNS, CREATE_TABLE } from './columns.ts';
import type { FlowStore, QueryParameters, StoredFlows } from './flow-store.ts';

/** Rows of DuckDB's vectors: no chunk may be larger. */
const CHUNK_ROWS = 2_048;
const DUCKDB_TYPES = { UTINYINT, USMALLINT, UINTEGER, UBIGINT };
const CHUNK_TYPES = [UBIGINT, ...COLUMNS.map(({ type }) => DUCKDB_TYPES[type])];

/** Flow Records in one DuckDB file, or in memory. */
export class DuckDbStore implements FlowStore {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #appender: DuckDBAppender;
  #nextId: number;
  #unflushed = false;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, appender: DuckDBAppender, nextId: number) {
    this.#instance = instance;
    this.#connection = connection;
    this.#appender = appender;
    this.#nextId = nextId;
  }

  /** `:memory:` or a file, made when it is not there; new rows follow those in it. Rejects when the file cannot be opened. */
  static async open(path: string): Promise<DuckDbStore> {
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    await connection.run(CREATE_TABLE);
    const last = await connection.runAndReadAll('SELECT coalesce(max(id) + 1, 0)::DOUBLE FROM flows');
    const appender = await connection.createAppender('flows');
    return new DuckDbStore(instance, connection, appender, last.getRows()[0]?.[0] as number);
  }

  // async by contract: this store needs no waiting, another one does.
  async append(batch: CollectedBatch): Promise<void> {
    for (let from = 0; from < batch.length; from += CHUNK_ROWS) {
      this.#appendRows(batch, from, Math.min(CHUNK_ROWS, batch.length - from));
    }
  }

  async query<T extends object>(sql: string, parameters: QueryParameters = {}): Promise<T[]> {
    this.#flush();
    const reader = await this.#connection.runAndReadAll(sql, { ...parameters });
    return reader.getRowObjects().map((row) => {
      for (const [name, value] of Object.entries(row)) if (typeof value === 'bigint') row[name] = Number(value);
      return row as T;
    });
  }

  async scan(onRows: (rows: StoredFlows) => void): Promise<void> {
    this.#flush();
    const names = COLUMNS.map(({ name, type }) => (type === 'UBIGINT' ? `${name}::DOUBLE` : name));
    const result = await this.#connection.stream(`SELECT id::DOUBLE, ${names.join(', ')} FROM flows ORDER BY id`);
    const rows: StoredFlows = Object.assign(new CollectedBatch(CHUNK_ROWS), { id: new Float64Array(CHUNK_ROWS) });
    for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      rows.length = chunk.rowCount;
      copyColumn(chunk, 0, rows.id, rows.length);
      COLUMNS.forEach(({ from }, index) => copyColumn(chunk as DuckDBDataChunk, index + 1, rows[from], rows.length));
      onRows(rows);
    }
  }

  close(): void {
    this.#flush();
    this.#appender.closeSync();
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  #appendRows(batch: CollectedBatch, from: number, count: number): void {
    const chunk = DuckDBDataChunk.create(CHUNK_TYPES, count);
    const ids = chunk.getColumnVector(0);
    for (let row = 0; row < count; row++) ids.setItem(row, BigInt(this.#nextId + row));
    ids.flush();
    COLUMNS.forEach(({ type, from: name }, index) => {
      const vector = chunk.getColumnVector(index + 1);
      const values = batch[name];
      if (type === 'UBIGINT')
        for (let row = 0; row < count; row++) vector.setItem(row, wholeNumber(values[from + row] as number));
      else for (let row = 0; row < count; row++) vector.setItem(row, values[from + row] as number);
      vector.flush();
    });
    this.#appender.appendDataChunk(chunk);
    this.#nextId += count;
    this.#unflushed = true;
  }

  #flush(): void {
    if (!this.#unflushed) return;
    this.#appender.flushSync();
    this.#unflushed = false;
  }
}

/** Counters and times beyond what a float holds exactly are nonsense from the wire; they must not make the whole batch fail. */
const wholeNumber = (value: number): bigint => BigInt(Math.min(Math.max(0, Math.trunc(value)), Number.MAX_SAFE_INTEGER));

function copyColumn(chunk: DuckDBDataChunk, index: number, to: Record<number, number>, length: number): void {
  const vector = chunk.getColumnVector(index);
  for (let row = 0; row < length; row++) to[row] = vector.getItem(row) as number;
}
