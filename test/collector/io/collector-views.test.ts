import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { NatView } from '../../../collector/api/view/nat-view.ts';
import type { RecordsView } from '../../../collector/api/view/records-view.ts';
import type { StatusView } from '../../../collector/api/view/status-view.ts';
import type { WireView } from '../../../collector/api/view/wire-view.ts';
import type { OverviewView } from '../../../collector/api/view/overview-view.ts';
import { readCommandLine } from '../../../collector/io/command-line.ts';
import { FlowCollector } from '../../../collector/io/flow-collector.ts';
import { collectorViews } from '../../../collector/io/page/collector-views.ts';
import type { ViewSubject } from '../../../collector/io/page/views.ts';
import { formatEndpoint } from '../../../core/net/endpoint.ts';
import { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import { flow, FLOWS, message } from '../support/exporter.ts';
import { ip, NINE } from '../support/flows.ts';
import { bib, BIBS } from '../support/nat-events.ts';

let directory: string;
let store: DuckDbStore;
let collector: FlowCollector;
let topics: ViewSubject['topics'];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'flowlab-views-'));
  const inventory = join(directory, 'devices.yaml');
  writeFileSync(inventory, '- { name: John, address: 10.0.0.11, department: sales }\n');
  const invocation = readCommandLine(['--listen', '127.0.0.1:0', '--inside', '10.0.0.0/16', '--inventory', inventory]);
  if (invocation.kind !== 'collect') throw new Error(invocation.kind);
  store = await DuckDbStore.open(':memory:');
  collector = await FlowCollector.open(invocation.options, store);
  ({ topics } = collectorViews(collector, store, invocation.options));
});
afterEach(async () => {
  await collector.close();
  store.close();
  rmSync(directory, { recursive: true });
});

const mapping = (port: number) =>
  bib({
    timeMs: NINE,
    natEvent: 8,
    inside: ip('10.0.0.11'),
    insidePort: port,
    publicAddress: ip('203.0.113.2'),
    publicPort: port,
  });

const receive = (payload: Uint8Array, source = '192.0.2.1:4739'): void =>
  collector.collecting.handle({ payload, source, receivedAtUs: NINE * 1_000 });

/** Rounds of storing are a second apart. */
const BEFORE_LONG = { timeout: 10_000, interval: 100 };

it('of the translation are made anew when nothing but NAT events has come', async () => {
  const nat = topics.get('nat');
  const before = nat?.revision?.();
  const events = async (): Promise<number> => ((await nat?.view(new Map())) as NatView).events.length;
  expect(await events()).toBe(0);
  receive(message({ templates: [BIBS], records: [mapping(1), mapping(2)] }));
  await expect.poll(() => nat?.revision?.(), BEFORE_LONG).not.toBe(before);
  expect(await events()).toBe(2);
});

it('of everything are made anew when an alert comes, though it comes after its flows', async () => {
  const overview = topics.get('overview');
  const alertsAt = new Map<unknown, string>();
  const isTold = (): boolean => {
    const [revision, ids] = [overview?.revision?.(), collector.alerts.map(({ id }) => id).join()];
    expect(alertsAt.get(revision) ?? ids).toBe(ids);
    alertsAt.set(revision, ids);
    return ids.startsWith('unknown-device-1@') && collector.storedFlows > 0;
  };
  // Of 10.0.0.5, whom nobody knows.
  receive(message({ templates: [FLOWS], records: [flow(1_000)] }));
  while (!isTold()) await new Promise((resolve) => setTimeout(resolve, 10));
}, 10_000);

it("of a router have its own alerts alone, those of all of them everybody's", async () => {
  const routers = [
    ['192.0.2.1', 1],
    ['192.0.2.1', 2],
    ['192.0.2.2', 1],
    ['2001:db8::1', 1],
  ] as const;
  for (const [address, observationDomainId] of routers)
    receive(
      message({ observationDomainId, templates: [FLOWS], records: [flow(1_000)] }),
      formatEndpoint({ address, port: 4739 }),
    );
  await expect.poll(() => collector.alerts.length, BEFORE_LONG).toBe(routers.length);
  const told = async (exporter: string) => {
    const { alerts, sentences } = (await topics.get('overview')?.view(new Map([['exporter', exporter]]))) as OverviewView;
    return { ids: alerts.map(({ id }) => id).toSorted(), sentence: sentences[2] };
  };
  const ids = routers.map(([address, domain]) => `unknown-device-1@${address}/${domain}`);
  for (const [index, [address, domain]] of routers.entries()) {
    const { ids: own, sentence } = await told(`${address} domain ${domain}`);
    expect(own).toEqual([ids[index]]);
    expect(sentence).toMatch(/^1 thing looks unusual/);
  }
  expect(await told('all')).toMatchObject({ ids, sentence: expect.stringMatching(/^4 things look unusual/) as string });
  expect(await told('192.0.2.9 domain 1')).toEqual({ ids: [], sentence: 'Nothing looks unusual.' });
}, 15_000);

it('know routers that send over IPv6: what each of their topics shows is theirs', async () => {
  const sent = [
    ['192.0.2.1', 1],
    ['2001:db8::1', 1],
    ['2001:db8::1', 2],
    ['fe80::7%lo', 1],
  ] as const;
  const wire = topics.get('wire');
  await wire?.view(new Map());
  for (const [index, [address, observationDomainId]] of sent.entries()) {
    const records = [flow(1_000 + index), ...Array.from({ length: index + 1 }, (_, port) => mapping(port))];
    const payload = message({ observationDomainId, templates: [FLOWS, BIBS], records });
    const datagram = { payload, source: formatEndpoint({ address, port: 4739 }), receivedAtUs: NINE * 1_000 };
    collector.tapped.tap?.(datagram);
    collector.collecting.handle(datagram);
  }
  await expect.poll(() => collector.storedFlows, BEFORE_LONG).toBe(sent.length);
  const { exporters = [] } = (await topics.get('status')?.view(new Map())) as StatusView;
  expect(exporters.map(({ name }) => name)).toEqual([
    'all routers',
    '192.0.2.1',
    '2001:db8::1, domain 1',
    '2001:db8::1, domain 2',
    'fe80::7',
  ]);
  for (const [index, { id }] of exporters.slice(1).entries()) {
    const ask = (topic: string) => topics.get(topic)?.view(new Map([['exporter', id]]));
    const [overview, nat] = [(await ask('overview')) as OverviewView, (await ask('nat')) as NatView];
    expect(overview.line.upOctets.value).toBe(1_000 + index);
    expect(nat.events).toHaveLength(index + 1);
    const { records } = (await ask('records')) as RecordsView;
    expect(records.map(({ octets }) => octets)).toEqual([1_000 + index]);
    expect(((await ask('wire')) as WireView).messages.map(({ index: number }) => number)).toEqual([index]);
  }
}, 15_000);
