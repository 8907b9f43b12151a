import { DuckDBInstance, type DuckDBConnection, type DuckDBDataChunk } from '@duckdb/node-api';
import { CollectedBatch } from '../collecting/collected-batch.ts';
import type { NatEventBatch } from '../collecting/nat-event-batch.ts';
import { FLOW_COLUMNS, NAT_EVENT_COLUMNS } from './columns.ts';
import { CHUNK_ROWS, DuckDbTable } from './duckdb-table.ts';
import { isFrom, type Exporter, type FlowStore, type QueryParameters, type StoredFlows } from './flow-store.ts';

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
    const flows = await DuckDbTable.open(connection, 'flows', FLOW_COLUMNS);
    const natEvents = await DuckDbTable.open(connection, 'nat_events', NAT_EVENT_COLUMNS);
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
      for (const [name, value] of Object.entries(row)) if (typeof value === 'bigint') row[name] = Number(value);
      return row as T;
    });
  }

  async scan(onRows: (rows: StoredFlows) => void, exporter?: Exporter): Promise<void> {
    this.#flush();
    const names = FLOW_COLUMNS.map(({ name, type }) => (type === 'UBIGINT' ? `${name}::DOUBLE` : name));
    const rowsInOrder = `FROM flows WHERE ${isFrom(exporter)} ORDER BY id`;
    const result = await this.#connection.stream(`SELECT id::DOUBLE, ${names.join(', ')} ${rowsInOrder}`);
    const rows: StoredFlows = Object.assign(new CollectedBatch(CHUNK_ROWS), { id: new Float64Array(CHUNK_ROWS) });
    for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      rows.length = chunk.rowCount;
      copyColumn(chunk, 0, rows.id, rows.length);
      FLOW_COLUMNS.forEach(({ from }, index) => copyColumn(chunk as DuckDBDataChunk, index + 1, rows[from], rows.length));
      onRows(rows);
    }
  }

  close(): void {
    this.#flows.close();
    this.#natEvents.close();
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  #flush(): void {
    this.#flows.flush();
    this.#natEvents.flush();
  }
}

function copyColumn(chunk: DuckDBDataChunk, index: number, to: Record<number, number>, length: number): void {
  const vector = chunk.getColumnVector(index);
  for (let row = 0; row < length; row++) to[row] = vector.getItem(row) as number;
}
