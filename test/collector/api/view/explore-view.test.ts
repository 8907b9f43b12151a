import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { completeView } from '../../../../collector/api/view/complete-view.ts';
import { exploreRequestOf } from '../../../../collector/api/view/explore-request.ts';
import { exploreView, type ExploreTable, type ExploreView } from '../../../../collector/api/view/explore-view.ts';
import { viewRequestOf, type ViewContext } from '../../../../collector/api/view/view-request.ts';
import { parseIPv6, wordsOfIPv6 } from '../../../../core/net/ipv6-text.ts';
import { batchOf, type HandMadeFlow, ip, NINE, storeOf } from '../../support/flows.ts';

const CONTEXT: ViewContext = {
  inside: [{ first: ip('10.0.0.0'), last: ip('10.0.255.255') }],
  inventory: [
    { name: 'John', address: '10.0.0.11', department: 'sales' },
    { name: 'John', address: '10.0.0.12', department: 'sales' },
    { name: 'Sarah', address: '10.0.0.13', department: 'finance' },
  ],
  applications: [],
  names: new Map([[ip('198.18.16.9'), 'r1.googlevideo.com']]),
};

const anyFlow: fc.Arbitrary<HandMadeFlow> = fc
  .record({
    direction: fc.constantFrom('up' as const, 'down' as const),
    inside: fc.constantFrom('10.0.0.11', '10.0.0.12', '10.0.0.13', '10.0.0.99', '192.0.2.1'),
    server: fc.constantFrom('198.18.1.7', '198.18.16.9', '198.18.5.2', '192.0.2.80'),
    serverPort: fc.constantFrom(443, 587, 9_999),
    protocol: fc.constantFrom(6, 17),
    octets: fc.integer({ min: 0, max: 1_000_000 }),
    packets: fc.integer({ min: 1, max: 1_000 }),
    startS: fc.integer({ min: -2_000, max: 2_000 }),
    lastsS: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3_000 })),
  })
  .map(({ lastsS, ...flow }) => ({ ...flow, endS: flow.startS + lastsS }));

const whose = ({ inside }: HandMadeFlow): string => CONTEXT.inventory.find(({ address }) => address === inside)?.name ?? inside;

const FILTERS: readonly { text: string; holds: (flow: HandMadeFlow) => boolean }[] = [
  { text: '', holds: () => true },
  { text: 'who = John', holds: (flow) => whose(flow) === 'John' },
  { text: 'port = https or protocol = udp', holds: ({ serverPort, protocol }) => serverPort === 443 || protocol === 17 },
  { text: 'who in (john, sarah) and not server in 198.18.0.0/16', holds: (flow) => /John|Sarah/.test(whose(flow)) && !flow.server.startsWith('198.18.') }, // prettier-ignore
  { text: 'flow bytes >= 500k', holds: ({ octets }) => octets >= 500_000 },
];

const KEYS: Readonly<Record<string, (flow: HandMadeFlow) => string>> = {
  who: whose,
  server: ({ server }) => server,
  port: ({ serverPort }) => ({ 443: 'https', 587: 'submission' })[serverPort] ?? String(serverPort),
  protocol: ({ protocol }) => (protocol === 17 ? 'udp' : 'tcp'),
};

interface Asked {
  readonly filter: (typeof FILTERS)[number];
  readonly by: readonly string[];
  readonly measure: 'bytes' | 'packets' | 'flows' | 'rate';
  readonly fromS: number | undefined;
  readonly toS: number | undefined;
  readonly everyS: number;
  readonly groups: number;
}

const anyAsked: fc.Arbitrary<Asked> = fc.record({
  filter: fc.constantFrom(...FILTERS),
  by: fc.subarray(Object.keys(KEYS), { maxLength: 3 }),
  measure: fc.constantFrom('bytes', 'packets', 'flows', 'rate'),
  fromS: fc.option(fc.integer({ min: -2_500, max: 1_000 }), { nil: undefined }),
  toS: fc.option(fc.integer({ min: 1_001, max: 6_000 }), { nil: undefined }),
  everyS: fc.constantFrom(60, 300, 3_600),
  groups: fc.constantFrom(1, 3, 12, 60),
});

const parametersOf = ({ filter, by, measure, fromS, toS, everyS, groups }: Asked): Map<string, string> =>
  new Map([
    ['where', filter.text],
    ['by', by.join(',')],
    ['measure', measure],
    ['every', `${everyS}s`],
    ['groups', String(groups)],
    ...(fromS === undefined ? [] : [['from', String(NINE + fromS * 1_000)] as const]),
    ...(toS === undefined ? [] : [['to', String(NINE + toS * 1_000)] as const]),
  ]);

async function ask(flows: readonly HandMadeFlow[], parameters: ReadonlyMap<string, string>): Promise<ExploreView> {
  const store = await storeOf(flows);
  try {
    return await exploreView(store, CONTEXT, { ...viewRequestOf(parameters, NINE), ...exploreRequestOf(parameters) });
  } finally {
    store.close();
  }
}

async function table(flows: readonly HandMadeFlow[], parameters: ReadonlyMap<string, string>): Promise<ExploreTable> {
  const view = await ask(flows, parameters);
  if ('mistake' in view) throw new Error(view.mistake.sentence);
  return view;
}

/** By group and second after nine where the bucket begins, and when the last of the flows ends. */
interface Naive {
  readonly sums: ReadonlyMap<string, ReadonlyMap<number, number>>;
  readonly endS: number;
}

/** Second by second, from the definition. */
function naive(flows: readonly HandMadeFlow[], asked: Asked): Naive {
  const { fromS = -Infinity, toS = Infinity, everyS, measure } = asked;
  const sums = new Map<string, Map<number, number>>();
  let lastS = -Infinity;
  for (const flow of flows) {
    if (!flow.inside.startsWith('10.0.') || !asked.filter.holds(flow)) continue;
    const group = asked.by.map((name) => KEYS[name]!(flow)).join(' ');
    const add = (atS: number, amount: number): void => {
      const own = sums.get(group) ?? new Map<number, number>();
      sums.set(group, own);
      const bucket = Math.floor(atS / everyS) * everyS;
      own.set(bucket, (own.get(bucket) ?? 0) + amount);
    };
    const { startS, endS } = flow;
    const [beginS, stopS] = [Math.max(startS, fromS), Math.min(endS, toS)];
    const isThere = startS === endS ? startS >= fromS && startS < toS : beginS < stopS;
    if (!isThere) continue;
    lastS = Math.max(lastS, endS);
    const amount = measure === 'flows' ? 1 : measure === 'packets' ? flow.packets! : flow.octets;
    if (measure === 'flows' || startS === endS) add(beginS, amount);
    else for (let second = beginS; second < stopS; second++) add(second, amount / (endS - startS));
  }
  return { sums, endS: lastS };
}

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

/** Where the first bucket begins, and how many there are: all of the time that is asked for, else from the first flow to the last. */
function bucketsOf({ fromS, toS, everyS }: Asked, { sums, endS }: Naive): [startMs: number, count: number] {
  const starts = [...sums.values()].flatMap((own) => [...own.keys()]);
  const firstS = fromS === undefined ? Math.min(...starts) : Math.floor(fromS / everyS) * everyS;
  const lastS = Math.max(...starts, Math.ceil((toS ?? endS) / everyS) * everyS - everyS);
  return [NINE + firstS * 1_000, (lastS - firstS) / everyS + 1];
}

function expectSame({ groups, startMs, bucketMs, groupCount, total }: ExploreTable, asked: Asked, reckoned: Naive): void {
  const { sums: wanted } = reckoned;
  const scale = asked.measure === 'rate' ? 8 / asked.everyS : 1;
  const totals = [...wanted].map(([group, own]) => ({ group, total: sum(own.values()) }));
  totals.sort((one, other) => other.total - one.total);
  expect(bucketMs).toBe(asked.everyS * 1_000);
  if (groups.length > 0) expect([startMs, groups[0]!.values.length]).toEqual(bucketsOf(asked, reckoned));
  expect(groupCount).toBe(wanted.size);
  expect(total.value).toBeCloseTo(sum(totals.map((one) => one.total)), 3);
  const own = groups.filter(({ isOther }) => !isOther);
  expect(own).toHaveLength(Math.min(asked.groups, wanted.size));
  expect(groups.length - own.length).toBe(wanted.size > asked.groups ? 1 : 0);
  const told = new Set(own.map(({ keys }) => keys.join(' ')));
  // Which of equals come first is free.
  own.forEach((group, index) => expect(group.total).toBeCloseTo(totals[index]!.total, 3));
  for (const { keys, isOther, values, total: groupTotal } of groups) {
    const members = isOther ? [...wanted].filter(([group]) => !told.has(group)) : [...wanted].filter(([group]) => group === keys.join(' ')); // prettier-ignore
    expect(members.length).toBeGreaterThan(0);
    const amounts = values.map((_, index) => {
      const bucketS = (startMs - NINE) / 1_000 + index * asked.everyS;
      return sum(members.map(([, buckets]) => buckets.get(bucketS) ?? 0));
    });
    amounts.forEach((amount, index) => expect(values[index]).toBeCloseTo(amount * scale, 3));
    // Nothing lies outside the buckets that are shown.
    expect(groupTotal).toBeCloseTo(sum(members.flatMap(([, buckets]) => [...buckets.values()])), 3);
    expect(sum(values) / scale).toBeCloseTo(groupTotal, 3);
  }
}

describe('what was explored', () => {
  it('is what a reckoning second by second says, of any filter, groups, measure and time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyFlow, { maxLength: 20 }), anyAsked, async (flows, asked) => {
        expectSame(await table(flows, parametersOf(asked)), asked, naive(flows, asked));
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  it('has the least, the average, the 95th percentile and the most of all buckets, empty ones too', async () => {
    // In the nth of 20 minutes there are n thousand octets, and none in the last.
    const flows = Array.from({ length: 19 }, (_, minute): HandMadeFlow => ({
      direction: 'up', inside: '10.0.0.11', server: '198.18.1.7', serverPort: 443,
      octets: (minute + 1) * 1_000, startS: minute * 60, endS: minute * 60 + 30,
    })); // prettier-ignore
    const hour = [['from', String(NINE)], ['to', String(NINE + 1_200_000)]] as const; // prettier-ignore
    const { groups } = await table(flows, new Map([...hour, ['measure', 'bytes'], ['every', '1m']]));
    const [all] = groups;
    expect(groups).toHaveLength(1);
    expect(all).toMatchObject({ keys: [], isOther: false, min: 0, average: 9_500, p95: 18_000, max: 19_000, total: 190_000 });
  });

  it('says where a mistake in the filter is', async () => {
    expect(await ask([], new Map([['where', 'who = John and\nport = htps']]))).toEqual({
      mistake: { sentence: expect.stringContaining('did you mean "http') as string, line: 2, column: 8 },
    });
    expect(await ask([], new Map([['where', 'who = John John']]))).toEqual({
      mistake: { sentence: 'expected "and", "or" or the end, not "John"', line: 1, column: 12 },
    });
  });

  it('tells groups of IPv6 addresses apart, whatever their first bit, also those that are left over', async () => {
    const servers = ['2001:db8::1', 'fd00::1', 'fd00::2', 'fe80::1'];
    const batch = batchOf(
      servers.map((_, index) => ({
        direction: 'up',
        inside: '10.0.0.11',
        server: '198.18.1.7',
        serverPort: 443,
        octets: 10 ** (index + 1),
        startS: 0,
        endS: 1,
      })),
    );
    servers.forEach((server, row) => {
      batch.destinationAddress[row] = batch.postNatDestinationAddress[row] = 0;
      batch.destinationIPv6.set(wordsOfIPv6(parseIPv6(server) as Uint8Array), 4 * row);
    });
    const store = await storeOf([]);
    await store.append(batch);
    const request = { ...viewRequestOf(new Map(), NINE), ...exploreRequestOf(new Map(Object.entries({ by: 'server', measure: 'bytes', groups: '2' }))) }; // prettier-ignore
    const table = (await exploreView(store, CONTEXT, request)) as ExploreTable;
    expect(table.groups.map(({ keys, total }) => [...keys, total])).toEqual([['fe80::1', 10_000], ['fd00::2', 1_000], [110]]);
    store.close();
  });

  it('is nothing without flows', async () => {
    expect(await table([], new Map())).toMatchObject({ groups: [], groupCount: 0, total: { value: 0 } });
  });
});

test.each([
  [{ by: 'who,app,server,port' }, 'by has 4 dimensions, and 3 are allowed'],
  [{ by: 'hour' }, 'by has "hour"'],
  [{ by: 'flow bytes' }, 'nothing to group by'],
  [{ by: 'who who' }, 'expected the end'],
  [{ measure: 'people' }, 'it must be one of rate, bytes, packets, flows'],
  [{ every: 'soon' }, 'every: "soon" is not a length of time'],
  [{ every: '1ms' }, 'every must be a second at least'],
  [{ groups: '0' }, 'it must be 1 to 60'],
  [{ where: 'x'.repeat(2_001) }, 'the filter has 2001 characters'],
])('cannot be asked, %#', (parameters, sentence) => {
  expect(() => exploreRequestOf(new Map(Object.entries(parameters)))).toThrow(sentence);
});

test('too many buckets are refused', async () => {
  const day = [['from', String(NINE)], ['to', String(NINE + 86_400_000)], ['every', '1s']] as const; // prettier-ignore
  await expect(ask([], new Map(day))).rejects.toThrow('86400 buckets, and 2000 are allowed');
});

test('a filter that is written is completed, and its mistake told', () => {
  const view = completeView(CONTEXT, new Map([['text', 'who = Sar and port = 443'], ['cursor', '9']])); // prettier-ignore
  expect(view).toMatchObject({ cursor: 9, from: 6, candidates: ['Sarah'], mistake: { line: 1, column: 7 } });
  expect(completeView(CONTEXT, new Map([['text', 'port = 443']]))).not.toHaveProperty('mistake');
  expect(() => completeView(CONTEXT, new Map([['text', 'who'], ['cursor', '4']]))).toThrow('it must be 0 to 3'); // prettier-ignore
});
