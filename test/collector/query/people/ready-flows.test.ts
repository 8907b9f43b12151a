import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exploreRequestOf } from '../../../../collector/api/view/explore-request.ts';
import { exploreView } from '../../../../collector/api/view/explore-view.ts';
import { natView } from '../../../../collector/api/view/nat-view.ts';
import { overviewView } from '../../../../collector/api/view/overview-view.ts';
import { personView } from '../../../../collector/api/view/person-view.ts';
import { viewRequestOf, type ViewContext } from '../../../../collector/api/view/view-request.ts';
import { attributionSchema } from '../../../../collector/query/attribution-config.ts';
import { ReadyFlows } from '../../../../collector/query/people/ready-flows.ts';
import { SeenFlows } from '../../../../collector/query/people/seen-flows.ts';
import type { AskedStore } from '../../../../collector/store/flow-store.ts';
import type { DuckDbStore } from '../../../../collector/store/duckdb-store.ts';
import { batchOf, type HandMadeFlow, ip, NINE, PUBLIC_ADDRESS, storeOf } from '../../support/flows.ts';

const JOHN = { name: 'John', address: '10.0.0.11', department: 'sales' };
const SARAH = { name: 'Sarah', address: '10.0.0.13', department: 'finance' };
const PLAIN: ViewContext = {
  inside: [{ first: ip('10.0.0.0'), last: ip('10.0.255.255') }],
  inventory: [JOHN, SARAH, { name: 'guests', address: '10.0.1.0/24', department: '' }],
  applications: [{ exporter: ip('192.0.2.1'), observationDomainId: 7, id: 5, name: 'acme' }],
  names: new Map([[ip('198.18.16.9'), 'r1.googlevideo.com']]),
};
/** Whose an address is depends on when. */
const LEASED: ViewContext = { ...PLAIN, inventory: [JOHN, { ...SARAH, fromMs: NINE + 600_000 }] };
const CHUNK = 4;
const QUARTER_S = 900;

const anyFlow: fc.Arbitrary<HandMadeFlow> = fc
  .record({
    direction: fc.constantFrom('up' as const, 'down' as const),
    inside: fc.constantFrom('10.0.0.11', '10.0.0.13', '10.0.1.99', '10.0.9.9', '192.0.2.77', PUBLIC_ADDRESS),
    // The second is what the first is outside.
    insidePort: fc.constantFrom(50_000, 50_001, 50_002),
    server: fc.constantFrom('198.18.1.7', '198.18.16.9', '192.0.2.80'),
    serverPort: fc.constantFrom(443, 587),
    octets: fc.integer({ min: 0, max: 10_000_000 }),
    startS: fc.oneof(fc.integer({ min: -4_000, max: 4_000 }), fc.constantFrom(-QUARTER_S, 0, QUARTER_S)),
    lastsS: fc.oneof(
      fc.constantFrom(0, 1, QUARTER_S),
      fc.integer({ min: 0, max: 5_000 }),
      fc.integer({ min: 80_000, max: 100_000 }),
    ),
    samplingInterval: fc.constantFrom(0, 0, 1, 10),
    protocol: fc.constantFrom(6, 17),
    tcpControlBits: fc.constantFrom(0x18, 0x1b),
    exporter: fc.constantFrom('192.0.2.1', '192.0.2.2'),
    observationDomainId: fc.constantFrom(0, 7),
    applicationId: fc.constantFrom(0, 5),
  })
  .map(({ lastsS, ...flow }) => ({ ...flow, endS: flow.startS + lastsS }));

/** From when to when, in steps that sums lie on and in others. */
const anySpan = fc.constantFrom<readonly [(number | undefined)?, (number | undefined)?]>(
  [],
  [],
  [0],
  [-QUARTER_S, QUARTER_S],
  [-1_234, 2_345],
  [undefined, 77],
);

const parameters = fc.record({
  span: anySpan,
  basis: fc.constantFrom('flow', 'flow', 'export', 'receive', 'corrected'),
  at: fc.constantFrom(undefined, undefined, NINE),
  by: fc.constantFrom(
    '',
    'person',
    'category,app',
    'server,port',
    'device',
    'server name',
    'protocol,version',
    'nat address',
    'exporter',
    'vlan',
  ),
  measure: fc.constantFrom('rate', 'bytes', 'packets', 'flows'),
  every: fc.constantFrom('', '15m', '1h', '7m'),
  where: fc.constantFrom('', 'who = John', 'not app = web', 'flow bytes > 1000', 'source port = 443'),
  context: fc.constantFrom(PLAIN, LEASED),
});
type Parameters = typeof parameters extends fc.Arbitrary<infer T> ? T : never;

/** What the views say. */
async function views(store: DuckDbStore, context: ViewContext, { span: [fromS, toS], at, ...asked }: Parameters) {
  const ms = (seconds: number | undefined): string => (seconds === undefined ? '' : String(NINE + seconds * 1_000));
  const texts = {
    basis: asked.basis,
    from: ms(fromS),
    to: ms(toS),
    at: at === undefined ? '' : String(at),
    zone: 'Asia/Kathmandu',
  };
  const request = viewRequestOf(new Map(Object.entries(texts)), NINE);
  const { by, measure, every, where } = asked;
  return {
    overview: await overviewView(store, context, request),
    john: await personView(store, context, { ...request, id: 'John' }),
    stranger: await personView(store, context, { ...request, id: '10.0.9.9' }),
    explore: await exploreView(store, context, { ...request, ...exploreRequestOf(new Map(Object.entries({ by, measure, every, where, groups: '3' }))) }), // prettier-ignore
    nat: await natView(store, context, { ...request, nowMs: NINE + 2_000_000, timeouts: attributionSchema.parse({}) }),
  };
}

/** The same but for the order in which fractions were added up. */
function expectSame(found: unknown, wanted: unknown, path = ''): void {
  if (typeof wanted === 'number' && typeof found === 'number') {
    if (Math.abs(found - wanted) > 1e-9 * Math.max(1, Math.abs(wanted))) expect(found, path).toBe(wanted);
  } else if (typeof wanted === 'object' && wanted !== null && typeof found === 'object' && found !== null) {
    expect(Object.keys(found), path).toEqual(Object.keys(wanted));
    for (const [key, value] of Object.entries(wanted))
      expectSame((found as Record<string, unknown>)[key], value, `${path}.${key}`);
  } else expect(found, path).toEqual(wanted);
}

const expectAlike = async (store: DuckDbStore, ready: ReadyFlows, asked: Parameters): Promise<void> =>
  expectSame(await views(store, { ...asked.context, ready }, asked), await views(store, asked.context, asked));

const ONE: HandMadeFlow = {
  direction: 'up',
  inside: '10.0.0.11',
  server: '198.18.1.7',
  serverPort: 443,
  octets: 1,
  startS: 0,
  endS: 5,
};

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

  it('answer as the table does from what was kept, when the same is asked again and flows have come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyFlow, { minLength: CHUNK, maxLength: 9 }),
        fc.array(fc.array(anyFlow, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 2 }),
        parameters,
        async (first, later, asked) => {
          const store = await storeOf(first);
          const ready = new ReadyFlows(store, PLAIN.inside, 1_000, CHUNK);
          try {
            for (const flows of [[], [], ...later]) {
              if (flows.length > 0) await store.append(batchOf(flows));
              await expectAlike(store, ready, asked);
            }
          } finally {
            store.close();
          }
        },
      ),
      { numRuns: 8 },
    );
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
      expect(await first()).toBe(2 ** 18 - 1);
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
