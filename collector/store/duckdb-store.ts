import { DuckDBInstance, type DuckDBConnection, type DuckDBDataChunk } from '@duckdb/node-api';
import { exactNumber } from '../../core/net/stored-address.ts';
import { storedExporter } from '../collecting/exporter-address.ts';
import type { Label } from '../collecting/label.ts';
import { CollectedBatch } from '../collecting/collected-batch.ts';
import type { NatEventBatch } from '../collecting/nat-event-batch.ts';
import { FLOWS, NAT_EVENTS } from './columns.ts';
import { CHUNK_ROWS, DuckDbTable } from './duckdb-table.ts';
import type { RetentionConfig } from './retention/config.ts';
import { maintain } from './retention/retention.ts';
import { nextFlow, ROLLUP_TABLES } from './retention/rollup.ts';
import type { DuckDbConfig } from './duckdb-config.ts';
import { insertOf, KINDS, showingOf, TABLES } from './duckdb-segments.ts';
import type { NextIds, SegmentFile } from './spool/spool.ts';
import { runInThread } from './run-in-thread.ts';
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

const LABELS = `CREATE TABLE IF NOT EXISTS labels (exporter UHUGEINT NOT NULL, observation_domain_id UINTEGER NOT NULL, kind VARCHAR NOT NULL,
    id UHUGEINT NOT NULL, name VARCHAR NOT NULL, learnt_at_us UBIGINT NOT NULL);
  CREATE VIEW IF NOT EXISTS latest_labels AS
    SELECT exporter, observation_domain_id, kind, id, arg_max(name, learnt_at_us) AS name FROM labels GROUP BY ALL`;

/** How long the log beside the file may grow before it goes into it: at the usual 16 MB last groups of rows are written again and again. */
const CHECKPOINT_AFTER = '256MB';

/** One row: how far the spool is stored, in the same transactions as its rows. */
const SEGMENTS = 'CREATE TABLE IF NOT EXISTS stored_segments (id INTEGER PRIMARY KEY, number BIGINT NOT NULL)';

/** Flow Records and NAT events in one DuckDB file, or in memory. */
export class DuckDbStore implements FlowStore {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  /** What is asked has a connection of its own, on which tables can show more than they have. */
  readonly #asking: DuckDBConnection;
  readonly #flows: DuckDbTable<CollectedBatch>;
  readonly #natEvents: DuckDbTable<NatEventBatch>;
  /** Settles when nothing is being asked. */
  #asked: Promise<unknown> = Promise.resolve();

  private constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    asking: DuckDBConnection,
    flows: DuckDbTable<CollectedBatch>,
    natEvents: DuckDbTable<NatEventBatch>,
  ) {
    this.#instance = instance;
    this.#connection = connection;
    this.#asking = asking;
    this.#flows = flows;
    this.#natEvents = natEvents;
  }

  /**
   * `:memory:` or a file, made when it is not there; new rows follow those in it. Rejects when the file cannot be opened. Without a limit
   * DuckDB takes four fifths of the machine's memory when it likes.
   */
  static async open(path: string, limits?: DuckDbConfig): Promise<DuckDbStore> {
    // It looks for its log beside what stands before the sign.
    if (path.includes('?')) throw new Error('its path has a "?", which DuckDB takes for the end of it: choose another');
    const instance = await DuckDBInstance.create(path, {
      checkpoint_threshold: CHECKPOINT_AFTER,
      // Segments are soon gone: what is kept of them is in the way, and takes longer to keep than to read again.
      enable_external_file_cache: 'false',
      ...(limits && { memory_limit: `${limits.memoryOctets}B` }),
    });
    const connection = await instance.connect();
    await connection.run(ROLLUP_TABLES);
    const flows = await DuckDbTable.open(instance, 'flows', FLOWS, await nextFlow(connection));
    const natEvents = await DuckDbTable.open(instance, 'nat_events', NAT_EVENTS);
    await connection.run(LABELS);
    await connection.run(SEGMENTS);
    return new DuckDbStore(instance, connection, await instance.connect(), flows, natEvents);
  }

  /** Number of the last segment of the spool that is stored; -1 when none is. */
  async lastSegment(): Promise<number> {
    const [row] = await this.query<{ last: number }>('SELECT coalesce(max(number), -1) AS last FROM stored_segments');
    return row?.last ?? -1;
  }

  /** The ids that the rows of the next segments are to have at least. */
  get nextIds(): NextIds {
    return { flows: this.#flows.nextId, natEvents: this.#natEvents.nextId };
  }

  /** Stores the rows of segments and the number of the last of them: both or neither. Rejects when the database fails; it must be opened anew then. */
  async storeSegments(files: readonly SegmentFile[], last: number): Promise<void> {
    await runInThread(this.#connection, 'BEGIN');
    for (const kind of KINDS) {
      const ofKind = files.filter((file) => file.kind === kind);
      if (ofKind.length > 0) await runInThread(this.#connection, insertOf(kind, ofKind));
    }
    await runInThread(this.#connection, `INSERT OR REPLACE INTO stored_segments VALUES (0, ${last})`);
    await runInThread(this.#connection, 'COMMIT');
  }

  /** From now on what is asked is asked of the tables and of these segments, which are not stored yet. */
  async show(files: readonly SegmentFile[]): Promise<void> {
    const database = `"${(await this.#database()).replaceAll('"', '""')}"`;
    await this.#inTurn(async () => {
      for (const kind of KINDS) {
        const ofKind = files.filter((file) => file.kind === kind);
        await this.#asking.run(showingOf(kind, ofKind, `${database}.main.${TABLES[kind]}`));
      }
    });
  }

  /** One portion of what is due at `nowUs`, as `maintain` of retention/retention.ts does it. */
  maintain(config: RetentionConfig, nowUs: number): Promise<boolean> {
    this.#flush();
    return maintain(this.#connection, config, nowUs);
  }

  // async by contract, as the next: this store needs no waiting, another one does.
  async append(batch: CollectedBatch): Promise<void> {
    this.#flows.append(batch);
  }

  async appendNatEvents(batch: NatEventBatch): Promise<void> {
    this.#natEvents.append(batch);
  }

  async appendLabels(labels: readonly Label[]): Promise<void> {
    if (labels.length === 0) return;
    const list = (valueOf: (label: Label) => bigint | number | string): string =>
      JSON.stringify(labels.map((each) => `${valueOf(each)}`));
    await this.#inTurn(() =>
      this.#asking.run(
        `INSERT INTO labels SELECT unnest(from_json($exporters, '["UHUGEINT"]')), unnest(from_json($domains, '["UINTEGER"]')),
        unnest(from_json($kinds, '["VARCHAR"]')), unnest(from_json($ids, '["UHUGEINT"]')), unnest(from_json($names, '["VARCHAR"]')),
        unnest(from_json($times, '["UBIGINT"]'))`,
        {
          exporters: list(({ exporter }) => storedExporter(exporter)),
          domains: list(({ observationDomainId }) => observationDomainId),
          kinds: list(({ kind }) => kind),
          ids: list(({ id }) => id),
          names: list(({ name }) => name),
          times: list(({ learntAtUs }) => Math.trunc(learntAtUs)),
        },
      ),
    );
  }

  async query<T extends object>(sql: string, parameters: QueryParameters = {}): Promise<T[]> {
    this.#flush();
    const reader = await this.#inTurn(() => this.#asking.runAndReadAll(sql, { ...parameters }));
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
    return this.#inTurn(() => this.#scan(columns, onRows, exporter));
  }

  async #scan<Column extends FlowColumn>(
    columns: readonly Column[],
    onRows: (rows: StoredFlows<Column>) => void,
    exporter: Exporter | undefined,
  ): Promise<void> {
    const read = await this.#readColumns(new Set(columns));
    // No ORDER BY: the database keeps the order of insertion, which is that of the ids, and sorting would copy the table.
    const result = await this.#asking.stream(
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
    this.#asking.closeSync();
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
    const held = await this.#asking.runAndReadAll(`SELECT ${wide.map((name) => `max(${name}) > 0`).join(', ')} FROM flows`);
    return new Set(wide.filter((_, index) => held.getRows()[0]?.[index] === true));
  }

  /** What the database calls itself: a file's is made of its name. */
  async #database(): Promise<string> {
    const [row] = await this.query<{ name: string }>('SELECT current_database() AS name');
    return row?.name ?? '';
  }

  /** One after the other: a statement ends, without an error, what another on its connection has not been read of yet. */
  #inTurn<T>(ask: () => Promise<T>): Promise<T> {
    const turn = this.#asked.then(ask);
    this.#asked = turn.catch(() => undefined);
    return turn;
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
