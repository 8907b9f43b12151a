import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { collectingSchema } from '../../../collector/collecting/config.ts';
import { CollectingProcess } from '../../../collector/collecting/collecting-process.ts';
import { formatEndpoint } from '../../../core/net/endpoint.ts';
import { exportingSchema } from '../../../exporter/exporting/config.ts';
import { runLoad, type LoadOptions, type LoadResult } from '../../../exporter/io/load-run.ts';
import { DatagramReceiverPool } from '../../../runtime/dgram-socket-pool/index.ts';

const EXPORTERS = 5;

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'flowlab-load-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

const run = (options: Pick<LoadOptions, 'target'> & Partial<LoadOptions>): Promise<LoadResult> =>
  runLoad(
    {
      flowsPerS: 10_000,
      seconds: 1,
      exporters: EXPORTERS,
      exporting: exportingSchema.parse({ profile: 'lean' }),
      seed: 1,
      ledger: undefined,
      flowLedger: undefined,
      ...options,
    },
    new AbortController().signal,
  );

/** The lines of a CSV file by the names of its header. */
function readCsv(path: string): Record<string, string>[] {
  const [header = '', ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const names = header.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, index) => [names[index], value])));
}

/** A flow as the wire tells it, for comparison. */
type Told = readonly (string | number)[];

/** A run into our own collector, with the truth beside what it got. */
async function loaded(options: Partial<LoadOptions>) {
  const directory = temporaryDirectory();
  const collecting = new CollectingProcess(collectingSchema.parse({ maxWaitingBatches: 65_536 }));
  const flowsBySource = new Map<string, number>();
  const receivers = await DatagramReceiverPool.open({
    address: '127.0.0.1',
    port: 0,
    receiveBufferOctets: 4_194_304,
    onDatagram: (payload, source, receivedAtUs) => {
      const before = collecting.counters.flows;
      collecting.handle({ payload, source: formatEndpoint(source), receivedAtUs });
      const key = formatEndpoint(source);
      flowsBySource.set(key, (flowsBySource.get(key) ?? 0) + collecting.counters.flows - before);
    },
  });
  onTestFinished(() => receivers.close());
  const ledger = join(directory, 'ledger.csv');
  const result = await run({ target: receivers.endpoint, ledger, flowLedger: directory, ...options });
  await new Promise((resolve) => setTimeout(resolve, 200));
  return { result, collecting, flowsBySource, lines: readCsv(ledger).slice(-EXPORTERS), directory };
}

test('every exporter tells of as many flows as the ledger says, from an address and a domain of its own', async () => {
  const { result, collecting, flowsBySource, lines } = await loaded({});
  const { flows, packets, octets, lost, malformed } = collecting.counters;
  const { accepted, refused } = result;
  expect({ flows, packets, octets, lost, malformed, refused: refused.messages }).toEqual({
    flows: accepted.flows,
    packets: accepted.packets,
    octets: accepted.octets,
    lost: 0,
    malformed: 0,
    refused: 0,
  });
  expect(lines.map(({ source, flows }) => [source, Number(flows)])).toEqual([...flowsBySource].sort());
  expect(new Set(lines.map(({ domain }) => domain)).size).toBe(EXPORTERS);
  expect(new Set([...flowsBySource.keys()].map((source) => source.split(':')[0])).size).toBe(EXPORTERS);
});

test('the flow ledger has every flow as it was told', async () => {
  const { collecting, directory } = await loaded({ flowsPerS: 50_000 });
  const mix = readCsv(join(directory, 'mix.csv'));
  const told: Told[] = [];
  for (const { sent_ms, first_row, flows, accepted } of readCsv(join(directory, 'messages.csv'))) {
    expect(accepted).toBe('1');
    for (let flow = 0; flow < Number(flows); flow++) {
      const row = mix[(Number(first_row) + flow) % mix.length]!;
      const startMs = Number(sent_ms) - Number(row['started_ago_ms']);
      told.push([row['source_port']!, row['destination_port']!, row['octets']!, row['packets']!, startMs].map(Number));
    }
  }
  collecting.flush();
  const got: Told[] = [];
  for (let batch = collecting.poll(); batch !== undefined; batch = collecting.poll()) {
    for (let row = 0; row < batch.length; row++) {
      const { sourcePort, destinationPort, octetDeltaCount, packetDeltaCount, flowStartMs } = batch;
      got.push([sourcePort, destinationPort, octetDeltaCount, packetDeltaCount, flowStartMs].map((column) => column[row]!));
    }
  }
  expect(told.length).toBeGreaterThan(0);
  const sorted = (flows: Told[]): string[] => flows.map((flow) => flow.join(' ')).sort();
  expect(sorted(got)).toEqual(sorted(told));
});

test('what the system refuses is told apart, exactly', async () => {
  const closed = await DatagramReceiverPool.open({ address: '127.0.0.1', port: 0, onDatagram: () => undefined });
  const target = closed.endpoint;
  await closed.close();
  const directory = temporaryDirectory();
  const ledger = join(directory, 'ledger.csv');
  const { accepted, refused } = await run({ target, flowsPerS: 100_000, ledger, flowLedger: directory });
  expect(refused.messages).toBeGreaterThan(0);
  const messages = readCsv(join(directory, 'messages.csv'));
  const flowsOf = (isAccepted: string): number =>
    messages.filter(({ accepted }) => accepted === isAccepted).reduce((sum, { flows }) => sum + Number(flows), 0);
  expect([flowsOf('1'), flowsOf('0')]).toEqual([accepted.flows, refused.flows]);
  expect(messages).toHaveLength(accepted.messages + refused.messages);
  const lines = readCsv(ledger).slice(-EXPORTERS);
  const sumOf = (name: string): number => lines.reduce((sum, line) => sum + Number(line[name]), 0);
  expect([sumOf('octets'), sumOf('refused_octets')]).toEqual([accepted.octets, refused.octets]);
});

test('the flows come round again, with other protocols and Templates too', async () => {
  for (const exporting of [{ protocol: 'netflow-v9' }, { profile: 'mikrotik' }, { protocol: 'netflow-v5' }]) {
    const { accepted } = await run({
      target: { address: '127.0.0.1', port: 9 },
      flowsPerS: Infinity,
      exporters: 1,
      exporting: exportingSchema.parse(exporting),
    });
    expect(accepted.flows).toBeGreaterThan(0);
  }
});

test('it does not send more than the rate', async () => {
  const { result } = await loaded({ flowsPerS: 5_000 });
  expect(result.accepted.flows).toBeLessThanOrEqual(5_000 * result.seconds);
  expect(result.accepted.flows).toBeGreaterThan(0);
});

test('Templates of many exporters do not take the place of flows', async () => {
  const { accepted, refused } = await run({ target: { address: '127.0.0.1', port: 9 }, flowsPerS: 1_000, exporters: 64 });
  expect(accepted.flows + refused.flows).toBeGreaterThan(500);
});

test('counters too small for the flows are refused with a sentence', async () => {
  const exporting = exportingSchema.parse({ fields: ['flowEnd', 'octetDeltaCount:2', 'packetDeltaCount'] });
  const target = { address: '127.0.0.1', port: 9 };
  await expect(run({ target, exporting })).rejects.toThrow('a load needs at least 4 octets for octetDeltaCount');
});

test('a ledger that cannot be written leaves no socket open', async () => {
  const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name.startsWith('UDP')).length;
  const before = sockets();
  const target = { address: '127.0.0.1', port: 9 };
  await expect(run({ target, ledger: '/nowhere/l.csv' })).rejects.toThrow('cannot write /nowhere/l.csv: ENOENT');
  await expect(run({ target, flowLedger: '/dev/null/l' })).rejects.toThrow('cannot write /dev/null/l: ENOTDIR');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(sockets()).toBeLessThanOrEqual(before);
});
