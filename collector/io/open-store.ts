import { existsSync } from 'node:fs';
import type { CollectorConfig } from '../config.ts';
import { ClickHouseStore } from '../store/clickhouse/clickhouse-store.ts';
import { HttpConnection } from '../store/clickhouse/http-connection.ts';
import type { QuerySettings } from '../store/clickhouse/connection.ts';
import { boundQuery } from '../store/clickhouse/parameters.ts';
import { isServerAddress, parseServerAddress, withoutPassword } from '../store/clickhouse/server-address.ts';
import { rowsOfQuery, versionOf } from '../store/clickhouse/tables.ts';
import { DuckDbStore } from '../store/duckdb-store.ts';
import type { FlowStore } from '../store/flow-store.ts';
import { hasSpool, SpooledStore } from '../store/spooled-store.ts';

/**
 * The store `--store` names: `clickhouse://...`, a DuckDB file behind a spool in a thread of its own, or `:memory:`, which needs neither. Rejects
 * with an Error of one sentence.
 */
export function openStore(
  store: string,
  { spool, retention, clickhouse, duckdb }: CollectorConfig,
): Promise<DuckDbStore | SpooledStore | ClickHouseStore> {
  if (isServerAddress(store))
    return ClickHouseStore.open(new HttpConnection(parseServerAddress(store), clickhouse.requestTimeoutMs), clickhouse);
  return store === ':memory:' ? DuckDbStore.open(store, duckdb) : SpooledStore.open(store, spool, { retention, limits: duckdb });
}

/** A DuckDB file to ask: with what a killed collector has left in its spool, and leaves there. Rejects with an Error of one sentence without the file. */
export async function openFile(
  path: string,
  { spool, duckdb }: Pick<CollectorConfig, 'spool' | 'duckdb'>,
): Promise<DuckDbStore | SpooledStore> {
  checkFile(path);
  return hasSpool(path) ? SpooledStore.open(path, spool, { limits: duckdb, isOnlyAsked: true }) : DuckDbStore.open(path, duckdb);
}

/** Stores what a killed collector has left in the spool of a file. Rejects with an Error of one sentence. */
export async function storeLeftOver(path: string, { spool, duckdb }: Pick<CollectorConfig, 'spool' | 'duckdb'>): Promise<void> {
  if (hasSpool(path)) await (await SpooledStore.open(path, { ...spool, closeMs: Infinity }, { limits: duckdb })).close();
}

/** Throws an Error of one sentence when there is no such file: a question is not to make one. */
export function checkFile(path: string): void {
  if (!existsSync(path)) throw new Error(`there is no store ${path}`);
}

/** A ClickHouse to ask, which only reads. Rejects with an Error of one sentence when it cannot be reached. */
export async function openServer(store: string, config: CollectorConfig): Promise<Pick<FlowStore, 'query' | 'close'>> {
  const connection = await connectToAsk(store, config, { readonly: 1 });
  return {
    query: async <T>(sql: string, parameters = {}) => (await rowsOfQuery(connection, boundQuery(sql, parameters))) as T[],
    close: () => connection.close(),
  };
}

/** A connection with these settings to a server that answers. Rejects with an Error of one sentence. */
export async function connectToAsk(
  store: string,
  { clickhouse }: CollectorConfig,
  settings: QuerySettings,
): Promise<HttpConnection> {
  const connection = new HttpConnection(parseServerAddress(store), clickhouse.requestTimeoutMs, settings);
  try {
    await versionOf(connection);
  } catch (error) {
    await connection.close();
    throw new Error(`the store ${withoutPassword(store)} cannot be asked: ${(error as Error).message}`, { cause: error });
  }
  return connection;
}
