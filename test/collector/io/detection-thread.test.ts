import { afterAll, beforeAll, expect, test } from 'vitest';
import { CollectedBatch } from '../../../collector/collecting/collected-batch.ts';
import { NatEventBatch } from '../../../collector/collecting/nat-event-batch.ts';
import type { Label } from '../../../collector/collecting/label.ts';
import { Detection } from '../../../collector/detect/detection.ts';
import { detectSchema } from '../../../collector/detect/config.ts';
import { DetectionThread } from '../../../collector/io/detection-thread.ts';
import { parseRange } from '../../../core/net/stored-address.ts';
import { batchOf, ip, NINE, type HandMadeFlow } from '../support/flows.ts';

const threads: DetectionThread[] = [];
afterAll(() => Promise.all(threads.map((thread) => thread.settle())));

const OFFICE = {
  inside: [parseRange('10.0.0.0/16')!],
  inventory: [{ name: 'John', address: '10.0.0.21', department: 'Marketing' }],
  policy: { forbidden: ['bittorrent'] },
};
const NAMED: Label = {
  exporter: { ipv4: 0, ipv6: undefined },
  observationDomainId: 0,
  kind: 'application',
  id: 77,
  name: 'bittorrent',
  learntAtUs: 0,
};

function newThread(config = {}): DetectionThread {
  const thread = new DetectionThread({ watched: OFFICE, config: detectSchema.parse(config), maxNames: 100 });
  threads.push(thread);
  return thread;
}

const flow = (rest: Partial<HandMadeFlow>): HandMadeFlow => ({
  direction: 'up',
  inside: '10.0.0.21',
  server: '198.18.200.10',
  serverPort: 443,
  octets: 60,
  packets: 1,
  startS: 0,
  endS: 0,
  ...rest,
});
/** A scan by John, a device in no inventory, and what the exporter names as forbidden. */
const BATCHES = [
  Array.from({ length: 200 }, (_, port) =>
    flow({ serverPort: port + 1, startS: port / 50, endS: port / 50, tcpControlBits: 0x02 }),
  ),
  [flow({ inside: '10.0.9.77', octets: 5_000, packets: 10, startS: 10, endS: 12 })],
  [flow({ applicationId: 77, octets: 9_000_000, packets: 9_000, serverPort: 9_999, startS: 20, endS: 300 })],
].map(batchOf);
const EXHAUSTED = new NatEventBatch(1);

beforeAll(() => {
  EXHAUSTED.length = 1;
  EXHAUSTED.kind[0] = EXHAUSTED.natEvent[0] = 12;
  EXHAUSTED.publicAddress[0] = ip('203.0.113.2');
  EXHAUSTED.observationTimeMs[0] = NINE + 400_000;
  EXHAUSTED.receivedAtUs[0] = (NINE + 400_500) * 1_000;
});

test('tells what detection tells that is asked directly, names and NAT events included', async () => {
  const direct = new Detection(
    OFFICE,
    { applications: [{ exporter: 0, observationDomainId: 0, id: 77, name: 'bittorrent' }], names: new Map() },
    detectSchema.parse({}),
  );
  const thread = newThread();
  thread.learn([NAMED]);
  for (const batch of BATCHES) {
    direct.handle(batch);
    thread.handle(batch);
  }
  direct.handleNatEvents(EXHAUSTED);
  thread.handleNatEvents(EXHAUSTED);
  direct.settle();
  await thread.settle();
  expect(direct.alerts.map(({ kind }) => kind).sort()).toEqual([
    'forbidden-service',
    'port-exhaustion',
    'port-scan',
    'unknown-device',
  ]);
  expect(thread.alerts).toEqual(direct.alerts);
  expect(thread.unwatchedRows).toBe(0);
  expect(thread.failure).toBeUndefined();
});

test('a batch may be used again as soon as it is given', async () => {
  const thread = newThread();
  const [scan] = BATCHES;
  const batch = new CollectedBatch(scan!.capacity);
  for (const [name, column] of Object.entries(scan!))
    if (ArrayBuffer.isView(column)) batch[name as 'protocol'].set(column as Uint8Array);
  batch.length = scan!.length;
  thread.handle(batch);
  batch.sourcePort.fill(0);
  batch.destinationPort.fill(0);
  batch.length = 0;
  await thread.settle();
  expect(thread.alerts.map(({ kind }) => kind)).toEqual(['port-scan']);
});

test('what comes faster than it is looked at is left out and counted, and nobody waits', async () => {
  const thread = newThread({ maxWaitingRows: 1_024 });
  const many = batchOf(Array.from({ length: 1_000 }, (_, row) => flow({ server: `198.18.${row % 250}.9` })));
  for (let round = 0; round < 10; round++) thread.handle(many);
  // The first waits; the thread cannot have said anything in between.
  expect(thread.unwatchedRows).toBe(9_000);
  await thread.settle();
  thread.handle(many);
  expect(thread.unwatchedRows).toBe(9_000);
});

test('collecting goes on when the thread has ended by an error', async () => {
  const nonsense = { ...OFFICE, inventory: [{ name: 'Sarah', address: 'nowhere', department: '' }] };
  const thread = new DetectionThread({ watched: nonsense, config: detectSchema.parse({}), maxNames: 100 });
  const [scan] = BATCHES;
  thread.handle(scan!);
  await thread.settle();
  expect(thread.failure).toMatch(/"nowhere" is not an IPv4 or IPv6 address/);
  expect(thread.unwatchedRows).toBe(scan!.length);
  thread.handle(scan!);
  expect(thread.unwatchedRows).toBe(2 * scan!.length);
});
