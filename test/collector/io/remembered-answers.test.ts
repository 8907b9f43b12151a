import { expect, test } from 'vitest';
import { RememberedAnswers } from '../../../collector/io/page/remembered-answers.ts';
import { DuckDbStore } from '../../../collector/store/duckdb-store.ts';

test('what is asked again is answered from memory until something is stored; what failed is asked again', async () => {
  const store = await DuckDbStore.open(':memory:');
  let revision = 0;
  const asked = new RememberedAnswers(store, () => revision);
  const rows = (): Promise<object[]> => asked.query('SELECT count(*) AS rows FROM kept WHERE id < $most', { most: 9 });
  await expect(rows()).rejects.toThrow('kept');
  await store.query('CREATE TABLE kept AS SELECT 1 AS id');
  expect(await rows()).toEqual([{ rows: 1 }]);
  await store.query('INSERT INTO kept VALUES (2)');
  expect(await rows()).toEqual([{ rows: 1 }]);
  expect(await asked.query('SELECT count(*) AS rows FROM kept WHERE id < $most', { most: 2 })).toEqual([{ rows: 1 }]);
  revision++;
  expect(await rows()).toEqual([{ rows: 2 }]);
  store.close();
});
