import fc from 'fast-check';
import { expect, test } from 'vitest';
import { natView, type NatRequest } from '../../../../collector/api/view/nat-view.ts';
import { attributionSchema } from '../../../../collector/query/attribution-config.ts';
import type { ViewContext } from '../../../../collector/api/view/view-request.ts';
import { isIPv6 } from '../../../../core/net/address-book.ts';
import { formatIPv4 } from '../../../../core/net/address.ts';
import { runWorld, SMALL } from '../../../support/small-world.ts';
import { ip, NINE, PUBLIC_ADDRESS, storeOf, type HandMadeFlow } from '../../support/flows.ts';

const timeouts = attributionSchema.parse({});
const CONTEXT: ViewContext = {
  inventory: [{ name: 'John', address: '10.0.0.21', department: 'Marketing' }],
  inside: [{ first: ip('10.0.0.0'), last: ip('10.0.255.255') }],
  applications: [],
  names: new Map(),
};
const at = (afterNineS: number): NatRequest => ({ basis: 'flow', zone: 'UTC', nowMs: NINE + afterNineS * 1_000, timeouts });

const WEB: HandMadeFlow = {
  direction: 'up',
  inside: '10.0.0.21',
  server: '198.18.16.4',
  serverPort: 443,
  protocol: 17,
  octets: 1_000,
  startS: 0,
  endS: 10,
};

test('a mapping has both ends and both directions, and ends when its idle time is over', async () => {
  const store = await storeOf([
    WEB,
    { ...WEB, direction: 'down', octets: 9_000, endS: 12 },
    { ...WEB, server: '198.18.16.5', octets: 10 },
  ]);
  const { mappings, pools, inside, outside } = await natView(store, CONTEXT, at(100));
  expect(mappings).toEqual([
    {
      protocol: 'UDP',
      who: 'John',
      insideAddress: '10.0.0.21',
      insidePort: 50_000,
      publicAddress: PUBLIC_ADDRESS,
      publicPort: 50_001,
      remoteAddress: '198.18.16.4',
      remotePort: 443,
      remotes: 2,
      firstMs: NINE,
      lastMs: NINE + 12_000,
      upOctets: 1_010,
      downOctets: 9_000,
      expiresInS: expect.objectContaining({ value: timeouts.udpIdleS - 88, sure: 'estimated' }) as unknown,
    },
  ]);
  expect(pools).toMatchObject([
    { protocol: 'UDP', publicAddress: PUBLIC_ADDRESS, usedPorts: { value: 1 }, endpoints: 1, hosts: 1 },
  ]);
  expect(pools[0]?.usedByRange[Math.floor(50_001 / 1_024)]).toBe(1);
  expect(inside).toEqual([{ name: 'John', octets: 10_010 }]);
  expect(outside).toEqual([{ name: PUBLIC_ADDRESS, octets: 10_010 }]);
  expect((await natView(store, CONTEXT, at(12 + timeouts.udpIdleS - 1))).mappings).toHaveLength(1);
  expect((await natView(store, CONTEXT, at(12 + timeouts.udpIdleS))).mappings).toEqual([]);
  store.close();
});

test('nothing is shown that had not begun, or had not been received', async () => {
  const store = await storeOf([WEB]);
  expect((await natView(store, CONTEXT, at(-1))).mappings).toEqual([]);
  expect((await natView(store, CONTEXT, { ...at(99), knownAtMs: NINE + 9_999 })).mappings).toEqual([]);
  expect((await natView(store, CONTEXT, { ...at(99), knownAtMs: NINE + 10_000 })).mappings).toHaveLength(1);
  store.close();
});

test('it is looked at at the end of the time that is asked for, and who talked in that time', async () => {
  const store = await storeOf([WEB, { ...WEB, inside: '10.0.0.22', insidePort: 40_000, startS: 50, endS: 60 }]);
  const asked = async (fromS: number, toS: number) => {
    const { mappings, inside } = await natView(store, CONTEXT, {
      ...at(999),
      fromMs: NINE + fromS * 1_000,
      toMs: NINE + toS * 1_000,
    });
    return [mappings.map(({ insidePort }) => insidePort), inside.map(({ name }) => name)];
  };
  expect(await asked(0, 20)).toEqual([[50_000], ['John']]);
  // The mapping of before is still open.
  expect(await asked(40, 70)).toEqual([[40_000, 50_000], ['10.0.0.22']]);
  expect(await asked(0, 70)).toEqual([
    [40_000, 50_000],
    ['John', '10.0.0.22'],
  ]);
  expect(await asked(20, 40)).toEqual([[50_000], []]);
  store.close();
});

test('by the clock of the collector a mapping was used when its last record came', async () => {
  const receivedLateS = 100;
  const store = await storeOf([{ ...WEB, receivedLateS }]);
  const [flow, receive] = [
    await natView(store, CONTEXT, at(200)),
    await natView(store, CONTEXT, { ...at(200), basis: 'receive' }),
  ];
  expect(flow.mappings[0]?.lastMs).toBe(NINE + 10_000);
  expect(receive.mappings[0]?.lastMs).toBe(NINE + 10_000 + receivedLateS * 1_000);
  store.close();
});

test('a TCP mapping that was closed goes sooner', async () => {
  const tcp = { ...WEB, protocol: 6 };
  const store = await storeOf([
    { ...tcp, tcpControlBits: 0x12 },
    { ...tcp, insidePort: 40_000, tcpControlBits: 0x13 },
  ]);
  const { mappings } = await natView(store, CONTEXT, at(10));
  expect(mappings.map(({ insidePort, expiresInS }) => [insidePort, expiresInS.value])).toEqual([
    [40_000, timeouts.tcpClosedIdleS],
    [50_000, timeouts.tcpIdleS],
  ]);
  store.close();
});

const flowOfMapping: fc.Arbitrary<HandMadeFlow> = fc
  .record({
    direction: fc.constantFrom('up' as const, 'down' as const),
    insidePort: fc.constantFrom(50_000, 50_002),
    protocol: fc.constantFrom(6, 17, 47),
    octets: fc.nat(1_000_000),
    startS: fc.integer({ min: -40_000, max: 900 }),
    lastsS: fc.oneof(fc.nat(60), fc.nat(20_000)),
    tcpControlBits: fc.constantFrom(0x18, 0x1b, 0x14),
  })
  .map(({ lastsS, ...flow }) => ({ ...WEB, ...flow, endS: flow.startS + lastsS }));

/** How long a mapping is kept after a flow, in seconds. */
const keptS = ({ protocol, tcpControlBits = 0 }: HandMadeFlow, isAnyClosing = (tcpControlBits & 0x05) !== 0): number => {
  if (protocol === 17) return timeouts.udpIdleS;
  if (protocol !== 6) return timeouts.otherIdleS;
  return isAnyClosing ? timeouts.tcpClosedIdleS : timeouts.tcpIdleS;
};

test('a mapping is what it was since it was last idle for too long, as one flow after the other tells', async () => {
  const nowS = 1_000;
  await fc.assert(
    fc.asyncProperty(fc.array(flowOfMapping, { maxLength: 12 }), async (flows) => {
      const lives = new Map<string, HandMadeFlow[]>();
      const isClosing = ({ tcpControlBits = 0 }: HandMadeFlow): boolean => (tcpControlBits & 0x05) !== 0;
      const order = (one: HandMadeFlow, other: HandMadeFlow): number =>
        one.startS - other.startS || one.endS - other.endS || Number(isClosing(one)) - Number(isClosing(other));
      for (const flow of flows.toSorted(order)) {
        const key = `${flow.protocol} ${flow.insidePort}`;
        const life = lives.get(key) ?? [];
        const before = life.at(-1);
        const isNew = before !== undefined && flow.startS - Math.max(...life.map(({ endS }) => endS)) > keptS(before);
        lives.set(key, isNew ? [flow] : [...life, flow]);
      }
      const wanted = [...lives.values()].flatMap((life) => {
        const [lastS, first] = [Math.max(...life.map(({ endS }) => endS)), life[0] as HandMadeFlow];
        const leftS = keptS(first, life.some(isClosing)) - Math.max(0, nowS - lastS);
        const octets = life.reduce((sum, flow) => sum + flow.octets, 0);
        return leftS > 0 ? [[first.insidePort, NINE + first.startS * 1_000, NINE + lastS * 1_000, octets, leftS]] : [];
      });
      const store = await storeOf(flows);
      const { mappings, mappingCount } = await natView(store, CONTEXT, at(nowS));
      store.close();
      const found = mappings.map(({ insidePort, firstMs, lastMs, upOctets, downOctets, expiresInS }) => [insidePort, firstMs, lastMs, upOctets + downOctets, expiresInS.value]); // prettier-ignore
      const sorted = (rows: readonly unknown[][]): string[] => rows.map((row) => row.join(' ')).sort();
      expect(sorted(found)).toEqual(sorted(wanted));
      expect(mappingCount).toBe(wanted.length);
    }),
    { numRuns: 60 },
  );
}, 60_000);

test('at the end of a morning every mapping is one the ledger has, with its octets', async () => {
  const { site, store, world } = await runWorld({ ...SMALL, router: { ...SMALL.router, clock: {} } });
  const { connections, trains } = site.ledger;
  const truth = new Map<string, number>();
  for (let train = 0; train < site.ledger.length; train++) {
    const connection = trains.connection.at(train);
    if (isIPv6(connections.insideAddress.at(connection))) continue;
    const key = [
      connections.protocol.at(connection),
      formatIPv4(connections.insideAddress.at(connection)),
      connections.insidePort.at(connection),
      formatIPv4(trains.publicAddress.at(train)),
      trains.publicPort.at(train),
    ].join(' ');
    // Nobody saw what was to come after the end: such a train says nothing of the octets.
    const lastNs = trains.startNs.at(train) + trains.intervalNs.at(train) * (trains.packets.at(train) - 1);
    truth.set(key, lastNs > site.ledger.endNs ? NaN : (truth.get(key) ?? 0) + trains.octets.at(train));
  }
  const numbers: Readonly<Record<string, number>> = { TCP: 6, UDP: 17, ICMP: 1 };
  // By the router’s clock, which may be behind or ahead a little.
  const nowMs = world.epoch.unixMs + world.end / 1e6 + 60_000;
  const context = { ...CONTEXT, inside: site.config.inside };
  const forEver = { udpIdleS: 1e5, tcpIdleS: 1e5, tcpClosedIdleS: 1e5, otherIdleS: 1e5 };
  const { mappings, mappingCount } = await natView(store, context, { ...at(0), nowMs, timeouts: forEver, limit: 10_000 });
  expect(mappings.length).toBe(mappingCount);
  expect(mappings.length).toBeGreaterThan(50);
  for (const { protocol, insideAddress, insidePort, publicAddress, publicPort, upOctets, downOctets } of mappings) {
    const key = [numbers[protocol], insideAddress, insidePort, publicAddress, publicPort].join(' ');
    expect(truth.has(key), key).toBe(true);
    if (!Number.isNaN(truth.get(key))) expect(truth.get(key), key).toBe(upOctets + downOctets);
  }
  store.close();
});
