import type { DuckDBConnection } from '@duckdb/node-api';
import type { RetentionConfig } from './config.ts';
import { HOUR_US, nextFlow, rollUp } from './rollup.ts';

/**
 * One portion of what is due at `nowUs`: flows of hours that are over are summed up first, then rows that are too old are deleted, of flows only such
 * as are summed up. Resolves with whether more may be due. Rejects when the database fails; nothing of the step under way is done then.
 */
export async function maintain(connection: DuckDBConnection, config: RetentionConfig, nowUs: number): Promise<boolean> {
  try {
    if (await rollUp(connection, config.portionRows, nowUs)) return true;
    const deleted = await deleteExpired(connection, config, nowUs);
    if (deleted.some((rows) => rows === config.portionRows)) return true;
    // The room of deleted rows is used again only after this.
    if (deleted.some((rows) => rows > 0)) await connection.run('CHECKPOINT');
    return false;
  } catch (error) {
    // Fails when no transaction was begun, or none is left.
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** Rows deleted of each table, at most `portionRows`. */
async function deleteExpired(connection: DuckDBConnection, config: RetentionConfig, nowUs: number): Promise<number[]> {
  const expired = [
    ['flows', `received_at_us < ${limit(nowUs - config.flows)} AND id < ${await nextFlow(connection)}`],
    ['nat_events', `received_at_us < ${limit(nowUs - config.natEvents)}`],
    // An hour is too old when its end is.
    ['flows_hourly', `hour_ms < ${limit((nowUs - HOUR_US - config.rollups) / 1_000)}`],
  ] as const;
  const deleted: number[] = [];
  for (const [table, condition] of expired) {
    const result = await connection.run(
      `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE ${condition} LIMIT ${config.portionRows})`,
    );
    deleted.push(result.rowsChanged);
  }
  return deleted;
}

/** As a whole number that the columns of times can be compared with. */
const limit = (time: number): number => Math.max(0, Math.floor(time));
