import { Readable } from 'node:stream';
import { createClient, type ClickHouseClient } from '@clickhouse/client';
import { sentenceOf, type ClickHouseConnection, type QuerySettings } from './connection.ts';
import type { ServerAddress } from './server-address.ts';

/** A question has all names in it that addresses and application ids have, which may be thousands. */
const LONG_QUERIES: QuerySettings = {
  max_query_size: 64_000_000,
  max_ast_elements: 1_000_000,
  max_expanded_ast_elements: 1_000_000,
};

/** A server over HTTP. */
export class HttpConnection implements ClickHouseConnection {
  readonly #client: ClickHouseClient;

  constructor({ url, username, password, database }: ServerAddress, timeoutMs: number, settings: QuerySettings = {}) {
    this.#client = createClient({
      url,
      username,
      password,
      database,
      request_timeout: timeoutMs,
      clickhouse_settings: settings,
      // What the client would print is in its errors already.
      log: { level: 127 },
    });
  }

  async run(sql: string): Promise<void> {
    await inOneSentence(this.#client.command({ query: sql }));
  }

  async *read(sql: string): AsyncIterable<Uint8Array> {
    const { stream } = await inOneSentence(
      this.#client.exec({ query: `${sql}\nFORMAT Native`, clickhouse_settings: LONG_QUERIES }),
    );
    const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    try {
      for (let next = await inOneSentence(chunks.next()); next.done !== true; next = await inOneSentence(chunks.next())) {
        yield next.value;
      }
    } finally {
      stream.destroy();
    }
  }

  async insert(table: string, blocks: readonly Uint8Array[], queryId: string, settings: QuerySettings): Promise<void> {
    const { stream } = await inOneSentence(
      this.#client.exec({
        query: `INSERT INTO ${table} FORMAT Native`,
        values: Readable.from(blocks, { objectMode: false }),
        query_id: queryId,
        clickhouse_settings: settings,
      }),
    );
    await inOneSentence(stream.resume().toArray());
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

async function inOneSentence<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw new Error(sentenceOf(error), { cause: error });
  }
}
