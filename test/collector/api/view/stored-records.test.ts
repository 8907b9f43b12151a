import { expect, test } from 'vitest';
import { recordsView, type RecordsRequest } from '../../../../collector/api/view/records-view.ts';
import type { ViewContext } from '../../../../collector/api/view/view-request.ts';
import { FLOWS } from '../../../../collector/store/columns.ts';
import { ip, NINE, storeOf, type HandMadeFlow } from '../../support/flows.ts';

const CONTEXT: ViewContext = {
  inside: [{ first: ip('10.0.0.0'), last: ip('10.0.255.255') }],
  inventory: [{ name: 'John', address: '10.0.0.11', department: '' }],
  applications: [],
  names: new Map(),
};
const ASKED: RecordsRequest = { basis: 'flow', zone: 'UTC', nowMs: NINE };
const flow = (inside: string): HandMadeFlow => ({
  direction: 'up',
  inside,
  server: '198.18.1.7',
  serverPort: 443,
  octets: 100,
  startS: 0,
  endS: 5,
});

test('the newest records of somebody are found however many others came after, and page by page all of them', async () => {
  const store = await storeOf([...Array.from({ length: 60 }, () => flow('10.0.0.11')), flow('10.0.9.9')]);
  const last = 60;
  // More than are looked at first.
  const columns = FLOWS.columns.map(({ name }) => name).join(', ');
  await store.query(`INSERT INTO flows BY NAME SELECT i + 1 + ${last} AS id, ${columns}
    FROM flows CROSS JOIN range(0, 250_000, 10) AS others (i) WHERE id = ${last}`);
  const ids = async (request: Partial<RecordsRequest>): Promise<number[]> => {
    const { records } = await recordsView(store, CONTEXT, { ...ASKED, ...request }, undefined);
    return records.map(({ id }) => Number(id));
  };
  const down = (from: number, count: number, step = 1): number[] =>
    Array.from({ length: count }, (_, index) => from - index * step);
  expect(await ids({ who: 'John' })).toEqual(down(59, 50));
  expect(await ids({ who: 'John', before: '10' })).toEqual(down(9, 10));
  expect(await ids({ before: '200000' })).toEqual(down(199_991, 50, 10));
  expect(await ids({ before: '62' })).toEqual(down(61, 50));
  expect(await ids({ before: '0' })).toEqual([]);
  expect(await ids({})).toEqual(down(250_051, 50, 10));
  store.close();
});
