import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { sentenceOf, type ClickHouseConnection, type QuerySettings } from '../../collector/store/clickhouse/connection.ts';

/** What is used of the package chdb, which is no dependency of ours. */
interface Chdb {
  readonly Session: new (path: string) => Session;
}

interface Session {
  queryAsync(sql: string, options: { readonly format: string }): Promise<{ bytes(): Uint8Array }>;
  close(): void;
}

/** Whether the package is there; FLOWLAB_REQUIRE may say that it must be. */
export function hasChdb(): boolean {
  try {
    createRequire(import.meta.url).resolve('chdb');
    return true;
  } catch {
    if ((process.env['FLOWLAB_REQUIRE'] ?? '').split(/[\s,]+/).includes('chdb'))
      throw new Error('chdb is named in FLOWLAB_REQUIRE but not installed (npm install --no-save chdb)');
    console.info('skipped: chdb is not installed, so no SQL is proved against the ClickHouse of today');
    return false;
  }
}

/** The ClickHouse of today inside this process; one directory at a time. */
export class ChdbConnection implements ClickHouseConnection {
  readonly #session: Session;
  readonly #directory: string;
  #settings: string;

  /** The settings hold as long as the connection. */
  constructor(directory: string, settings: QuerySettings = {}) {
    const { Session } = createRequire(import.meta.url)('chdb') as Chdb;
    this.#session = new Session(join(directory, 'data'));
    this.#directory = directory;
    this.#settings = Object.entries(settings).map(([name, value]) => `${name} = '${value}'`).join(', '); // prettier-ignore
  }

  async run(sql: string): Promise<void> {
    await this.#answer(sql);
  }

  async *read(sql: string): AsyncIterable<Uint8Array> {
    yield await this.#answer(sql);
  }

  async insert(table: string, blocks: readonly Uint8Array[], queryId: string, settings: QuerySettings): Promise<void> {
    const file = join(this.#directory, `${queryId}.native`);
    writeFileSync(file, Buffer.concat(blocks));
    const set = Object.entries(settings).map(([name, value]) => `${name} = ${typeof value === 'number' ? value : `'${value}'`}`);
    await this.#answer(`INSERT INTO ${table} FROM INFILE '${file}' SETTINGS ${set.join(', ')} FORMAT Native`);
    rmSync(file);
  }

  async close(): Promise<void> {
    this.#session.close();
  }

  async #answer(sql: string): Promise<Uint8Array> {
    try {
      if (this.#settings !== '') await this.#session.queryAsync(`SET ${this.#settings}`, { format: 'Native' });
      this.#settings = '';
      return (await this.#session.queryAsync(sql, { format: 'Native' })).bytes();
    } catch (error) {
      throw new Error(sentenceOf(error), { cause: error });
    }
  }
}
