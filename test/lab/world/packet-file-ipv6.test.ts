import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { formatAddress, isIPv6 } from '../../../core/net/address-book.ts';
import { embeddedIPv4 } from '../../../core/net/nat64-address.ts';
import { octetsOfFirst, packetsBy, type PacketTrain } from '../../../core/net/packet-train.ts';
import { Random } from '../../../core/random/random.ts';
import { NS_PER_S, trueNs } from '../../../core/time/instant.ts';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';
import { BranchOffice } from '../../../exporter/branch-office.ts';
import { nat64PrefixOf, routerSchema } from '../../../exporter/config.ts';
import { officeSchema } from '../../../exporter/office/config.ts';
import { Office } from '../../../exporter/office/office.ts';
import { Router } from '../../../exporter/router.ts';
import { PacketFile } from '../../../lab/world/packet-file.ts';
import { hasProgram } from '../../support/outside-program.ts';

const EPOCH = { unixMs: Date.UTC(2026, 2, 2, 9) };
const END = trueNs(240 * NS_PER_S);
const FIELDS = ['ip.src', 'ip.dst', 'ipv6.src', 'ipv6.dst', 'frame.len', '_ws.malformed'];

type Flows = Record<string, { packets: number; octets: number }>;

function add(flows: Flows, source: string, destination: string, packets: number, octets: number): void {
  const flow = (flows[`${source} ${destination}`] ??= { packets: 0, octets: 0 });
  flow.packets += packets;
  flow.octets += octets;
}

/** What a train comes to on one side of the router, by hand: behind NAT64, IPv4 with headers 20 octets shorter. */
function count(flows: Flows, train: PacketTrain, publicAddress: number, isLan: boolean): void {
  const { connection, direction } = train;
  const packets = packetsBy(train, trueNs(END - 1));
  const isNat64 = !isLan && isIPv6(connection.insideAddress) && !isIPv6(publicAddress);
  const near = formatAddress(isLan ? connection.insideAddress : publicAddress);
  const far = formatAddress(isNat64 ? embeddedIPv4(connection.serverAddress) : connection.serverAddress);
  const ends = direction === 'up' ? ([near, far] as const) : ([far, near] as const);
  if (packets > 0) add(flows, ...ends, packets, octetsOfFirst(train, packets) - (isNat64 ? 20 * packets : 0));
}

test.skipIf(!hasProgram('tshark')).each([
  ['dual-stack', 'lan'],
  ['ipv6-only', 'lan'],
  ['ipv6-only', 'wan'],
] as const)('%s, seen on the %s side: tshark counts what the trains say and finds nothing wrong', (mode, point) => {
  const directory = mkdtempSync(join(tmpdir(), 'flowlab-ipv6-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'office.pcap');
  const config = routerSchema.parse({ nat64: { enabled: mode === 'ipv6-only' } });
  const office = new Office({
    office: officeSchema.parse({ employees: 6, ipv6: { mode } }),
    people: [],
    random: new Random(1),
    epoch: EPOCH,
    duration: END,
    nat64Prefix: nat64PrefixOf(config),
  });
  const router = new Router(config, new VirtualClock(), EPOCH, trueNs(0), new Random(2));
  const file = new PacketFile(path, EPOCH, point);
  const expected: Flows = {};
  const branch = new BranchOffice(office, router, {
    passed(train, publicAddress, publicPort) {
      count(expected, train, publicAddress, point === 'lan');
      file.passed(train, publicAddress, publicPort);
    },
    dropped: () => undefined,
    refused: () => undefined,
  });
  for (let at = branch.nextTimeout(); at !== undefined && at < END; at = branch.nextTimeout()) {
    branch.handleTimeout(at);
    while (branch.poll() !== undefined);
  }
  file.finish(END);
  file.close();

  const checks = ['ip', 'tcp', 'udp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`]);
  const fields = FIELDS.flatMap((field) => ['-e', field]);
  const options = { encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
  const seen = spawnSync('tshark', ['-r', path, ...checks, '-T', 'fields', ...fields], options);
  expect(seen.status).toBe(0);
  const flows: Flows = {};
  for (const line of seen.stdout.split('\n').slice(0, -1)) {
    const [source4, destination4, source6, destination6, length, malformed] = line.split('\t') as string[];
    expect(malformed).toBe('');
    add(flows, source4 || (source6 as string), destination4 || (destination6 as string), 1, Number(length));
  }
  expect(Object.keys(flows).length).toBeGreaterThan(10);
  expect(flows).toEqual(expected);
  const wrong = spawnSync('tshark', ['-r', path, ...checks, '-Y', '_ws.expert.severity >= "Warning"'], options);
  expect(wrong.stdout).toBe('');
});
