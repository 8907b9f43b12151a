import type { DuckDBConnection } from '@duckdb/node-api';

/** Microseconds of what is summed up to one. */
export const HOUR_US = 3_600_000_000;

const KEYS = [
  'hour_ms',
  'exporter_ipv4',
  'exporter_ipv6',
  'observation_domain_id',
  'source_ipv4',
  'source_ipv6',
  'destination_ipv4',
  'destination_ipv6',
  'application_id',
  'protocol',
];
const SUMS = ['octets', 'packets', 'flows', 'estimated_octets', 'estimated_packets'];

/**
 * `flows_hourly` has one row for each of its keys; the hour is that of reception, by the collector's clock. `octets` and `packets` are what was
 * reported, the estimates are multiplied by the sampling interval where that is known. `rollup_progress` is one row, or none: the flows
 * below this id are in the sums, and only those.
 */
export const ROLLUP_TABLES = `CREATE TABLE IF NOT EXISTS flows_hourly (hour_ms UBIGINT NOT NULL, exporter_ipv4 UINTEGER NOT NULL,
    exporter_ipv6 UHUGEINT NOT NULL, observation_domain_id UINTEGER NOT NULL, source_ipv4 UINTEGER NOT NULL, source_ipv6 UHUGEINT NOT NULL,
    destination_ipv4 UINTEGER NOT NULL, destination_ipv6 UHUGEINT NOT NULL, application_id UINTEGER NOT NULL, protocol UTINYINT NOT NULL,
    ${SUMS.map((sum) => `${sum} HUGEINT NOT NULL`).join(', ')});
  CREATE TABLE IF NOT EXISTS rollup_progress (id INTEGER PRIMARY KEY, next_flow BIGINT NOT NULL)`;

/** The first flow that is not summed up. Ids below it are never given again, though their rows may be deleted. */
export async function nextFlow(connection: DuckDBConnection): Promise<number> {
  const [[next] = []] = (
    await connection.runAndReadAll('SELECT coalesce(max(next_flow), 0)::DOUBLE FROM rollup_progress')
  ).getRows();
  return next as number;
}

/**
 * Adds the next flows, about `portionRows`, to the sums of their hours, up to the first of the hour that still runs; flows of an hour that is
 * summed up already are added to it. In one transaction with how far it came. Resolves with whether there were any.
 */
export async function rollUp(connection: DuckDBConnection, portionRows: number, nowUs: number): Promise<boolean> {
  const from = await nextFlow(connection);
  const hourUs = Math.floor(nowUs / HOUR_US) * HOUR_US;
  // A time beyond the running hour is from before the clock was set back: nothing is gained by waiting for it.
  const [[until] = []] = (
    await connection.runAndReadAll(
      `SELECT coalesce(min(id) FILTER (WHERE received_at_us >= ${hourUs} AND received_at_us < ${hourUs + HOUR_US}), max(id) + 1, 0)::DOUBLE
        FROM (SELECT id, received_at_us FROM flows WHERE id >= ${from} LIMIT ${portionRows})`,
    )
  ).getRows();
  if ((until as number) <= from) return false;
  await connection.run('BEGIN');
  await add(connection, from, until as number);
  await connection.run(`INSERT OR REPLACE INTO rollup_progress VALUES (0, ${until as number})`);
  await connection.run('COMMIT');
  return true;
}

/**
 * By way of a table: the database knows how many rows that has, so it goes through the sums in their order and updates them in theirs. From a
 * question, or by MERGE, it updates ten thousand rows in any order, which takes a hundred times as long (DuckDB 1.5).
 */
async function add(connection: DuckDBConnection, from: number, until: number): Promise<void> {
  const factor = 'greatest(sampling_interval, 1)';
  await connection.run(`CREATE TEMP TABLE more AS
    SELECT received_at_us // ${HOUR_US} * 3600000 AS hour_ms, ${KEYS.slice(1).join(', ')}, sum(octets) AS octets, sum(packets) AS packets,
      count(*) AS flows, sum(octets::HUGEINT * ${factor}) AS estimated_octets, sum(packets::HUGEINT * ${factor}) AS estimated_packets
    FROM flows WHERE id >= ${from} AND id < ${until} GROUP BY ALL`);
  const [[first, last] = []] = (
    await connection.runAndReadAll('SELECT min(hour_ms)::VARCHAR, max(hour_ms)::VARCHAR FROM more')
  ).getRows();
  // Told in numbers, so that no other hours are read.
  const isSame = [`known.hour_ms BETWEEN ${first as string} AND ${last as string}`, ...KEYS.map((key) => `known.${key} = more.${key}`)].join(' AND '); // prettier-ignore
  const sums = SUMS.map((sum) => `${sum} = known.${sum} + more.${sum}`).join(', ');
  await connection.run(`UPDATE flows_hourly AS known SET ${sums} FROM more WHERE ${isSame}`);
  await connection.run(`INSERT INTO flows_hourly BY NAME FROM more ANTI JOIN flows_hourly AS known ON ${isSame}`);
  await connection.run('DROP TABLE more');
}
