import { describe, expect, test } from 'vitest';
import { NatEventBatch } from '../../../collector/collecting/nat-event-batch.ts';
import { setAddress } from '../../../collector/detect/exporter-columns.ts';
import type { Alert } from '../../../collector/detect/alert.ts';
import { detectSchema } from '../../../collector/detect/config.ts';
import { Detection } from '../../../collector/detect/detection.ts';
import { detectStored } from '../../../collector/query/detect-stored.ts';
import { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import { parseStored } from '../../../core/net/stored-address.ts';
import { batchOf, ip, NINE, type HandMadeFlow } from '../support/flows.ts';

const [NORTH, SOUTH] = ['192.0.2.1', '192.0.2.2'];
const OFFICE = {
  inside: [{ first: ip('10.0.0.0'), last: ip('10.0.255.255') }],
  inventory: [],
  policy: { forbidden: [] },
};
const newDetection = (config = {}): Detection =>
  new Detection(OFFICE, { applications: [], names: new Map() }, detectSchema.parse(config));

function alertsOf(flows: readonly HandMadeFlow[], config = {}): Alert[] {
  const detection = newDetection(config);
  detection.handle(batchOf(flows));
  detection.settle();
  return detection.alerts;
}

/** Somebody at 10.0.0.21 asks these ports of the same server, by the records of one exporter. */
const asks = (exporter: string, first: number, count: number, rest: Partial<HandMadeFlow> = {}): HandMadeFlow[] =>
  Array.from({ length: count }, (_, index) => ({
    direction: 'up',
    inside: '10.0.0.21',
    insidePort: 40_000 + index,
    server: '198.51.100.7',
    serverPort: first + index,
    octets: 44,
    packets: 1,
    startS: index,
    endS: index,
    tcpControlBits: 0x02,
    exporter,
    ...rest,
  }));

const inTurn = <Item>(one: readonly Item[], other: readonly Item[]): Item[] =>
  one.flatMap((item, index) => [item, ...other.slice(index, index + 1)]);

describe('two offices with the same inside addresses', () => {
  test('are not taken for one: what is half a scan at each is none', () => {
    expect(alertsOf(asks(NORTH, 1, 60))).toHaveLength(1);
    expect(alertsOf(inTurn(asks(NORTH, 1, 30), asks(SOUTH, 31, 30)))).toEqual([]);
    expect(alertsOf(inTurn(asks(NORTH, 1, 30), asks(NORTH, 31, 30, { observationDomainId: 7 })))).toEqual([]);
  });

  test('have an alert each that names the router, and says what it says of the office alone', () => {
    const [north, south] = [asks(NORTH, 1, 60), asks(SOUTH, 101, 80, { observationDomainId: 7 })];
    const alerts = alertsOf(inTurn(south, north));
    expect(alerts.map(({ exporter, observationDomainId }) => [exporter, observationDomainId])).toEqual([
      [NORTH, 0],
      [SOUTH, 7],
    ]);
    expect(alerts).toEqual([...alertsOf(north), ...alertsOf(south)]);
    expect(new Set(alerts.map(({ id }) => id)).size).toBe(2);
  });

  test('use the same server: it is not more popular at either for that', () => {
    const calls = (exporter: string, inside: string): HandMadeFlow[] =>
      asks(exporter, 443, 60).map((flow, index) => ({
        ...flow,
        inside,
        serverPort: 443,
        octets: 900,
        packets: 8,
        tcpControlBits: 0x1b,
        startS: 60 * index,
        endS: 60 * index,
      }));
    const ofMany = (exporters: readonly string[]): string[] =>
      alertsOf(exporters.flatMap((exporter, index) => calls(exporter, `10.0.0.${21 + index}`))).map(({ kind }) => kind);
    expect(ofMany([NORTH, SOUTH, '192.0.2.3', '192.0.2.4', '192.0.2.5'])).toEqual(Array(5).fill('beacon'));
    expect(ofMany([NORTH, NORTH, NORTH, NORTH, NORTH]).length).toBeLessThan(5);
  });

  test('are sampled by themselves: of one whose records show no SYN nothing follows for the other', () => {
    const [sampled, whole] = [0x10, 0x1b].map((tcpControlBits, office) =>
      asks(office === 0 ? NORTH : SOUTH, 443, 700).map((flow) => ({ ...flow, serverPort: 443, octets: 4_000, tcpControlBits })),
    ) as [HandMadeFlow[], HandMadeFlow[]];
    const detection = new Detection(
      { ...OFFICE, inventory: [{ name: 'Sarah', address: '10.0.0.22', department: '' }] },
      { applications: [], names: new Map() },
      detectSchema.parse({}),
    );
    detection.handle(batchOf(inTurn(sampled, whole)));
    const sentences = new Map(detection.alerts.map(({ exporter, evidence }) => [exporter, evidence[0]]));
    expect(sentences.get(NORTH)).toContain('of one packet in 100');
    expect(sentences.get(SOUTH)).not.toContain('of one packet in');
  });
});

test('so many exporters are watched, and the rows of others counted', () => {
  const detection = newDetection({ maxExporters: 1 });
  detection.handle(batchOf(inTurn(asks(NORTH, 1, 60), asks(SOUTH, 1, 60))));
  expect(detection.alerts.map(({ exporter }) => exporter)).toEqual([NORTH]);
  expect(detection.counters.unwatchedRows).toBe(60);
});

test('one exporter alone can be asked for', () => {
  const exporter = { address: ip(SOUTH), observationDomainId: 0 };
  const detection = new Detection({ ...OFFICE, exporter }, { applications: [], names: new Map() }, detectSchema.parse({}));
  detection.handle(batchOf(inTurn(asks(NORTH, 1, 60), asks(SOUTH, 1, 60))));
  expect(detection.alerts.map((alert) => alert.exporter)).toEqual([SOUTH]);
  expect(detection.counters.unwatchedRows).toBe(0);
});

test('what exporters by IPv6 tell of their NAT is theirs, live and stored', async () => {
  const events = new NatEventBatch(2);
  for (const [row, exporter] of ['2001:db8::1', '2001:db8::2'].entries()) {
    events.length++;
    events.kind[row] = events.natEvent[row] = 12;
    events.observationTimeMs[row] = NINE + row * 1_000;
    events.receivedAtUs[row] = (NINE + row * 1_000) * 1_000;
    setAddress(events.exporter, events.exporterIPv6, row, parseStored(exporter) ?? 0);
  }
  const live = newDetection();
  live.handleNatEvents(events);
  live.settle();
  expect(live.alerts.map(({ address, exporter }) => [address, exporter])).toEqual([
    ['2001:db8::1', '2001:db8::1'],
    ['2001:db8::2', '2001:db8::2'],
  ]);
  const store = await DuckDbStore.open(':memory:');
  await store.appendNatEvents(events);
  const stored = newDetection();
  await detectStored(store, stored);
  store.close();
  expect(stored.alerts).toEqual(live.alerts);
});
