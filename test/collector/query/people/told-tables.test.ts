import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ToldTables } from '../../../../collector/query/people/told-tables.ts';
import type { DuckDbStore } from '../../../../collector/store/duckdb-store.ts';
import type { AskedStore } from '../../../../collector/store/flow-store.ts';
import { storeOf } from '../../support/flows.ts';

const HOSTS = 'flowlab_ready.hosts';

describe('what is known of hosts', () => {
  let store: DuckDbStore;
  let said: string[];
  let isFull: boolean;
  let told: ToldTables;

  beforeEach(async () => {
    store = await storeOf([]);
    said = [];
    isFull = false;
    const query: AskedStore['query'] = (sql, given) => {
      said.push(sql);
      return isFull ? Promise.reject(new Error('the disk is full')) : store.query(sql, given);
    };
    told = new ToldTables({ query });
    await store.query("ATTACH IF NOT EXISTS ':memory:' AS flowlab_ready");
    await store.query(`CREATE TABLE ${HOSTS} (host UINTEGER, address VARCHAR)`);
  });
  afterEach(() => store.close());

  const add = (host: number, address: string) => store.query(`INSERT INTO ${HOSTS} VALUES (${host}, '${address}')`);
  const of = (last: number, word = 'device') =>
    told.of(HOSTS, 'host', last, (rows) => `SELECT host, '${word} ' || address AS device FROM ${rows}`);
  const rows = async (table: string): Promise<string[]> =>
    (await store.query<{ device: string }>(`SELECT device FROM ${table} ORDER BY host`)).map(({ device }) => device);

  it('is worked out once for each of them, and a table of its own with more known', async () => {
    await add(1, 'a');
    const first = await of(1);
    await add(2, 'b');
    await add(3, 'c');
    said.length = 0;
    // What has come since is for the next that asks.
    expect(await of(2)).toBe(first);
    expect(said).toEqual([expect.stringMatching(/host > 1 AND host <= 2/)]);
    expect(await rows(first)).toEqual(['device a', 'device b']);
    said.length = 0;
    expect(await of(2)).toBe(first);
    expect(await of(1)).toBe(first);
    expect(said).toEqual([]);
    const second = await of(3, 'laptop');
    expect(second).not.toBe(first);
    expect(await rows(second)).toEqual(['laptop a', 'laptop b', 'laptop c']);
  });

  it('is told once of each by whoever asks at the same time', async () => {
    for (const [index, address] of ['a', 'b', 'c'].entries()) await add(index + 1, address);
    const tables = await Promise.all([1, 3, 2, 3].map((last) => of(last)));
    expect(new Set(tables).size).toBe(1);
    expect(await rows(tables[0] as string)).toEqual(['device a', 'device b', 'device c']);
  });

  it('is left out of what is gone', async () => {
    for (const [index, address] of ['a', 'b', 'c'].entries()) await add(index + 1, address);
    const table = await of(3);
    await store.query(`DELETE FROM ${HOSTS} WHERE host <> 2`);
    await told.forget();
    await add(4, 'another');
    expect(await of(4)).toBe(table);
    expect(await rows(table)).toEqual(['device b', 'device another']);
  });

  it('is not there any more when too many others were asked for', async () => {
    await add(1, 'a');
    const first = await of(1, 'first');
    for (let other = 0; other < 31; other++) await of(1, `other ${other}`);
    expect(await rows(first)).toEqual(['first a']);
    await of(1, 'first');
    // The one before it is the oldest now.
    await of(1, 'last');
    expect(await rows(first)).toEqual(['first a']);
    for (let other = 40; other < 72; other++) await of(1, `other ${other}`);
    await expect(rows(first)).rejects.toThrow('does not exist');
    expect(await rows(await of(1, 'first'))).toEqual(['first a']);
    await told.clear();
    const [left] = await store.query<{ tables: number }>(
      "SELECT count(*)::DOUBLE AS tables FROM duckdb_tables() WHERE table_name LIKE 'told%'",
    );
    expect(left?.tables).toBe(0);
  });

  it('is of so many rows at most, whatever their numbers, but for a few tables', async () => {
    told = new ToldTables(store, { tables: 5, rows: 6, few: 2 });
    await add(1_000, 'a');
    await add(2_000, 'b');
    const tables = [];
    for (let other = 0; other < 3; other++) tables.push(await of(2_000, `other ${other}`));
    for (const table of tables) expect(await rows(table)).toHaveLength(2);
    await store.query(`DELETE FROM ${HOSTS} WHERE host = 1000`);
    await told.forget();
    for (let other = 3; other < 5; other++) tables.push(await of(2_000, `other ${other}`));
    for (const table of tables) expect(await rows(table)).toHaveLength(1);
    // Now there are as many tables as may be.
    await of(2_000, 'other 5');
    await expect(rows(tables[0] as string)).rejects.toThrow('does not exist');
    for (let host = 3_000; host < 3_010; host++) await add(host, 'c');
    expect(await rows(await of(3_009, 'other 4'))).toHaveLength(11);
    expect(await rows(await of(3_009, 'other 6'))).toHaveLength(11);
    await expect(rows(tables[3] as string)).rejects.toThrow('does not exist');
    expect(await rows(tables[4] as string)).toHaveLength(11);
  });

  it('is worked out the next time when the store has failed', async () => {
    await add(1, 'a');
    isFull = true;
    await expect(of(1)).rejects.toThrow('full');
    isFull = false;
    const table = await of(1);
    await add(2, 'b');
    isFull = true;
    await expect(of(2)).rejects.toThrow('full');
    isFull = false;
    expect(await of(2)).toBe(table);
    expect(await rows(table)).toEqual(['device a', 'device b']);
  });
});
