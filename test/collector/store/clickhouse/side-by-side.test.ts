import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClickHouseStore } from '../../../../collector/store/clickhouse/clickhouse-store.ts';
import { clickhouseSchema } from '../../../../collector/store/clickhouse/config.ts';
import { HttpConnection } from '../../../../collector/store/clickhouse/http-connection.ts';
import { flowsOf } from '../../../contract/rows.ts';
import { ClickHouseServer } from '../../../support/clickhouse-server.ts';
import { hasProgram } from '../../../support/outside-program.ts';

const QUICK = { retryPauseMs: 20, maxRetryPauseMs: 100, insertIntervalMs: 20 };

describe.skipIf(!hasProgram('clickhouse-server'))('collectors and one ClickHouse', () => {
  let server: ClickHouseServer;
  let directory: string;

  beforeEach(async () => {
    server = await ClickHouseServer.start();
    directory = mkdtempSync(join(tmpdir(), 'clickhouse-spool-'));
  });
  afterEach(async () => {
    await server.remove();
    rmSync(directory, { recursive: true });
  });

  const open = (collector = 0, settings: object = QUICK): Promise<ClickHouseStore> => {
    const address = { url: `http://127.0.0.1:${server.port}`, username: 'default', password: '', database: 'default' };
    const spool = join(directory, String(collector));
    return ClickHouseStore.open(new HttpConnection(address, 5_000), clickhouseSchema.parse({ collector, spool, ...settings }));
  };

  /** Batches of which each row is told from all others by a mark and its number. */
  async function appendMarked(store: ClickHouseStore, mark: number, batches: number): Promise<void> {
    for (let batch = 0; batch < batches; batch++) await appendBatch(store, mark, batch);
  }

  async function appendBatch(store: ClickHouseStore, mark: number, batch: number): Promise<void> {
    const flows = flowsOf(500, mark);
    flows.applicationId.fill(mark);
    for (let row = 0; row < flows.length; row++) flows.octetDeltaCount[row] = 500 * batch + row;
    await store.append(flows);
  }

  const marks = `SELECT application_id AS mark, count(*) AS n, count(DISTINCT octets) AS different, max(octets) AS last
    FROM flows GROUP BY application_id ORDER BY application_id`;
  const whole = (mark: number, rows: number) => ({ mark, n: rows, different: rows, last: rows - 1 });

  async function drained(store: ClickHouseStore): Promise<void> {
    while (store.progress.waitingRows > 0) await pause(10);
  }

  it('write side by side: each row once, all ids different', async () => {
    const stores = [await open(0), await open(5), await open(31)];
    await Promise.all(stores.map((store, index) => appendMarked(store, index, 20)));
    await Promise.all(stores.map(drained));
    const [first] = stores as [ClickHouseStore];
    expect(await first.query(marks)).toEqual([0, 1, 2].map((mark) => whole(mark, 10_000)));
    const [ids] = await first.query('SELECT count(DISTINCT id) AS different, max(id) AS greatest FROM flows');
    expect(ids).toEqual({ different: 30_000, greatest: 31 * 2 ** 48 + 9_999 });
    for (const store of stores) await store.close();
  });

  it('lose nothing and store nothing twice when the server is killed in the middle of inserting, again and again', async () => {
    const store = await open();
    // As long as it is killed, however fast it is.
    let isOver = false;
    const appended = (async () => {
      let batches = 0;
      for (; !isOver; batches++) {
        await appendBatch(store, 7, batches);
        await pause(2);
      }
      return batches;
    })();
    try {
      for (let kill = 0; kill < 4; kill++) {
        await pause(150 + 70 * kill);
        await server.kill();
        await pause(30);
        await server.startAgain();
      }
    } finally {
      isOver = true;
    }
    const batches = await appended;
    await drained(store);
    expect(store.progress.failedTries).toBeGreaterThan(0);
    expect(store.state.kind).toBe('storing');
    expect(await store.query(marks)).toEqual([whole(7, 500 * batches)]);
    await store.close();
  });

  it('store an insert once whose answer never came', async () => {
    const connection = new Unheard(server.port);
    const store = await ClickHouseStore.open(connection, clickhouseSchema.parse({ spool: join(directory, 'unheard'), ...QUICK }));
    await appendMarked(store, 1, 3);
    await drained(store);
    expect(connection.unheard).toBeGreaterThan(0);
    expect(await store.query(marks)).toEqual([whole(1, 1_500)]);
    await store.close();
  });

  it('keep rows in the spool while the server is away, over an end of the program too', async () => {
    const patient = { ...QUICK, insertIntervalMs: 60_000 };
    const first = await open(0, patient);
    await appendMarked(first, 1, 2);
    await server.kill();
    await expect(first.query('SELECT 1')).rejects.toThrow(/ECONNREFUSED|ECONNRESET|socket hang up/);
    expect(first.state.kind).toBe('away');
    expect((first.state as { reason: string }).reason).toMatch(/^ClickHouse does not store \(.+\), 1000 rows wait in the spool$/);
    await first.close();

    const second = await open();
    await appendMarked(second, 2, 1);
    expect([second.state.kind, second.progress.waitingRows]).toEqual(['away', 1_500]);
    await server.startAgain();
    await drained(second);
    expect(await second.query(marks)).toEqual([whole(1, 1_000), whole(2, 500)]);
    await second.close();
  });

  it('refuse to begin without a server when nobody knows which ids are taken', async () => {
    await server.kill();
    await expect(open()).rejects.toThrow('ECONNREFUSED');
  });

  it('refuse what the spool has no room for, and nothing else', async () => {
    const store = await open(0, { ...QUICK, insertIntervalMs: 60_000, maxSpoolOctets: 150_000 });
    await appendMarked(store, 1, 1);
    await expect(appendMarked(store, 2, 1)).rejects.toThrow(/octets wait in .*, more than clickhouse.maxSpoolOctets allows/);
    expect(await store.query(marks)).toEqual([whole(1, 500)]);
    await appendMarked(store, 3, 1);
    expect(await store.query(marks)).toEqual([whole(1, 500), whole(3, 500)]);
    await store.close();
  });

  it('find other columns than theirs, and say so', async () => {
    const connection = new HttpConnection(
      { url: `http://127.0.0.1:${server.port}`, username: 'default', password: '', database: 'default' },
      5_000,
    );
    await connection.run('CREATE TABLE flows (id UInt64, received_at_us UInt64) ENGINE = MergeTree PARTITION BY id ORDER BY id');
    await connection.close();
    await expect(open()).rejects.toThrow(
      'its table flows has the columns of another version of flowlab; collect into a new database',
    );
  });
});

/** A way to a server on which the answer to every other insert is lost. */
class Unheard extends HttpConnection {
  unheard = 0;
  #inserts = 0;

  constructor(port: number) {
    super({ url: `http://127.0.0.1:${port}`, username: 'default', password: '', database: 'default' }, 5_000);
  }

  override async insert(...insert: Parameters<HttpConnection['insert']>): Promise<void> {
    await super.insert(...insert);
    if (this.#inserts++ % 2 > 0) return;
    this.unheard++;
    throw new Error('the connection was lost');
  }
}
