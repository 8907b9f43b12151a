import { expect, test } from 'vitest';
import { icmpTypeCodeOf, PROTOCOL_ICMP } from '../../../../core/net/icmp.ts';
import type { PacketTrain } from '../../../../core/net/packet-train.ts';
import { PacketWriter } from '../../../../core/net/train-packets/packet-writer.ts';
import { Random } from '../../../../core/random/random.ts';
import { NS_PER_S, trueNs } from '../../../../core/time/instant.ts';
import { traceRoute } from '../../../../exporter/office/applications/traceroute.ts';
import { joinCustomer } from '../../../../exporter/office/applications/vpn.ts';
import { Host } from '../../../../exporter/office/host.ts';
import { SSH } from '../../../../exporter/office/internet/work-services.ts';
import { ping } from '../../../../exporter/office/transport/icmp.ts';
import { Wire, type Activity } from '../../../../exporter/office/wire.ts';

const END = trueNs(4_000 * NS_PER_S);
const PUBLIC = { address: 0xcb007102, port: 61_000 };
const [TARGET] = SSH.pools.host;
const IPV4_HEADER = 20;

function trainsOf(act: (host: Host) => Activity | undefined): PacketTrain[] {
  const wire = new Wire(END);
  const host = new Host(0, { ipv4: 0x0a00_0015, ipv6: 0, nat64Prefix: undefined }, new Random(3), wire);
  const activity = act(host);
  if (activity !== undefined) host.begin(trueNs(0), activity);
  wire.advance(END);
  const trains: PacketTrain[] = [];
  for (let train = wire.take(END); train !== undefined; train = wire.take(END)) trains.push(train);
  return trains;
}

/** The IP packets as they are on one side of the router. */
function packetsAt(point: 'lan' | 'wan', trains: readonly PacketTrain[]): Buffer[] {
  const writer = new PacketWriter({ unixMs: 0 }, point);
  for (const train of trains) writer.add(train, PUBLIC.address, train.connection.about === undefined ? PUBLIC.port : 0);
  const packets: Buffer[] = [];
  for (let record = writer.next(END); record !== undefined; record = writer.next(END))
    packets.push(Buffer.from(record.subarray(16)));
  return packets;
}

/** All 16-bit words of what a right checksum covers add up to this (RFC 1071). */
function sumOf(octets: Buffer): number {
  let sum = 0;
  for (let at = 0; at + 1 < octets.length; at += 2) sum += octets.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

test('a ping is answered number for number (RFC 792)', () => {
  const trains = trainsOf((host) => void ping(host, trueNs(0), TARGET, 4, NS_PER_S, -1));
  expect(trains.map(({ connection, direction }) => icmpTypeCodeOf(connection, direction))).toEqual([0x0800, 0x0000]);
  const messages = packetsAt('wan', trains).map((packet) => packet.subarray(IPV4_HEADER));
  expect(messages.map((message) => [message.readUInt8(0), message.readUInt16BE(4), message.readUInt16BE(6)])).toEqual(
    [1, 2, 3, 4].flatMap((number) => [
      [8, PUBLIC.port, number],
      [0, PUBLIC.port, number],
    ]),
  );
  for (const message of messages) expect(sumOf(message)).toBe(0xffff);
});

test('each router on the way says that time is exceeded, the server that nobody listens (RFC 1812 section 5.2.7.1)', () => {
  const trains = trainsOf((host) => traceRoute(host, trueNs(0), TARGET, new Random(1)));
  const probes = trains.filter(({ connection }) => connection.about === undefined);
  const timesToLive = probes.map(({ connection }) => connection.timeToLive);
  expect(timesToLive).toEqual(timesToLive.map((_, index) => 2 + Math.floor(index / 3)));
  const errors = trains.filter(({ connection }) => connection.about !== undefined);
  const codes = errors.map(({ connection, direction }) => icmpTypeCodeOf(connection, direction));
  expect(codes.slice(-3)).toEqual([0x0303, 0x0303, 0x0303]);
  expect(new Set(codes.slice(0, -3))).toEqual(new Set([0x0b00]));
  for (const { connection } of errors.slice(-3)) expect(connection.serverAddress).toBe(TARGET.address);
});

test.each(['lan', 'wan'] as const)('an error seen on the %s carries the headers of the very packet it is about', (point) => {
  const packets = packetsAt(point, trainsOf((host) => traceRoute(host, trueNs(0), TARGET, new Random(1)))); // prettier-ignore
  const probes = new Map<number, Buffer>();
  let errors = 0;
  for (const packet of packets) {
    if (packet.readUInt8(9) !== PROTOCOL_ICMP) {
      probes.set(packet.readUInt16BE(IPV4_HEADER + 2), packet);
      continue;
    }
    errors++;
    expect(sumOf(packet.subarray(IPV4_HEADER))).toBe(0xffff);
    const cause = packet.subarray(IPV4_HEADER + 8);
    const probe = probes.get(cause.readUInt16BE(IPV4_HEADER + 2)) as Buffer;
    // Source and destination, ports, length and checksum.
    expect(cause.subarray(12, 28).equals(probe.subarray(12, 28))).toBe(true);
    expect(cause.readUInt16BE(4)).toBe(probe.readUInt16BE(4));
    expect(sumOf(cause.subarray(0, IPV4_HEADER))).toBe(0xffff);
  }
  expect(errors).toBeGreaterThan(12);
});

test('a packet too large for the next hop is answered with the size that fits, and none is as large again (RFC 1191)', () => {
  const trains = trainsOf((host) => joinCustomer(host, trueNs(0), 60, new Random(1)));
  const refusal = trains.findIndex(({ connection }) => connection.about !== undefined);
  const { about } = (trains[refusal] as PacketTrain).connection;
  const tunnel = trains.filter(({ connection }) => connection.id === about?.id);
  expect(tunnel.filter(({ octets, packets }) => octets / packets > 1_420).map(({ octets }) => octets)).toEqual([1_500]);
  const errors = packetsAt('lan', trains).filter((packet) => packet.readUInt8(9) === PROTOCOL_ICMP);
  expect(errors.map((packet) => packet.subarray(20, 22).toString('hex') + packet.readUInt16BE(26))).toEqual(['03041420']);
});
