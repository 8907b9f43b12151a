import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overviewView } from '../../../../collector/api/view/overview-view.ts';
import { viewRequestOf, type ViewContext } from '../../../../collector/api/view/view-request.ts';
import { ReadyFlows } from '../../../../collector/query/people/ready-flows.ts';
import { SeenFlows } from '../../../../collector/query/people/seen-flows.ts';
import type { AskedStore } from '../../../../collector/store/flow-store.ts';
import { batchOf, type HandMadeFlow, NINE, storeOf } from '../../support/flows.ts';
import { anyFlow, CHUNK, expectAlike, ONE, parameters, type Parameters, PLAIN, QUARTER_S } from '../../support/ready-views.ts';

describe('flows made ready', () => {
  it('answer as the table does, whatever is asked and whatever comes in between', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(anyFlow, { minLength: 1, maxLength: 9 }), { minLength: 2, maxLength: 3 }),
        fc.array(parameters, { minLength: 3, maxLength: 3 }),
        async ([first = [], ...later], asked) => {
          const store = await storeOf(first);
          const ready = new ReadyFlows(store, PLAIN.inside, 1_000, CHUNK);
          try {
            await expectAlike(store, ready, asked[0] as Parameters);
            for (const [index, flows] of later.entries()) {
              await store.append(batchOf(flows));
              await expectAlike(store, ready, asked[index + 1] as Parameters);
            }
          } finally {
            store.close();
          }
        },
      ),
      { numRuns: 15 },
    );
  }, 300_000);

  it('are looked at only where they may be of the time that is asked for', async () => {
    const HOUR_S = 3_600;
    const store = await storeOf(
      Array.from({ length: 3 * CHUNK }, (_, index) => {
        const startS = HOUR_S * Math.floor(index / CHUNK) + 60;
        return { ...ONE, octets: 2 ** index, startS, endS: startS + 60 };
      }),
    );
    const ready = new ReadyFlows(store, PLAIN.inside, 1_000, CHUNK);
    const octets = async (from: string, to: string, columns: string[] = ['octets_scaled']): Promise<[number, string]> => {
      const request = viewRequestOf(new Map(Object.entries({ from, to })), NINE);
      const sql = (await SeenFlows.of(store, { ...PLAIN, ready }, request)).from(columns, [], QUARTER_S * 1_000);
      const [row] = await store.query<{ octets: number }>(`SELECT coalesce(sum(octets_scaled), 0) AS octets FROM ${sql}`);
      return [row?.octets ?? 0, sql];
    };
    const at = (hour: number): string => String(NINE + hour * HOUR_S * 1_000);
    const second = (2 ** CHUNK - 1) * 2 ** CHUNK;
    const [added, ofSums] = await octets(at(1), at(2));
    expect(added).toBe(second);
    expect(ofSums).toContain('chunk >= 1 AND chunk < 2');
    const [oneByOne, ofFlows] = await octets(at(1), at(2), ['octets_scaled', 'id']);
    expect(oneByOne).toBe(second);
    expect(ofFlows).toContain(`id >= ${CHUNK} AND id < ${2 * CHUNK}`);
    expect((await octets(at(0), ''))[0]).toBe(2 ** (3 * CHUNK) - 1);
    expect((await octets(at(5), at(6)))[0]).toBe(0);
    store.close();
  });

  it('lose what the table loses, from its beginning or anywhere, and are left out when it has too many', async () => {
    const flows = Array.from({ length: 20 }, (_, index): HandMadeFlow => ({
      direction: 'up',
      inside: index % 3 === 0 ? '10.0.0.11' : '10.0.9.9',
      server: '198.18.1.7',
      serverPort: 443,
      octets: 2 ** index,
      startS: 10 * index,
      endS: 10 * index + 5,
    }));
    const store = await storeOf(flows);
    const ready = new ReadyFlows(store, PLAIN.inside, 18, CHUNK);
    const octets = async (): Promise<number> => {
      const { line } = await overviewView(store, { ...PLAIN, ready }, viewRequestOf(new Map(), NINE));
      return line.upOctets.value;
    };
    expect(await ready.update()).toBeUndefined();
    expect(await octets()).toBe(2 ** 20 - 1);
    for (const [condition, left] of [
      ['id < 6', 2 ** 20 - 2 ** 6],
      ['id < 9', 2 ** 20 - 2 ** 9],
      ['id = 13', 2 ** 20 - 2 ** 9 - 2 ** 13],
      ['id < 16', 2 ** 20 - 2 ** 16],
      ['id < 99', 0],
    ] as const) {
      await store.query(`DELETE FROM flows WHERE ${condition}`);
      expect(await octets(), condition).toBe(left);
      expect(await ready.update()).toBeDefined();
    }
    store.close();
  }, 120_000);

  it('are as the table is when as many have come as went between two views, and look at none that stayed', async () => {
    const store = await storeOf(Array.from({ length: 2 * CHUNK }, (_, index) => ({ ...ONE, octets: 2 ** index })));
    const said: string[] = [];
    const query: AskedStore['query'] = (sql, given) => (said.push(sql), store.query(sql, given));
    const ready = new ReadyFlows({ query }, PLAIN.inside, 1_000, CHUNK);
    const octets = async (): Promise<number> =>
      (await overviewView(store, { ...PLAIN, ready }, viewRequestOf(new Map(), NINE))).line.upOctets.value;
    expect(await octets()).toBe(2 ** (2 * CHUNK) - 1);
    for (const gone of [2 * CHUNK - 1, 0, 3]) {
      const before = await octets();
      await store.query(`DELETE FROM flows WHERE id = ${gone}`);
      await store.append(batchOf([{ ...ONE, octets: 2 ** (20 + gone) }]));
      expect(await octets(), `${gone}`).toBe(before - 2 ** gone + 2 ** (20 + gone));
    }
    said.length = 0;
    await ready.update();
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/min\(id\) FROM flows WHERE id <= \d+\)/);
    store.close();
  });

  it.each(['', 'DELETE FROM flowlab_ready.told', 'max(service)', 'DROP TABLE flowlab_ready.coming'])(
    'are whose they are when hosts go and others come, and a statement fails that says %j',
    async (failing) => {
      const from = (inside: string, octets: number): HandMadeFlow => ({ ...ONE, inside, octets });
      const store = await storeOf([from('10.0.0.11', 1), from('10.0.9.9', 2), from('10.0.0.11', 4), from('10.0.0.11', 8)]);
      let isFailing = false;
      const query: AskedStore['query'] = (sql, given) =>
        isFailing && sql.includes(failing) ? Promise.reject(new Error('the disk is full')) : store.query(sql, given);
      const ready = new ReadyFlows({ query }, PLAIN.inside, 1_000, CHUNK);
      const people = async (context: ViewContext) =>
        (await overviewView(store, context, viewRequestOf(new Map(), NINE))).people.map(({ id, octets }) => [id, octets.value]);
      const expectAlike = async (): Promise<void> => expect(await people({ ...PLAIN, ready })).toEqual(await people(PLAIN));
      const failOnce = async (): Promise<void> => {
        isFailing = failing !== '';
        await people({ ...PLAIN, ready }).catch(() => undefined);
        isFailing = false;
      };
      await expectAlike();
      // The host that came last has gone, and nobody has come yet.
      await store.query('DELETE FROM flows WHERE id < 2');
      await failOnce();
      await store.append(batchOf([from('10.0.0.13', 1_000)]));
      await failOnce();
      await expectAlike();
      await store.append(batchOf([from('10.0.0.77', 10_000), from('10.0.9.9', 100)]));
      await expectAlike();
      store.close();
    },
  );

  describe('are asked by several views at once', () => {
    const flowsAt = (first: number, until: number): HandMadeFlow[] =>
      Array.from({ length: until - first }, (_, index) => ({ ...ONE, octets: 2 ** (first + index) }));

    it.each([
      ['of quarters, over all hosts', QUARTER_S * 1_000, ['octets_scaled']],
      ['of quarters, by host', QUARTER_S * 1_000, ['octets_scaled', 'inside_ipv4']],
      ['of all time', Infinity, ['octets_scaled', 'inside_ipv4']],
    ])('and tell each flow once, in sums %s', async (_, stepMs, columns) => {
      const store = await storeOf(flowsAt(0, 6));
      const ready = new ReadyFlows(store, PLAIN.inside, 1_000, CHUNK);
      const view = async (): Promise<() => Promise<number>> => {
        const seen = await SeenFlows.of(store, { ...PLAIN, ready }, viewRequestOf(new Map(), NINE));
        const sql = `SELECT sum(octets_scaled) AS octets FROM ${seen.from(columns, [], stepMs)}`;
        return async () => (await store.query<{ octets: number }>(sql))[0]?.octets ?? 0;
      };
      const first = await view();
      expect(await first()).toBe(2 ** 6 - 1);
      await store.append(batchOf(flowsAt(6, 18)));
      const second = await view();
      expect(await second()).toBe(2 ** 18 - 1);
      // What came later is for the next view.
      expect(await first()).toBe(2 ** 6 - 1);
      await store.query('DELETE FROM flows WHERE id < 10');
      const third = await view();
      expect(await third()).toBe(2 ** 18 - 2 ** 10);
      // Of those that are gone it may still tell, of the others it must.
      expect((await second()) & ~(2 ** 10 - 1)).toBe(2 ** 18 - 2 ** 10);
      store.close();
    });

    it('and refuse whoever asks tables that were made anew, instead of telling less than there is', async () => {
      const store = await storeOf(flowsAt(0, 6));
      const ready = new ReadyFlows(store, PLAIN.inside, 1_000, CHUNK);
      const seen = await SeenFlows.of(store, { ...PLAIN, ready }, viewRequestOf(new Map(), NINE));
      await store.query('DELETE FROM flows WHERE id = 3');
      await ready.update();
      await expect(store.query(`SELECT count(*) FROM ${seen.from(['octets_scaled'], [], Infinity)}`)).rejects.toThrow(
        'not exist',
      );
      store.close();
    });
  });

  it('never count a flow among those with an end inside that has none, whichever question fails', async () => {
    for (let failing = 0; ; failing++) {
      const store = await storeOf([ONE]);
      let asked = -Infinity;
      const query: AskedStore['query'] = (sql, given) =>
        asked++ === failing ? Promise.reject(new Error('the disk is full')) : store.query(sql, given);
      const ready = new ReadyFlows({ query }, PLAIN.inside, 1_000);
      await ready.update();
      expect(ready.insideBefore).toBe(1);
      await store.append(batchOf([ONE, { ...ONE, inside: '192.0.2.77' }]));
      asked = 0;
      await ready.update().catch(() => undefined);
      const isOver = asked <= failing;
      await store.append(batchOf([ONE]));
      await ready.update();
      expect(ready.insideBefore, `${failing}`).toBeLessThan(3);
      store.close();
      if (isOver) return;
    }
  }, 60_000);

  it('cost as much of a store that has lost billions of flows as of a new one', async () => {
    const store = await storeOf(Array.from({ length: 9 }, () => ONE));
    await store.query('UPDATE flows SET id = id + 3000000000');
    let statements = 0;
    const counted: AskedStore = { query: (sql, given) => (statements++, store.query(sql, given)) };
    expect(await new ReadyFlows(counted, PLAIN.inside, 1_000).update()).toBeDefined();
    expect(statements).toBeLessThan(40);
    store.close();
  });
});
