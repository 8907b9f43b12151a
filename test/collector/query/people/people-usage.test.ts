import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { answer } from '../../../../collector/query/answers.ts';
import { Catalogue } from '../../../../collector/query/catalogue.ts';
import type { TimeBasis } from '../../../../collector/query/language/question.ts';
import {
  largestOf,
  usageByCategory,
  usageByHolder,
  usageByPeriod,
  usageOfAll,
  type UsageCell,
  type Volume,
} from '../../../../collector/query/people/people-usage.ts';
import { Zone } from '../../../../collector/query/people/periods.ts';
import { LONGEST_FLOW_MS } from '../../../../collector/query/people/people-columns.ts';
import { SeenFlows, type PeopleRequest } from '../../../../collector/query/people/seen-flows.ts';
import type { FlowStore } from '../../../../collector/store/flow-store.ts';
import { type HandMadeFlow, ip, NINE, storeOf } from '../../support/flows.ts';

const CONTEXT = {
  inside: [{ first: ip('10.0.0.0'), last: ip('10.0.255.255') }],
  inventory: [
    { name: 'John', address: '10.0.0.11', department: 'sales' },
    { name: 'John', address: '10.0.0.12', department: 'sales' },
    { name: 'Sarah', address: '10.0.0.13', department: 'finance', fromMs: NINE + 3_600_000 },
    { name: 'guest', address: '10.0.0.14', department: '' },
  ],
  applications: [],
  names: new Map([[ip('198.18.16.9'), 'r1.googlevideo.com']]),
};

const anyFlow: fc.Arbitrary<HandMadeFlow> = fc
  .record({
    direction: fc.constantFrom('up' as const, 'down' as const),
    inside: fc.constantFrom('10.0.0.11', '10.0.0.12', '10.0.0.13', '10.0.0.14', '10.0.0.99', '192.0.2.1'),
    insidePort: fc.constantFrom(50_000, 50_002),
    server: fc.constantFrom('198.18.1.7', '198.18.16.9', '198.18.5.2', '192.0.2.80'),
    serverPort: fc.constantFrom(443, 587, 9_999),
    octets: fc.integer({ min: 0, max: 1_000_000 }),
    startS: fc.integer({ min: -40_000, max: 40_000 }),
    lastsS: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 100_000 })),
  })
  .map(({ lastsS, ...flow }) => ({ ...flow, endS: flow.startS + lastsS }));

const BASES: readonly TimeBasis[] = ['flow', 'export', 'receive', 'corrected'];
const catalogue = new Catalogue(new Map(), CONTEXT.names);

/** When it was by a basis, from the definition; what is longer than a day is where it begins. */
function interval({ startS, endS }: HandMadeFlow, basis: TimeBasis): [startMs: number, endMs: number] {
  const lastsMs = (endS - startS) * 1_000 <= LONGEST_FLOW_MS ? (endS - startS) * 1_000 : 0;
  const atMs = NINE + (basis === 'flow' || basis === 'corrected' ? startS : endS) * 1_000;
  return basis === 'flow' || basis === 'corrected' ? [atMs, atMs + lastsMs] : [atMs - lastsMs, atMs];
}

/** Whose it is: the lease counts by when the flow was, by the basis. */
function whose({ inside, startS, endS }: HandMadeFlow, basis: TimeBasis): string | undefined {
  if (!inside.startsWith('10.0.')) return undefined;
  const atMs = NINE + (basis === 'flow' || basis === 'corrected' ? startS : endS) * 1_000;
  const entry = CONTEXT.inventory.find(({ address, fromMs }) => address === inside && atMs >= (fromMs ?? -Infinity));
  return entry?.name ?? inside;
}

const categoryOf = ({ server, serverPort, protocol = 6 }: HandMadeFlow): string =>
  catalogue.classify({ applicationId: 0, serverAddress: ip(server), protocol, serverPort }).application.category;

/** Octets of every flow, bucket by bucket, cut to what is asked for. */
function naive(flows: readonly HandMadeFlow[], request: PeopleRequest, startOf: (ms: number) => number): Map<string, number> {
  const sums = new Map<string, number>();
  const add = (key: string, octets: number): void => void sums.set(key, (sums.get(key) ?? 0) + octets);
  const { fromMs = -Infinity, toMs = Infinity } = request;
  for (const flow of flows) {
    const who = whose(flow, request.basis);
    if (who === undefined || (request.knownAtMs !== undefined && NINE + flow.endS * 1_000 > request.knownAtMs)) continue;
    const key = (ms: number): string => `${who} ${categoryOf(flow)} ${startOf(ms)} ${flow.direction}`;
    const [startMs, endMs] = interval(flow, request.basis);
    if (startMs === endMs) {
      if (startMs >= fromMs && startMs < toMs) add(key(startMs), flow.octets);
      continue;
    }
    // Quarters of an hour: all boundaries lie on them.
    for (let at = Math.max(startMs, fromMs); at < Math.min(endMs, toMs);) {
      const next = Math.min(endMs, toMs, (Math.floor(at / 900_000) + 1) * 900_000);
      add(key(at), (flow.octets * (next - at)) / (endMs - startMs));
      at = next;
    }
  }
  return sums;
}

function told(cells: readonly UsageCell[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { holder, category, startMs, upOctets, downOctets } of cells) {
    sums.set(`${holder.id} ${category} ${startMs} up`, upOctets);
    sums.set(`${holder.id} ${category} ${startMs} down`, downOctets);
  }
  return sums;
}

function expectSame(found: ReadonlyMap<string, number>, wanted: ReadonlyMap<string, number>): void {
  for (const key of new Set([...found.keys(), ...wanted.keys()]))
    expect(found.get(key) ?? 0, key).toBeCloseTo(wanted.get(key) ?? 0, 3);
}

const asked = async <T>(flows: readonly HandMadeFlow[], question: (store: FlowStore) => Promise<T>): Promise<T> => {
  const store = await storeOf(flows);
  try {
    return await question(store);
  } finally {
    store.close();
  }
};

const total = (cells: readonly Volume[]): number =>
  cells.reduce((sum, { upOctets, downOctets }) => sum + upOctets + downOctets, 0);

describe('what people used', () => {
  it('is what a reckoning row by row says, in every period of any zone', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyFlow, { minLength: 1, maxLength: 25 }),
        fc.constantFrom('hour' as const, 'day' as const, 'week' as const),
        fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu'),
        fc.constantFrom<TimeBasis>('flow', 'export', 'receive'),
        fc.option(fc.integer({ min: -50_000, max: 50_000 }), { nil: undefined }),
        fc.option(fc.integer({ min: -50_000, max: 90_000 }), { nil: undefined }),
        fc.boolean(),
        async (flows, unit, zone, basis, fromS, toS, isEarlier) => {
          const ms = (seconds: number | undefined): number | undefined =>
            seconds === undefined ? undefined : NINE + seconds * 1_000;
          const request: PeopleRequest = { basis, fromMs: ms(fromS), toMs: ms(toS), ...(isEarlier ? { knownAtMs: NINE } : {}) };
          const calendar = new Zone(zone);
          await asked(flows, async (store) => {
            const seen = await SeenFlows.of(store, CONTEXT, request);
            const { cells } = await usageByPeriod(store, seen, { unit, zone });
            expectSame(
              told(cells),
              naive(flows, request, (at) => calendar.startOf(unit, at)),
            );
          });
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);

  it('adds up to the same by every clock, in any buckets, and to what the answers say', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyFlow, { minLength: 1, maxLength: 25 }),
        fc.constantFrom(60_000, 3_600_000),
        async (flows, bucketMs) => {
          await asked(flows, async (store) => {
            const answers = await answer(store, CONTEXT);
            const wanted = answers.totals.upOctets + answers.totals.downOctets;
            for (const basis of BASES) {
              const seen = await SeenFlows.of(store, CONTEXT, { basis });
              const { cells } = await usageOfAll(store, seen);
              const { series } = await usageByCategory(store, seen, bucketMs);
              expect(total(cells)).toBeCloseTo(wanted, 3);
              const { holders } = await usageByHolder(store, seen);
              expect(total(holders)).toBeCloseTo(wanted, 3);
              for (const { holder, ...usage } of holders)
                expect(total([usage])).toBeCloseTo(total(cells.filter((cell) => cell.holder.id === holder.id)), 3);
              const most = Math.max(...cells.filter(({ category }) => category === 'web').map((cell) => total([cell])));
              const largest = await largestOf(store, seen, new Set(['web']));
              if (largest === undefined) expect(most).toBe(-Infinity);
              else expect(largest.octets).toBeCloseTo(most, 3);
              const buckets = [...series.values()].flat();
              expect(buckets.reduce((sum, { upOctets, downOctets }) => sum + upOctets + downOctets, 0)).toBeCloseTo(wanted, 3);
              expect(total((await usageByPeriod(store, seen, { unit: 'day', zone: 'Europe/Berlin' })).cells)).toBeCloseTo(
                wanted,
                3,
              );
            }
          });
        },
      ),
      { numRuns: 8 },
    );
  }, 60_000);

  it("of one holder is that holder's part of everybody's", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyFlow, { minLength: 1, maxLength: 25 }),
        fc.constantFrom('John', 'Sarah', '10.0.0.99', '10.0.0.13'),
        async (flows, id) => {
          await asked(flows, async (store) => {
            const seen = await SeenFlows.of(store, CONTEXT, { basis: 'flow' });
            const period = { unit: 'hour', zone: 'UTC' } as const;
            const all = (await usageByPeriod(store, seen, period)).cells.filter(({ holder }) => holder.id === id);
            const { cells } = await usageByPeriod(store, seen, { ...period, only: seen.isOf(id)! });
            expect(cells).toEqual(all);
          });
        },
      ),
      { numRuns: 8 },
    );
  }, 60_000);
});

test('a film of an hour is no spike: every five minutes have their part', async () => {
  const film: HandMadeFlow = { direction: 'down', inside: '10.0.0.11', server: '198.18.1.7', serverPort: 443, octets: 12_000, startS: 0, endS: 3_600 }; // prettier-ignore
  await asked([film], async (store) => {
    const seen = await SeenFlows.of(store, CONTEXT, { basis: 'flow' });
    const { series } = await usageByCategory(store, seen, 300_000);
    expect(series.get('streaming')).toEqual(Array.from({ length: 12 }, () => ({ upOctets: 0, downOctets: 1_000 })));
  });
});
