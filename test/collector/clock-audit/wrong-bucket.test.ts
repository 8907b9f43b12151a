import { expect, test } from 'vitest';
import { wrongBucketOctets } from '../../../collector/clock-audit/wrong-bucket.ts';
import { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import { batchOf, type HandMadeFlow } from '../support/flows.ts';

const flow = (startS: number, endS: number): HandMadeFlow => ({
  direction: 'up',
  inside: '10.0.0.1',
  server: '198.18.0.1',
  serverPort: 443,
  octets: 1_000,
  startS,
  endS,
});

/** Of records whose start is told, and of one more whose start is not. */
async function wrongOctets(flows: readonly HandMadeFlow[], unbegun: HandMadeFlow): Promise<number> {
  const batch = batchOf([...flows, unbegun]);
  batch.flowStartMs[flows.length] = 0;
  const store = await DuckDbStore.open(':memory:');
  await store.append(batch);
  const wrong = await wrongBucketOctets(store, 1_000, 60);
  store.close();
  return wrong;
}

test('a record that ends before it begins, or does not say when it began, lies at one instant', async () => {
  expect(await wrongOctets([], flow(0, 30))).toBe(0);
  expect(await wrongOctets([], flow(0, 60.5))).toBe(1_000);
  // A tenth of ten seconds from the border on.
  expect(await wrongOctets([flow(0, 9.999)], flow(0, 30))).toBe(100);
  for (const endS of [0, 30.499, 0.499]) expect(await wrongOctets([flow(30.5, endS), flow(0, 9.999)], flow(0, 30))).toBe(100);
  for (const endS of [0, 60.499]) expect(await wrongOctets([flow(60.5, endS)], flow(0, 30))).toBe(1_000);
});
