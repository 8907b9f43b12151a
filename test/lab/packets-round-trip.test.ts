import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CollectingProcess } from '../../collector/collecting/collecting-process.ts';
import { collectingSchema } from '../../collector/collecting/config.ts';
import { DuckDbStore } from '../../collector/store/duckdb-store.ts';
import { CaptureReader } from '../../core/net/capture/capture-reader.ts';
import type { CapturePoint } from '../../core/net/train-packets/packet-writer.ts';
import { packetsBy, octetsOfFirst } from '../../core/net/packet-train.ts';
import { trueNs } from '../../core/time/instant.ts';
import { CapturedTraffic, epochOf, type PacketPath } from '../../exporter/captured-traffic.ts';
import { exporterSchema } from '../../exporter/capture-config.ts';
import { RouterPath } from '../../exporter/router-path.ts';
import { SeenPath } from '../../exporter/seen-path.ts';
import { parseDuration } from '../../lab/scenario/duration.ts';
import { scenarioSchema, type ScenarioInput } from '../../lab/scenario/schema.ts';
import { DOWN } from '../../lab/verify/ledger.ts';
import { paceOf } from '../../lab/world/pace.ts';
import { Tempo } from '../../lab/world/tempo.ts';
import { PacketFile } from '../../lab/world/packet-file.ts';
import { World } from '../../lab/world/world.ts';
import { naivePackets, NaiveTcp } from '../support/naive-packets.ts';
import { SMALL } from '../support/small-world.ts';

/** Written to a capture, read back and metered: the flows must be the ledger's, packet for packet and octet for octet. */
const SCENARIO: ScenarioInput = {
  ...SMALL,
  duration: '8m',
  office: { employees: 5, outside: [{ do: 'inboundScan', at: '08:56', ports: 40 }] },
  people: [{ name: 'Sarah', activities: [{ do: 'sendMail', at: '08:57', count: 3, kilobytesEach: 40 }] }],
};

const ROUTER = exporterSchema.parse({});
const INSIDE = { address: 0x0a000000, length: 16 };
const FILE_HEADER_OCTETS = 24;

let directory: string;
const seen = {} as Record<CapturePoint, { world: World; capture: Buffer }>;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'flowlab-round-trip-'));
  for (const point of ['lan', 'wan'] as const) seen[point] = await captured(point);
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The same office each time, its packets captured on one side of the router. */
async function captured(point: CapturePoint): Promise<{ world: World; capture: Buffer }> {
  const scenario = scenarioSchema.parse(SCENARIO);
  const path = join(directory, `${point}.pcap`);
  const store = await DuckDbStore.open(':memory:');
  let file: PacketFile | undefined;
  const packets = (epoch: World['epoch']): PacketFile => (file = new PacketFile(path, epoch, point));
  const world = new World(scenario, parseDuration(scenario.duration), store, { capture: () => undefined, packets });
  await world.run(paceOf(new Tempo('max'), undefined, () => undefined));
  file?.close();
  store.close();
  return { world, capture: readFileSync(path) };
}

/** Packets and octets of each 5-tuple in each direction. */
type Flows = Record<string, { packets: number; octets: number }>;

function add(flows: Flows, tuple: readonly number[], packets: number, octets: number): void {
  const flow = (flows[tuple.join(' ')] ??= { packets: 0, octets: 0 });
  flow.packets += packets;
  flow.octets += octets;
}

/** What the ledger's trains come to up to the end of the run, by the office's endpoint on one side of the router. */
function ledgerFlows(point: CapturePoint): Flows {
  const { connections, trains, length, endNs } = seen[point].world.headquarters.ledger;
  const flows: Flows = {};
  for (let train = 0; train < length; train++) {
    const connection = trains.connection.at(train);
    // What nobody inside got was never on the inside.
    const isDropped = connections.device.at(connection) === 0xffff_ffff;
    if (isDropped && point === 'lan') continue;
    const shape = {
      startNs: trueNs(trains.startNs.at(train)),
      intervalNs: trains.intervalNs.at(train),
      packets: trains.packets.at(train),
      octets: trains.octets.at(train),
    };
    const packets = packetsBy(shape, trueNs(endNs - 1));
    const isLan = point === 'lan';
    const near = isLan
      ? [connections.insideAddress.at(connection), connections.insidePort.at(connection)]
      : [trains.publicAddress.at(train), trains.publicPort.at(train)];
    const far = [connections.serverAddress.at(connection), connections.serverPort.at(connection)];
    const ends = trains.direction.at(train) === DOWN ? [...far, ...near] : [...near, ...far];
    if (packets > 0) add(flows, [connections.protocol.at(connection), ...ends], packets, octetsOfFirst(shape, packets));
  }
  return flows;
}

/** Reads a capture as the exporter does and shows it to `path`; returns what the collector gets, by the addresses inside. */
function meter(capture: Uint8Array, pathFor: (epoch: World['epoch']) => PacketPath): { flows: Flows; passed: object } {
  const reader = new CaptureReader();
  const collecting = new CollectingProcess(collectingSchema.parse({}));
  let traffic: CapturedTraffic | undefined;
  let path: PacketPath | undefined;
  const flows: Flows = {};
  const collect = (): void => {
    for (let message = path?.poll(); message !== undefined; message = path?.poll())
      collecting.handle({ payload: message, source: 'here', receivedAtUs: 0 });
    collecting.flush();
    for (let batch = collecting.poll(); batch !== undefined; batch = collecting.poll()) {
      for (let row = 0; row < batch.length; row++) {
        const at = (column: keyof typeof batch): number => (batch[column] as Float64Array)[row] as number;
        const destinationAddress = at('postNatDestinationAddress') || at('destinationAddress');
        const destinationPort = at('postNaptDestinationPort') || at('destinationPort');
        const tuple = [at('protocol'), at('sourceAddress'), at('sourcePort'), destinationAddress, destinationPort];
        add(flows, tuple, at('packetDeltaCount'), at('octetDeltaCount'));
      }
      collecting.release(batch);
    }
  };
  reader.handle(capture);
  while (reader.next()) {
    path ??= pathFor(epochOf(reader.frame));
    traffic ??= new CapturedTraffic(path, epochOf(reader.frame));
    const now = traffic.timeOf(reader.frame);
    for (let due = path.nextTimeout(); due <= now; due = path.nextTimeout()) path.handleTimeout(due);
    traffic.handle(now, reader.frame);
    collect();
  }
  path?.flush(traffic?.now ?? trueNs(0));
  collect();
  return { flows, passed: Object.fromEntries(traffic?.counts.passed ?? []) };
}

describe.each(['lan', 'wan'] as const)('captured on the %s side', (point) => {
  test('has the packets of the ledger, metered as they are seen', () => {
    const { flows, passed } = meter(seen[point].capture, (epoch) => new SeenPath(ROUTER, epoch));
    expect(Object.keys(flows).length).toBeGreaterThan(40);
    expect(flows).toEqual(ledgerFlows(point));
    expect(passed).toEqual({});
  });

  test('has right checksums, TCP numbers without gap or overlap, and counted Identifications', () => {
    const tcp = new NaiveTcp();
    const identifications = new Map<string, number>();
    let lastNs = 0n;
    const wrong: string[] = [];
    for (const packet of naivePackets(seen[point].capture.subarray(FILE_HEADER_OCTETS))) {
      const { atNs, protocol, source, sourcePort, destination, destinationPort, identification, checksumsHold } = packet;
      const name = [protocol, source, sourcePort, destination, destinationPort].join(' ');
      if (!checksumsHold) wrong.push(`${name} at ${atNs}: checksum`);
      if (atNs < lastNs) wrong.push(`${name} at ${atNs}: before the packet before it`);
      const expected = identifications.get(name);
      if (protocol === 6 && expected !== undefined && identification !== expected)
        wrong.push(`${name} at ${atNs}: identification`);
      identifications.set(name, (identification + 1) % 65_536);
      if (protocol === 6) tcp.segment(packet);
      lastNs = atNs;
    }
    expect(wrong).toEqual([]);
    expect(tcp.wrong).toEqual([]);
  });
});

test('the inside, sent through a router of ours, has the packets of the ledger', () => {
  const { flows, passed } = meter(seen.lan.capture, (epoch) => new RouterPath(ROUTER, INSIDE, epoch));
  expect(flows).toEqual(ledgerFlows('lan'));
  expect(passed).toEqual({});
});

test('what the router dropped is outside alone', () => {
  const scan = Object.keys(ledgerFlows('wan')).filter((name) => name.startsWith(`6 ${0xc0000242} `));
  expect(scan).toHaveLength(40);
});
