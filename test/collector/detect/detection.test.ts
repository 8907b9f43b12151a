import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CollectedBatch } from '../../../collector/collecting/collected-batch.ts';
import { NatEventBatch } from '../../../collector/collecting/nat-event-batch.ts';
import { copyRow } from '../../../collector/collecting/collected-rows.ts';
import type { Alert } from '../../../collector/detect/alert.ts';
import { detectSchema } from '../../../collector/detect/config.ts';
import { Detection } from '../../../collector/detect/detection.ts';
import { detectStored } from '../../../collector/query/detect-stored.ts';
import { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import type { ScenarioInput } from '../../../lab/scenario/schema.ts';
import { inventoryOf } from '../../../lab/world/inventory.ts';
import { runWorld, SMALL } from '../../support/small-world.ts';
import { batchOf, ip, NINE, type HandMadeFlow } from '../support/flows.ts';

const OFFICE = {
  inside: [{ first: ip('10.0.0.0'), last: ip('10.0.255.255') }],
  inventory: [{ name: 'Sarah', address: '10.0.0.22', department: '' }],
  policy: { forbidden: ['bittorrent'] },
};
const NOTHING_NAMED = { applications: [], names: new Map() };
const newDetection = (config = {}): Detection => new Detection(OFFICE, NOTHING_NAMED, detectSchema.parse(config));

/** What does not depend on which row came first. */
const withoutRaise = (alerts: readonly Alert[]): unknown[] =>
  alerts
    .map(({ id: _, raisedAtMs: __, ...alert }) => alert)
    .sort((one, other) => (one.kind + one.target < other.kind + other.target ? -1 : 1));

/** An hour in which nearly everything happens that contacts tell, each flow some seconds after the one before. */
function busyHour(): HandMadeFlow[] {
  const inside = '10.0.0.22';
  const flow = (startS: number, rest: Partial<HandMadeFlow>): HandMadeFlow => ({
    direction: 'up',
    inside,
    insidePort: 40_000 + (Math.round(startS * 10) % 20_000),
    server: '192.0.2.1',
    serverPort: 443,
    octets: 40,
    packets: 1,
    startS,
    endS: startS,
    tcpControlBits: 0x02,
    ...rest,
  });
  const times = (count: number, of: (index: number) => HandMadeFlow): HandMadeFlow[] =>
    Array.from({ length: count }, (_, index) => of(index));
  return [
    ...times(200, (index) => flow(index / 10, { serverPort: 1 + index })),
    ...times(200, (index) => flow(600 + index / 10, { server: `198.51.100.${index}`, serverPort: 445 })),
    ...times(60, (index) => flow(1_200 + 3 * index, { serverPort: 22, packets: 12, octets: 2_600, tcpControlBits: 0x1b })),
    ...times(60, (index) =>
      flow(1_800 + index / 10, { direction: 'down', isDropped: true, insidePort: 1 + index, serverPort: 50_000 }),
    ),
    ...times(300, (index) => flow(2_400 + index / 10, { direction: 'down', isDropped: true, insidePort: 80, packets: 20, server: `198.51.${index >> 8}.${index & 255}` })), // prettier-ignore
    ...times(20, (index) =>
      flow(3_000 + index, { server: `203.0.113.${10 + index}`, serverPort: 6_882, packets: 30, octets: 30_000 }),
    ),
    ...times(20, (index) => flow(3_000 + index, { inside: '10.0.7.7', packets: 10, tcpControlBits: 0x1b })),
  ];
}

function partOf(batch: CollectedBatch, rows: readonly number[]): CollectedBatch {
  const part = new CollectedBatch(Math.max(1, rows.length));
  for (const row of rows) copyRow(batch, row, part, part.length++);
  return part;
}

describe('the alerts of an hour', () => {
  const hour = busyHour();
  const batch = batchOf(hour);
  const rows = hour.map((_, row) => row);
  const whole = newDetection();
  whole.handle(batch);
  whole.settle();

  test('are of every kind that contacts tell', () => {
    expect(whole.alerts.map(({ kind }) => kind).sort()).toEqual(
      ['brute-force', 'forbidden-service', 'host-scan', 'inbound-scan', 'port-scan', 'syn-flood', 'unknown-device'].sort(),
    );
  });

  test('are the same in whatever batches the rows come', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(sizes, (lengths) => {
        const detection = newDetection();
        for (let at = 0, turn = 0; at < rows.length; turn++) {
          const end = at + (lengths[turn % lengths.length] as number);
          detection.handle(partOf(batch, rows.slice(at, end)));
          at = end;
        }
        detection.settle();
        expect(detection.alerts).toEqual(whole.alerts);
      }),
      { numRuns: 25 },
    );
  });

  test('are the same when rows come up to half a minute late, whatever is said when', () => {
    const lateness = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: hour.length, maxLength: hour.length });
    fc.assert(
      fc.property(lateness, (late) => {
        const came = (row: number): number => (hour[row]?.endS ?? 0) + (late[row] ?? 0);
        const detection = newDetection();
        detection.handle(
          partOf(
            batch,
            rows.toSorted((one, other) => came(one) - came(other) || one - other),
          ),
        );
        detection.settle();
        expect(withoutRaise(detection.alerts)).toEqual(withoutRaise(whole.alerts));
      }),
      { numRuns: 25 },
    );
  });

  test('are as many when every record comes twice', () => {
    const detection = newDetection();
    detection.handle(partOf(batch, rows.flatMap((row) => [row, row]))); // prettier-ignore
    detection.settle();
    expect(detection.alerts.map(({ id }) => id).sort()).toEqual(whole.alerts.map(({ id }) => id).sort());
  });

  test('come out once when they are raised and once when they grew', () => {
    const detection = newDetection();
    detection.handle(partOf(batch, rows.slice(0, 100)));
    expect(detection.poll()).toMatchObject({
      kind: 'port-scan',
      target: '192.0.2.1',
      lastSeenMs: NINE + 9_900,
    });
    expect(detection.poll()).toBeUndefined();
    detection.handle(partOf(batch, rows.slice(100, 150)));
    expect(detection.poll()).toMatchObject({ kind: 'port-scan', sentence: 'Sarah scanned 150 ports of 192.0.2.1' });
    expect(detection.poll()).toBeUndefined();
  });
});

test('a million invented addresses take no more memory than there is for them, and hide no scan', () => {
  const detection = newDetection();
  const flood = new CollectedBatch(10_000);
  const scan = busyHour().slice(0, 200);
  const probes = batchOf(scan);
  for (let chunk = 0; chunk < 100; chunk++) {
    flood.length = flood.capacity;
    for (let row = 0; row < flood.length; row++) {
      flood.sourceAddress[row] = 0xc800_0000 + (((chunk * flood.length + row) * 2_654_435_761) % 0x0fff_ffff);
      flood.destinationAddress[row] = ip('203.0.113.2');
      flood.protocol[row] = 6;
      flood.tcpControlBits[row] = 0x02;
      flood.packetDeltaCount[row] = 1;
      flood.octetDeltaCount[row] = 40;
      flood.destinationPort[row] = row % 7_919;
      flood.flowStartMs[row] = flood.flowEndMs[row] = 1_772_442_000_000 + chunk * 100;
    }
    detection.handle(flood);
    detection.handle(partOf(probes, [2 * chunk, 2 * chunk + 1]));
  }
  const { forgottenAddresses, forgottenKeys } = detection.counters;
  expect(forgottenAddresses).toBeGreaterThan(800_000);
  expect(forgottenKeys).toBeGreaterThan(900_000);
  expect(detection.alerts.filter(({ kind }) => kind === 'port-scan')).toMatchObject([{ target: '192.0.2.1' }]);
  expect(detection.alerts.length).toBeLessThan(10_000);
});

test('who sent the most while ports ran out is told days later and of a store as well', async () => {
  // Of other sizes each time: nothing that is alike.
  const flow = (startS: number): HandMadeFlow => ({ direction: 'up', inside: '10.0.0.22', server: '192.0.2.1', serverPort: 443, octets: 500 * (1 + ((startS * 7) / 60) % 11), startS, endS: startS }); // prettier-ignore
  const busy = batchOf(Array.from({ length: 60 }, (_, index) => flow(index)));
  const later = batchOf(Array.from({ length: 3_000 }, (_, minute) => flow(3_600 + 60 * minute)));
  const events = new NatEventBatch(1);
  events.length = 1;
  events.kind[0] = events.natEvent[0] = 12;
  events.publicAddress[0] = ip('203.0.113.2');
  events.observationTimeMs[0] = NINE + 30_000;
  events.receivedAtUs[0] = (NINE + 59_000) * 1_000;
  const live = newDetection();
  live.handle(busy);
  live.handleNatEvents(events);
  const then = live.alerts;
  live.handle(later);
  expect(then[0]?.evidence[1]).toBe('most was sent meanwhile by Sarah (60 flows)');
  expect(live.alerts).toEqual(then);
  const store = await DuckDbStore.open(':memory:');
  for (const batch of [busy, later]) await store.append(batch);
  await store.appendNatEvents(events);
  const stored = newDetection();
  await detectStored(store, stored);
  store.close();
  expect(stored.alerts).toEqual(then);
});

const NOISY: ScenarioInput = {
  ...SMALL,
  office: {
    employees: 5,
    devices: [
      {
        name: 'unlisted computer',
        ip: '10.0.9.77',
        kind: 'single-board computer',
        activities: [
          { do: 'portScan', at: '09:05', target: '198.18.200.10', ports: 200, perSecond: 50 },
          { do: 'bruteForce', at: '09:12', target: '198.18.200.22', attempts: 60, perMinute: 60 },
        ],
      },
    ],
    outside: [{ do: 'inboundScan', at: '09:20', ports: 200, perSecond: 20 }],
  },
};

test('a run says what its store says when it is asked later', async () => {
  const { world, site, scenario, store } = await runWorld(NOISY);
  const alerts = world.alertsOf(site).map(({ flowIds: _, ...alert }) => alert);
  expect(alerts.map(({ kind }) => kind).sort()).toEqual(['brute-force', 'inbound-scan', 'port-scan', 'unknown-device']);
  const { inside, exporter } = site.config;
  const watched = { inside, exporter, inventory: inventoryOf(site), policy: scenario.collector.policy };
  const detection = new Detection(watched, world.collecting, scenario.collector.detect);
  await detectStored(store, detection, exporter);
  store.close();
  expect(detection.alerts.map(({ flowIds: _, ...alert }) => alert)).toEqual(alerts);
  expect(detection.alerts.every(({ flowIds }) => flowIds.length > 0)).toBe(true);
});
