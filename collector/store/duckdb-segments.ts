import { addressOf } from './columns.ts';
import { FIRST_ID, halvesOf, LAYOUTS, nameOfPair, type SegmentColumn, type SegmentKind } from './spool/segment.ts';
import type { SegmentFile } from './spool/spool.ts';

/** The table that segments of a kind go into. */
export const TABLES: Readonly<Record<SegmentKind, string>> = { flows: 'flows', natEvents: 'nat_events' };

export const KINDS = Object.keys(TABLES) as readonly SegmentKind[];

/** The columns that are stored, in the order of the table. */
const storedNames = (kind: SegmentKind): string[] => ['id', ...LAYOUTS[kind].columns.map(({ name }) => name)];

/** A statement that copies the rows of segments of one kind into their table, in the order of the files. */
export const insertOf = (kind: SegmentKind, files: readonly SegmentFile[]): string =>
  `INSERT INTO ${TABLES[kind]} (${storedNames(kind).join(', ')}) ${rowsOf(kind, files)}`;

/**
 * A statement that makes what is asked of a table on this connection show the rows of these segments behind those of `table`; without segments
 * the table alone.
 */
export function showingOf(kind: SegmentKind, files: readonly SegmentFile[], table: string): string {
  const name = `temp.${TABLES[kind]}`;
  if (files.length === 0) return `DROP VIEW IF EXISTS ${name}`;
  const addresses = LAYOUTS[kind].addresses;
  const shown = addresses.map(({ name: address, ipv4, ipv6 }) => `${addressOf(ipv4, ipv6)} AS ${address}`);
  return `CREATE OR REPLACE TEMP VIEW ${TABLES[kind]} AS FROM ${table}
    UNION ALL SELECT *, ${shown.join(', ')} FROM (${rowsOf(kind, files)})`;
}

/** A directory named `protocol=6` would be taken for the protocol of all rows in it. */
function rowsOf(kind: SegmentKind, files: readonly SegmentFile[]): string {
  const columns = LAYOUTS[kind].columns.map((column) => shownColumn(kind, column));
  const paths = files.map(({ path }) => `'${literally(path).replaceAll("'", "''")}'`);
  return `SELECT ${FIRST_ID} + file_row_number::UBIGINT AS id, ${columns.join(', ')}
    FROM read_parquet([${paths.join(', ')}], file_row_number = true, hive_partitioning = false)`;
}

function shownColumn(kind: SegmentKind, { name, type }: SegmentColumn): string {
  const pair = LAYOUTS[kind].pairs.find((both) => both.includes(name));
  if (pair !== undefined) return `(${nameOfPair(pair)} ${pair[0] === name ? '>> 16' : '& 65535'})::${type} AS ${name}`;
  if (type !== 'UHUGEINT') return name;
  const { high, low } = halvesOf(name);
  return `(${high}::UHUGEINT << 64) | ${low} AS ${name}`;
}

/** The name of a file may have signs that stand for others where files are looked for. */
const literally = (path: string): string => path.replaceAll(/[[*?]/g, (sign) => `[${sign}]`);
