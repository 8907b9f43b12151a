import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { collectingSchema } from '../../../collector/collecting/config.ts';
import { CollectingProcess } from '../../../collector/collecting/collecting-process.ts';
import { formatEndpoint } from '../../../core/net/endpoint.ts';
import { runLoad, type LoadOptions } from '../../../exporter/io/load-run.ts';
import { DatagramReceiverPool } from '../../../runtime/dgram-socket-pool/index.ts';

const EXPORTERS = 5;

/** A run into our own collector, with the truth beside what it got. */
async function loaded(options: Partial<LoadOptions>) {
  const directory = mkdtempSync(join(tmpdir(), 'flowlab-load-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
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
  const result = await runLoad(
    {
      flowsPerS: 10_000,
      target: receivers.endpoint,
      seconds: 1,
      exporters: EXPORTERS,
      protocol: 'ipfix',
      seed: 1,
      ledger,
      ...options,
    },
    new AbortController().signal,
  );
  await new Promise((resolve) => setTimeout(resolve, 200));
  const lines = readFileSync(ledger, 'utf8').trimEnd().split('\n').slice(1).slice(-EXPORTERS);
  return { result, collecting, flowsBySource, lines: lines.map((line) => line.split(',')) };
}

test('every exporter tells of as many flows as the ledger says, from an address and a domain of its own', async () => {
  const { result, collecting, flowsBySource, lines } = await loaded({});
  const { flows, packets, octets, lost, malformed } = collecting.counters;
  expect({ flows, packets, octets, lost, malformed }).toEqual({
    flows: result.flows,
    packets: result.packets,
    octets: result.octets,
    lost: 0,
    malformed: 0,
  });
  expect(lines.map(([, , source, , , , sent]) => [source, Number(sent)])).toEqual([...flowsBySource].sort());
  expect(new Set(lines.map(([, , , domain]) => domain)).size).toBe(EXPORTERS);
  expect(new Set([...flowsBySource.keys()].map((source) => source.split(':')[0])).size).toBe(EXPORTERS);
});

test('it does not send more than the rate', async () => {
  const { result } = await loaded({ flowsPerS: 5_000 });
  expect(result.flows).toBeLessThanOrEqual(5_000 * result.seconds);
  expect(result.flows).toBeGreaterThan(0);
});

test('a ledger that cannot be written leaves no socket open', async () => {
  const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name.startsWith('UDP')).length;
  const before = sockets();
  const target = { address: '127.0.0.1', port: 9 };
  const options = {
    flowsPerS: 1,
    target,
    seconds: 1,
    exporters: 3,
    protocol: 'ipfix',
    seed: 1,
    ledger: '/nowhere/l.csv',
  } as const;
  await expect(runLoad(options, new AbortController().signal)).rejects.toThrow('cannot write /nowhere/l.csv: ENOENT');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(sockets()).toBeLessThanOrEqual(before);
});
