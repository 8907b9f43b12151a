import fc from 'fast-check';
import { expect, test } from 'vitest';
import { natView, type NatRequest } from '../../../../collector/api/view/nat-view.ts';
import { attributionSchema } from '../../../../collector/query/attribution-config.ts';
import type { ViewContext } from '../../../../collector/api/view/view-request.ts';
import { groupBy } from '../../../../collector/query/group-by.ts';
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
    server: fc.constantFrom('198.18.16.4', '198.18.16.5'),
    protocol: fc.constantFrom(6, 6, 17, 47),
    octets: fc.nat(1_000_000),
    startS: fc.integer({ min: -40_000, max: 900 }),
    lastsS: fc.oneof(fc.nat(60), fc.nat(20_000)),
    tcpControlBits: fc.constantFrom(0x18, 0x18, 0x18, 0x1b, 0x14),
  })
  .map(({ lastsS, ...flow }) => ({ ...WEB, ...flow, endS: flow.startS + lastsS }));

const isClosing = ({ tcpControlBits = 0 }: HandMadeFlow): boolean => (tcpControlBits & 0x05) !== 0;
const endOf = (flows: readonly HandMadeFlow[]): number => Math.max(...flows.map(({ endS }) => endS));

/** Until when a NAT keeps what flows of a connection opened, in seconds. */
function keptUntil(flows: readonly HandMadeFlow[]): number {
  const { protocol } = flows[0] as HandMadeFlow;
  if (protocol === 17) return endOf(flows) + timeouts.udpIdleS;
  if (protocol !== 6) return endOf(flows) + timeouts.otherIdleS;
  return endOf(flows) + (flows.some(isClosing) ? timeouts.tcpClosedIdleS : timeouts.tcpIdleS);
}

/** Takes the flows that belong together: until one begins when what is before it is over. */
function follow<Item>(
  items: readonly Item[],
  beginS: (item: Item) => number,
  untilS: (items: readonly Item[]) => number,
): Item[][] {
  const groups: Item[][] = [];
  for (const item of items) {
    const last = groups.at(-1);
    if (last === undefined || beginS(item) > untilS(last)) groups.push([item]);
    else last.push(item);
  }
  return groups;
}

/** The connections of one mapping in its life that is the last. */
function lastLife(flows: readonly HandMadeFlow[]): HandMadeFlow[][] {
  const byServer = [...groupBy(flows, ({ server }) => server).values()];
  const begin = ([first]: readonly HandMadeFlow[]): number => first?.startS ?? 0;
  const connections = byServer.flatMap((own) => follow(own, ({ startS }) => startS, keptUntil));
  const inOrder = connections.sort((one, other) => begin(one) - begin(other) || endOf(one) - endOf(other));
  return follow(inOrder, begin, (life) => Math.max(...life.map(keptUntil))).at(-1) ?? [];
}

test('a mapping is what it was since it was last idle for too long, kept as long as one of its connections', async () => {
  const nowS = 1_000;
  await fc.assert(
    fc.asyncProperty(fc.array(flowOfMapping, { maxLength: 12 }), async (flows) => {
      const order = (one: HandMadeFlow, other: HandMadeFlow): number =>
        one.startS - other.startS || one.endS - other.endS || Number(isClosing(one)) - Number(isClosing(other));
      const wanted = [
        ...groupBy(flows.toSorted(order), ({ protocol, insidePort }) => `${protocol} ${insidePort}`).values(),
      ].flatMap((own) => {
        const life = lastLife(own);
        const rows = life.flat();
        const leftS = Math.max(...life.map(keptUntil)) - Math.max(nowS, endOf(rows));
        const octets = rows.reduce((sum, flow) => sum + flow.octets, 0);
        const firstMs = NINE + Math.min(...rows.map(({ startS }) => startS)) * 1_000;
        return leftS > 0 ? [[rows[0]?.insidePort, firstMs, NINE + endOf(rows) * 1_000, octets, leftS]] : [];
      });
      const store = await storeOf(flows);
      const { mappings, mappingCount } = await natView(store, CONTEXT, at(nowS));
      store.close();
      const found = mappings.map(({ insidePort, firstMs, lastMs, upOctets, downOctets, expiresInS }) => [insidePort, firstMs, lastMs, upOctets + downOctets, expiresInS.value]); // prettier-ignore
      const sorted = (rows: readonly unknown[][]): string[] => rows.map((row) => row.join(' ')).sort();
      expect(sorted(found)).toEqual(sorted(wanted));
      expect(mappingCount).toBe(wanted.length);
    }),
    { numRuns: 100 },
  );
}, 120_000);

test('a connection that is reset by one side is over on both, and leaves what else goes through the mapping open', async () => {
  const tcp: HandMadeFlow = { ...WEB, protocol: 6, tcpControlBits: 0x12, octets: 1 };
  const reset = { ...tcp, tcpControlBits: 0x14 };
  const again: HandMadeFlow = { ...tcp, server: '198.18.16.9', startS: 1_000, endS: 1_010 };
  for (const both of [
    [reset, { ...tcp, direction: 'down' as const, startS: 1, endS: 9 }],
    [tcp, { ...reset, direction: 'down' as const, startS: 1, endS: 9 }],
  ]) {
    const store = await storeOf([...both, again]);
    expect((await natView(store, CONTEXT, at(300))).mappings).toEqual([]);
    const { mappings } = await natView(store, CONTEXT, at(1_300));
    expect(mappings).toMatchObject([{ firstMs: NINE + 1_000_000, remotes: 1, expiresInS: { value: timeouts.tcpIdleS - 290 } }]);
    store.close();
  }
  const store = await storeOf([
    { ...tcp, endS: 900 },
    { ...reset, server: '198.18.16.9', endS: 20 },
  ]);
  expect((await natView(store, CONTEXT, at(1_200))).mappings).toMatchObject([
    { remotes: 2, expiresInS: { value: timeouts.tcpIdleS - 300 } },
  ]);
  store.close();
});

test('at any time mappings are those the NAT itself said it had', async () => {
  const { site, store, world } = await runWorld({
    ...SMALL,
    router: { ...SMALL.router, clock: {}, nat: { ...SMALL.router?.nat, natEvents: 'bindings' } },
  });
  const beginMs = world.epoch.unixMs;
  const spanMs = world.end / 1e6;
  for (const part of [0.2, 0.4, 0.6, 0.8]) {
    const toMs = Math.floor(beginMs + part * spanMs);
    const wanted = await store.query<{
      key: string;
    }>(`SELECT concat_ws(' ', protocol, inside_address, inside_port, public_address, public_port) AS key
      FROM nat_events WHERE nat_event IN (8, 9) AND observation_time_ms <= ${toMs} GROUP BY key
      HAVING count(*) FILTER (nat_event = 8) > count(*) FILTER (nat_event = 9) ORDER BY key`);
    const { mappings } = await natView(
      store,
      { ...CONTEXT, inside: site.config.inside },
      { ...at(0), nowMs: toMs, toMs, limit: 100_000 },
    );
    const numbers: Readonly<Record<string, number>> = { TCP: 6, UDP: 17, ICMP: 1 };
    const found = mappings.map(({ protocol, insideAddress, insidePort, publicAddress, publicPort }) =>
      [numbers[protocol], ip(insideAddress), insidePort, ip(publicAddress), publicPort].join(' '),
    );
    expect(wanted.length).toBeGreaterThan(10);
    expect(found.sort()).toEqual(wanted.map(({ key }) => key).sort());
  }
  store.close();
});

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
