import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overviewView } from '../../../../collector/api/view/overview-view.ts';
import { viewRequestOf } from '../../../../collector/api/view/view-request.ts';
import { RememberedAnswers } from '../../../../collector/io/page/remembered-answers.ts';
import { ReadyFlows } from '../../../../collector/query/people/ready-flows.ts';
import type { AskedStore } from '../../../../collector/store/flow-store.ts';
import { batchOf, NINE, storeOf } from '../../support/flows.ts';
import { anyFlow, askAsFlowsCome, CHUNK, expectAlike, ONE, parameters, PLAIN } from '../../support/ready-views.ts';

describe('what flows come to that stay as they are', () => {
  it('are told from what was kept as the table tells them, when the same is asked again and flows have come', async () => {
    let kept = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyFlow, { minLength: CHUNK, maxLength: CHUNK + 1 }),
        // No other chunk is complete with them.
        fc.array(anyFlow, { minLength: 2, maxLength: 2 }),
        parameters,
        async (first, later, asked) => {
          const hear = (sql: string): void => void (kept += Number(sql.includes('CREATE TABLE flowlab_ready.kept_')));
          const coming = { first, later: later.map((flow) => [flow]), inside: PLAIN.inside, chunk: CHUNK, hear };
          await askAsFlowsCome(coming, ({ store, ready }) => expectAlike(store, ready, asked));
        },
      ),
      { numRuns: 8 },
    );
    expect(kept).toBeGreaterThan(20);
  }, 300_000);

  it('are looked at anew only where they are not kept', async () => {
    const store = await storeOf(Array.from({ length: CHUNK + 1 }, (_, index) => ({ ...ONE, octets: 2 ** index })));
    const said: string[] = [];
    const listening: AskedStore = { query: (sql, given) => (said.push(sql), store.query(sql, given)) };
    const ready = new ReadyFlows(listening, PLAIN.inside, 1_000, CHUNK);
    const octets = async (basis: string): Promise<number> => {
      said.length = 0;
      const request = viewRequestOf(new Map([['basis', basis]]), NINE);
      return (await overviewView(listening, { ...PLAIN, ready }, request)).line.upOctets.value;
    };
    const isSaid = (words: string): boolean => said.some((sql) => sql.includes(words));
    for (const basis of ['flow', 'receive']) {
      expect(await octets(basis)).toBe(2 ** (CHUNK + 1) - 1);
      expect(isSaid('CREATE TABLE flowlab_ready.kept_')).toBe(true);
    }
    await store.append(batchOf([{ ...ONE, octets: 2 ** 20 }]));
    for (const basis of ['flow', 'receive']) {
      expect(await octets(basis)).toBe(2 ** (CHUNK + 1) - 1 + 2 ** 20);
      expect(isSaid('FROM flowlab_ready.kept_')).toBe(true);
      expect(isSaid('CREATE TABLE')).toBe(false);
    }
    // Another chunk is complete: what was kept is not all that stays any more.
    await store.append(batchOf(Array.from({ length: CHUNK }, () => ({ ...ONE, octets: 2 ** 30 }))));
    expect(await octets('flow')).toBe(2 ** (CHUNK + 1) - 1 + 2 ** 20 + CHUNK * 2 ** 30);
    store.close();
  });

  it('are not asked anew when the same is asked again and nothing has come', async () => {
    const store = await storeOf(Array.from({ length: CHUNK + 1 }, () => ONE));
    const said: string[] = [];
    const listening: AskedStore = { query: (sql, given) => (said.push(sql), store.query(sql, given)) };
    const ready = new ReadyFlows(listening, PLAIN.inside, 1_000, CHUNK);
    const remembered = new RememberedAnswers(listening, () => ready.revision);
    const ask = async (span: Readonly<Record<string, string>>): Promise<string[]> => {
      said.length = 0;
      await overviewView(remembered, { ...PLAIN, ready }, viewRequestOf(new Map(Object.entries(span)), NINE));
      // All but what tells whether flows have come or can be somebody's.
      return said.filter((sql) => !/FROM nat_events|max\(id\)/.test(sql));
    };
    for (const span of [{}, { from: String(NINE - 5_000) }]) {
      expect(await ask(span)).not.toEqual([]);
      expect(await ask(span)).toEqual([]);
      expect(await ask(span)).toEqual([]);
    }
    store.close();
  });

  it('are right when a statement has failed that brings in flows, adds them up or leaves them out', async () => {
    const flowsFrom = (first: number, count: number) =>
      // Each of a host of its own.
      batchOf(
        Array.from({ length: count }, (_, index) => ({
          ...ONE,
          inside: `10.0.7.${first + index}`,
          octets: 2 ** (first + index),
        })),
      );
    for (let failing = 0; ; failing++) {
      const store = await storeOf([]);
      await store.append(flowsFrom(0, 4 * CHUNK + 1));
      let asked = -Infinity;
      const query: AskedStore['query'] = (sql, given) =>
        asked++ === failing ? Promise.reject(new Error('the disk is full')) : store.query(sql, given);
      const ready = new ReadyFlows({ query }, PLAIN.inside, 1_000, CHUNK);
      const octets = async (basis: string): Promise<number> => {
        const request = viewRequestOf(new Map([['basis', basis]]), NINE);
        return (await overviewView(store, { ...PLAIN, ready }, request)).line.upOctets.value;
      };
      expect(await octets('flow')).toBe(2 ** (4 * CHUNK + 1) - 1);
      await store.query(`DELETE FROM flows WHERE id <= ${CHUNK}`);
      await store.append(flowsFrom(4 * CHUNK + 1, 2 * CHUNK));
      asked = 0;
      await ready.update().catch(() => undefined);
      const isOver = asked <= failing;
      for (const basis of ['flow', 'receive', 'flow'])
        expect(await octets(basis), `${failing}, ${basis}`).toBe(2 ** (6 * CHUNK + 1) - 2 ** (CHUNK + 1));
      store.close();
      if (isOver) return;
    }
  }, 120_000);
});
