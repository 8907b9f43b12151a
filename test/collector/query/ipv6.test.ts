import { describe, expect, test } from 'vitest';
import { CollectedBatch } from '../../../collector/collecting/collected-batch.ts';
import { NatEventBatch } from '../../../collector/collecting/nat-event-batch.ts';
import type { Alert } from '../../../collector/detect/alert.ts';
import { detectSchema } from '../../../collector/detect/config.ts';
import { Detection } from '../../../collector/detect/detection.ts';
import { answer, type Answers } from '../../../collector/query/answers.ts';
import { detectStored } from '../../../collector/query/detect-stored.ts';
import { attributionSchema } from '../../../collector/query/attribution-config.ts';
import { whoUsedSentences } from '../../../collector/query/attribution-sentences.ts';
import { Inventory, type InventoryEntry } from '../../../collector/query/inventory.ts';
import { whoUsed } from '../../../collector/query/who-used.ts';
import { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import { parseIPv4 } from '../../../core/net/address.ts';
import { parseIPv6, wordsOfIPv6 } from '../../../core/net/ipv6-text.ts';
import { parseRange, parseStored } from '../../../core/net/stored-address.ts';
import { NINE } from '../support/flows.ts';

const JOHN_IPV4 = '10.0.0.11';
const JOHN_IPV6 = '2001:db8:50::b';
const OTHER_IPV6 = '2001:db8:50::bad';
const YOUTUBE = '2001:db8:18:1::10';
const PUBLIC = '203.0.113.2';

interface Flow {
  readonly source: string;
  readonly destination: string;
  readonly postNatSource?: string;
  readonly postNatDestination?: string;
  readonly ports?: readonly [source: number, destination: number];
  readonly octets?: number;
  readonly packets?: number;
}

/** Writes an address to the column of its version. */
function set(
  batch: CollectedBatch,
  row: number,
  side: 'source' | 'destination' | 'postNatSource' | 'postNatDestination',
  text = '0.0.0.0',
) {
  const octets = parseIPv6(text);
  if (octets === undefined) batch[`${side}Address`][row] = parseIPv4(text) ?? 0;
  else batch[`${side}IPv6`].set(wordsOfIPv6(octets), 4 * row);
}

async function storeOf(flows: readonly Flow[]): Promise<DuckDbStore> {
  const batch = new CollectedBatch(flows.length);
  flows.forEach((flow, row) => {
    batch.ipVersion[row] = flow.source.includes(':') ? 6 : 4;
    set(batch, row, 'source', flow.source);
    set(batch, row, 'destination', flow.destination);
    set(batch, row, 'postNatSource', flow.postNatSource);
    set(batch, row, 'postNatDestination', flow.postNatDestination);
    [batch.sourcePort[row], batch.destinationPort[row]] = flow.ports ?? [50_000, 443];
    [batch.postNaptSourcePort[row], batch.postNaptDestinationPort[row]] = flow.ports ?? [50_000, 443];
    batch.protocol[row] = 6;
    batch.tcpControlBits[row] = 2;
    batch.octetDeltaCount[row] = flow.octets ?? 1_000;
    batch.packetDeltaCount[row] = flow.packets ?? 10;
    batch.flowStartMs[row] = NINE;
    batch.flowEndMs[row] = NINE + 1_000;
  });
  batch.length = flows.length;
  const store = await DuckDbStore.open(':memory:');
  await store.append(batch);
  return store;
}

const JOHN: InventoryEntry = { name: 'John', address: JOHN_IPV4, otherAddresses: [JOHN_IPV6], department: 'sales' };
const LAB: InventoryEntry = { name: 'laboratory', address: '2001:db8:50:0:1::/80', department: '' };

async function ask(flows: readonly Flow[], inventory: readonly InventoryEntry[] = [JOHN, LAB]): Promise<Answers> {
  const store = await storeOf(flows);
  try {
    const inside = ['10.0.0.0/16', '2001:db8:50::/64'].flatMap((text) => parseRange(text) ?? []);
    return await answer(store, {
      applications: [],
      names: new Map(),
      inside,
      inventory,
    });
  } finally {
    store.close();
  }
}

async function alertsIn(flows: readonly Flow[], inventory: readonly InventoryEntry[] = [JOHN, LAB]): Promise<Alert[]> {
  const store = await storeOf(flows);
  const inside = ['10.0.0.0/16', '2001:db8:50::/64'].flatMap((text) => parseRange(text) ?? []);
  const given = { applications: [], names: new Map() };
  const detection = new Detection({ inside, inventory, policy: { forbidden: [] } }, given, detectSchema.parse({}));
  await detectStored(store, detection);
  store.close();
  return detection.alerts;
}

const up = (source: string, destination: string, rest: Partial<Flow> = {}): Flow => ({ source, destination, ...rest });

describe('a person with addresses of both versions', () => {
  test('has the octets of all of them, in one activity', async () => {
    const { people, totals } = await ask([
      up(JOHN_IPV4, '198.18.1.10', { postNatSource: PUBLIC, postNatDestination: '198.18.1.10', octets: 100 }),
      { source: '198.18.1.10', destination: PUBLIC, postNatSource: '198.18.1.10', postNatDestination: JOHN_IPV4, octets: 1_000 },
      up(JOHN_IPV6, YOUTUBE, { octets: 10_000 }),
      up(YOUTUBE, JOHN_IPV6, { octets: 100_000, ports: [443, 50_000] }),
    ]);
    expect(people[0]).toMatchObject({
      name: 'John',
      address: JOHN_IPV4,
      otherAddresses: [JOHN_IPV6],
      upOctets: 10_100,
      downOctets: 101_000,
    });
    expect(people[0]?.activities).toMatchObject([{ application: 'youtube', octets: 111_100, count: 1 }]);
    expect(totals).toMatchObject({ octets: 111_100, ipv6Octets: 110_000, upOctets: 10_100, downOctets: 101_000 });
  });

  test('is told from whoever else is in the prefix; a prefix stands for all in it', async () => {
    const flows = [
      up(JOHN_IPV6, YOUTUBE, { octets: 1 }),
      up(OTHER_IPV6, YOUTUBE, { octets: 10 }),
      up('2001:db8:50:0:1::7', YOUTUBE, { octets: 100 }),
      up('2001:db8:50:0:1:ffff::', YOUTUBE, { octets: 1_000 }),
    ];
    const { people } = await ask(flows);
    expect(people.map(({ name, octets }) => [name, octets])).toEqual([
      ['laboratory', 1_100],
      ['John', 1],
    ]);
    const alerts = await alertsIn(flows);
    expect(alerts.map(({ kind, address }) => [kind, address])).toEqual([['unknown-device', OTHER_IPV6]]);
  });

  test('scans over both are one, with the name', async () => {
    const ports = Array.from({ length: 60 }, (_, index) => index + 1);
    const probes = ports.map((port) =>
      up(port % 2 === 0 ? JOHN_IPV6 : '2001:db8:50::c', '2001:db8:99::1', { ports: [50_000, port], packets: 1, octets: 60 }),
    );
    const alerts = await alertsIn(probes, [{ ...JOHN, otherAddresses: [JOHN_IPV6, '2001:db8:50::c'] }]);
    expect(alerts.map(({ sentence }) => sentence)).toEqual(['John scanned 60 ports of 2001:db8:99::1']);
  });
});

test('without an inventory an IPv6 address is known by itself', async () => {
  const { people } = await ask([up(JOHN_IPV6, YOUTUBE)], []);
  expect(people.map(({ name, sentence }) => [name, sentence])).toEqual([
    [JOHN_IPV6, `${JOHN_IPV6} watched YouTube for 1 s and used 1 kB`],
  ]);
});

test('the server of NAT64 is what it is outside', async () => {
  const { categories } = await ask([
    up(JOHN_IPV6, '64:ff9b::c612:102', { postNatSource: PUBLIC, postNatDestination: '198.18.1.2', octets: 7 }),
  ]);
  expect(categories).toMatchObject([{ category: 'streaming', octets: 7 }]);
});

describe('who used', () => {
  const question = (text: string, publicPort: number) => ({
    publicAddress: parseStored(text) ?? 0,
    publicPort,
    atMs: NINE + 500,
    toleranceMs: 0,
  });
  const config = attributionSchema.parse({});

  test('a public endpoint of NAT64 is told by the IPv6 host, from flows and from events', async () => {
    const store = await storeOf([
      up(JOHN_IPV6, '64:ff9b::c612:102', { postNatSource: PUBLIC, postNatDestination: '198.18.1.2' }),
    ]);
    const events = new NatEventBatch(1);
    events.length = 1;
    events.kind[0] = 10;
    events.protocol[0] = 6;
    events.observationTimeMs[0] = NINE;
    events.insideIPv6.set(wordsOfIPv6(parseIPv6(JOHN_IPV6) as Uint8Array));
    events.insidePort[0] = 50_000;
    events.publicAddress[0] = parseIPv4(PUBLIC) ?? 0;
    events.publicPort[0] = 50_000;
    await store.appendNatEvents(events);
    const asked = question(PUBLIC, 50_000);
    const answers = await whoUsed(store, asked, new Inventory([JOHN]), config);
    store.close();
    expect(whoUsedSentences(asked, answers)).toEqual([
      `NAT events: John ([${JOHN_IPV6}]:50000, TCP) used ${PUBLIC}:50000 at 2026-03-02 09:00:00 UTC, theirs from 2026-03-02 09:00:00 UTC on and not given back since (event 0)`,
      `flow records: John ([${JOHN_IPV6}]:50000, TCP) used ${PUBLIC}:50000 at 2026-03-02 09:00:00 UTC, with [64:ff9b::c612:102]:443 from 2026-03-02 09:00:00 UTC to 2026-03-02 09:00:01 UTC (flow 0)`,
    ]);
  });

  test.each([
    ['outwards', up(JOHN_IPV6, YOUTUBE)],
    ['inwards', up(YOUTUBE, JOHN_IPV6, { ports: [443, 50_000] })],
  ])('an IPv6 endpoint that is not translated is the host itself, %s', async (_, flow) => {
    const store = await storeOf([flow]);
    const { fromFlows } = await whoUsed(store, question(JOHN_IPV6, 50_000), new Inventory([JOHN]), config);
    expect(fromFlows).toMatchObject({ kind: 'somebody', who: 'John', insideAddress: JOHN_IPV6, certainty: 'covered' });
    const nobody = await whoUsed(store, question('2001:db8::9', 1), new Inventory([JOHN]), config);
    expect(nobody.fromFlows).toMatchObject({ kind: 'cannot-know', reason: 'no stored flow tells who is behind 2001:db8::9' });
    store.close();
  });
});
