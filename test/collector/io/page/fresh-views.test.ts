import { expect, test, vi } from 'vitest';
import type { OverviewView } from '../../../../collector/api/view/overview-view.ts';
import { storeViews } from '../../../../collector/io/page/view-topics.ts';
import { batchOf, type HandMadeFlow, ip, NINE, storeOf } from '../../support/flows.ts';

const FLOW: HandMadeFlow = {
  direction: 'up',
  inside: '10.0.0.11',
  server: '198.18.1.7',
  serverPort: 443,
  octets: 1_000,
  startS: 0,
  endS: 60,
};

/** Asks for the overview, has one more flow stored before the question of that number, and asks again; how often the store was asked first. */
async function askWhileStoring(before: number): Promise<{ asked: number; octets: number }> {
  const store = await storeOf([FLOW]);
  let revision = 1;
  const views = storeViews({
    store,
    context: () => ({
      inside: [{ first: ip('10.0.0.0'), last: ip('10.0.255.255') }],
      inventory: [{ name: 'John', address: '10.0.0.11', department: '' }],
      applications: [],
      names: new Map(),
    }),
    nowMs: () => NINE + 600_000,
    revision: () => revision,
  });
  const query = store.query.bind(store);
  let asked = 0;
  vi.spyOn(store, 'query').mockImplementation(async (sql, parameters) => {
    if (asked++ === before) {
      await store.append(batchOf([FLOW]));
      revision++;
    }
    return query(sql, parameters);
  });
  try {
    await views.overview(new Map());
    const first = asked;
    const { line }: OverviewView = await views.overview(new Map());
    return { asked: first, octets: line.upOctets.value };
  } finally {
    store.close();
  }
}

test('a view has what was stored before it was asked for, whatever another was just being asked', async () => {
  const { asked } = await askWhileStoring(Infinity);
  expect(asked).toBeGreaterThan(5);
  for (let before = 0; before < asked; before++) expect((await askWhileStoring(before)).octets, `${before}`).toBe(2_000);
});
