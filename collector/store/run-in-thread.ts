import { DuckDBPendingResultState, type DuckDBConnection } from '@duckdb/node-api';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Runs a statement in the thread that asks for it and those of the database, not in one of the pool that all threads share: work that is to give
 * way to other work can only do so in threads of its own.
 */
export async function runInThread(connection: DuckDBConnection, sql: string): Promise<void> {
  const statement = await connection.prepare(sql);
  try {
    const pending = statement.start();
    for (let state = pending.runTask(); state !== DuckDBPendingResultState.RESULT_READY; state = pending.runTask())
      // What is left is under way in other threads.
      if (state === DuckDBPendingResultState.NO_TASKS_AVAILABLE) await pause(1);
    await pending.getResult();
  } finally {
    statement.destroySync();
  }
}
