import type { TableLayout } from '../columns.ts';
import { shownAddress } from './address-sql.ts';
import type { ClickHouseConnection, QuerySettings } from './connection.ts';
import { nativeBlocks, rowsOf } from './native-reader.ts';
import { CLICKHOUSE_TYPES } from './native-writer.ts';

/** Microseconds of a day: rows of one UTC day by the collector's clock are a partition. */
export const DAY_US = 86_400_000_000;

/** First version in which tables that are not replicated tell a repeated insert by its token. */
const TOKENS_SINCE = 22;
/** Inserts whose tokens such a table remembers: more than a collector can have begun before it noticed. */
const REMEMBERED_INSERTS = 1_000;

/** The settings of an insert: its blocks become one part, there as a whole or not at all. `token` is the same when it is repeated. */
export const insertSettings = (version: number, token: string): QuerySettings => ({
  min_insert_block_size_rows: 4_000_000,
  min_insert_block_size_bytes: 4_000_000_000,
  ...(version < TOKENS_SINCE ? {} : { insert_deduplication_token: token, async_insert: 0 }),
});

/** The first number of the server's version, 18 of 18.16.1. */
export async function versionOf(connection: ClickHouseConnection): Promise<number> {
  const [row] = await rowsOfQuery(connection, 'SELECT version() AS version');
  return Number.parseInt(String(row?.['version']), 10);
}

export async function rowsOfQuery(connection: ClickHouseConnection, sql: string): Promise<Record<string, unknown>[]> {
  const rows = [];
  for await (const block of nativeBlocks(connection.read(sql))) rows.push(...rowsOf(block));
  return rows;
}

/** Makes a table when it is not there. Rejects with an Error of one sentence when it is there with other columns. */
export async function makeTable<Batch>(
  connection: ClickHouseConnection,
  version: number,
  name: string,
  layout: TableLayout<Batch>,
): Promise<void> {
  await connection.run(definition(version, name, layout));
  const there = await rowsOfQuery(
    connection,
    `SELECT name FROM system.columns WHERE database = currentDatabase() AND table = '${name}'`,
  );
  const expected = ['id', ...layout.columns.map((column) => column.name), ...layout.addresses.map((address) => address.name)];
  const found = there.map((row) => String(row['name']));
  if (found.toSorted().join() !== expected.toSorted().join())
    throw new Error(`its table ${name} has the columns of another version of flowlab; collect into a new database`);
}

/** Ordered for questions, which are about an exporter and a time; ids are in nearly the same order. */
function definition<Batch>(version: number, name: string, { columns, addresses }: TableLayout<Batch>): string {
  const stored = columns.map((column) => `${column.name} ${CLICKHOUSE_TYPES[column.type].name}`);
  const shown = addresses.map(({ name: address, ipv4, ipv6 }) => `${address} FixedString(16) ALIAS ${shownAddress(ipv4, ipv6)}`);
  // What an insert has acknowledged survives a power cut only where the server can be told to wait for the disk.
  const settings =
    version < TOKENS_SINCE ? '' : `, non_replicated_deduplication_window = ${REMEMBERED_INSERTS}, fsync_after_insert = 1`;
  return `CREATE TABLE IF NOT EXISTS ${name} (id UInt64, ${[...stored, ...shown].join(', ')})
    ENGINE = MergeTree PARTITION BY intDiv(received_at_us, ${DAY_US})
    ORDER BY (exporter_ipv4, exporter_ipv6, observation_domain_id, received_at_us, id)
    SETTINGS index_granularity = 8192${settings}`;
}
