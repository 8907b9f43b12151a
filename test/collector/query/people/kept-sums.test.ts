import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeptSums } from '../../../../collector/query/people/kept-sums.ts';
import type { AskedStore } from '../../../../collector/store/flow-store.ts';
import type { DuckDbStore } from '../../../../collector/store/duckdb-store.ts';
import { storeOf } from '../../support/flows.ts';

const LIMITS = { askedCharacters: 200, tables: 2, rows: 10, rowsOfAll: 15 };
const numbers = (count: number): string => `SELECT unnest(range(${count})) AS number`;

let store: DuckDbStore;
let kept: KeptSums;
/** Another one for every question, as if flows came all the time. */
let revision = 0;
beforeEach(async () => {
  store = await storeOf([]);
  await store.query(`ATTACH ':memory:' AS flowlab_ready`);
  kept = new KeptSums(store, () => revision++, LIMITS);
});
afterEach(() => void store.close());

/** When all is dropped that is to be. */
async function tables(): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve));
  return (await store.query(`FROM duckdb_tables() WHERE database_name = 'flowlab_ready'`)).length;
}

/** How many rows are kept; `undefined` where nothing is. */
const ask = (sql: string, from = kept): Promise<number | undefined> =>
  from.using(sql, false, async (table) => {
    if (table === undefined) return undefined;
    return (await store.query<{ rows: number }>(`SELECT count(*)::DOUBLE AS rows FROM ${table}`))[0]?.rows;
  });

const twice = async (sql: string): Promise<number | undefined> => {
  await ask(sql);
  return ask(sql);
};

describe('kept sums', () => {
  it('are there from the second time on that something is asked', async () => {
    expect(await ask(numbers(3))).toBeUndefined();
    expect(await tables()).toBe(0);
    for (let times = 0; times < 3; times++) expect(await ask(numbers(3))).toBe(3);
    expect(await tables()).toBe(1);
  });

  it('are there from the first time on of what is asked again for sure', async () => {
    expect(await kept.using(numbers(3), true, (table) => Promise.resolve(table))).toContain('flowlab_ready.kept_');
    expect(await tables()).toBe(1);
  });

  it('are made once for all who ask at the same time', async () => {
    await ask(numbers(3));
    expect(await Promise.all(Array.from({ length: 5 }, () => ask(numbers(3))))).toEqual([3, 3, 3, 3, 3]);
    expect(await tables()).toBe(1);
  });

  it('are no more than there may be: those go that were used longest ago', async () => {
    for (const count of [1, 2]) expect(await twice(numbers(count))).toBe(count);
    expect(await ask(numbers(1))).toBe(1);
    expect(await twice(numbers(3))).toBe(3);
    expect(await tables()).toBe(2);
    expect(await ask(numbers(1))).toBe(1);
    expect(await ask(numbers(2))).toBeUndefined();
  });

  it('have no more rows than they may, one by one and together', async () => {
    expect(await twice(numbers(11))).toBeUndefined();
    expect(await ask(numbers(11))).toBeUndefined();
    expect(await tables()).toBe(0);
    expect(await twice(numbers(8))).toBe(8);
    expect(await twice(numbers(9))).toBe(9);
    expect(await tables()).toBe(1);
  });

  it('stay while somebody uses them', async () => {
    await twice(numbers(1));
    const rows = await kept.using(numbers(1), false, async (table) => {
      for (const count of [2, 3, 4]) await twice(numbers(count));
      return store.query(`FROM ${table}`);
    });
    expect(rows).toHaveLength(1);
    expect(await tables()).toBe(2);
  });

  it('go all together', async () => {
    await twice(numbers(1));
    await kept.clear();
    expect(await tables()).toBe(0);
    expect(await ask(numbers(1))).toBeUndefined();
  });

  it('go when nobody uses them, where other flows stay by now', async () => {
    await twice(numbers(1));
    await kept.using(numbers(1), false, async () => {
      await twice(numbers(2));
      await kept.dropUnused();
    });
    expect(await tables()).toBe(1);
    expect(await ask(numbers(1))).toBe(1);
    expect(await ask(numbers(2))).toBeUndefined();
  });

  it('are not made where nothing has come since the same was asked', async () => {
    const still = new KeptSums(store, () => 7, LIMITS);
    for (let times = 0; times < 3; times++) expect(await ask(numbers(1), still)).toBeUndefined();
  });

  it('refuse whoever uses them when all are dropped, also such as are being made', async () => {
    await ask(numbers(1));
    const used = kept.using(numbers(1), false, async (table) => {
      await kept.clear();
      return store.query(`FROM ${table}`);
    });
    await expect(used).rejects.toThrow('not exist');
    await ask(numbers(2));
    const making = ask(numbers(2));
    await kept.clear();
    await making.catch(() => undefined);
    expect(await tables()).toBe(0);
  });

  it('are done without where they cannot be made, until they can', async () => {
    let isFull = true;
    const query: AskedStore['query'] = (sql, given) =>
      isFull && sql.startsWith('CREATE') ? Promise.reject(new Error('there is no room')) : store.query(sql, given);
    const failing = new KeptSums({ query }, () => revision++, LIMITS);
    for (let times = 0; times < 5; times++) expect(await ask(numbers(1), failing)).toBeUndefined();
    isFull = false;
    await ask(numbers(1), failing);
    expect(await ask(numbers(1), failing)).toBe(1);
  });

  it('are forgotten to have been asked for, those first that were asked longest ago', async () => {
    const count = Math.floor(LIMITS.askedCharacters / numbers(1).length);
    for (let asked = 1; asked <= count + 1; asked++) await ask(numbers(asked % 10));
    expect(await ask(numbers(2))).toBe(2);
    expect(await ask(numbers(1))).toBeUndefined();
  });
});
