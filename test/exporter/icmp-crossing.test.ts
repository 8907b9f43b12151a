import { expect, test } from 'vitest';
import { formatIPv4, parseIPv4 } from '../../core/net/address.ts';
import { icmpTypeCodeOf, queryOf } from '../../core/net/icmp.ts';
import type { Connection, Direction, PacketTrain } from '../../core/net/packet-train.ts';
import { Random } from '../../core/random/random.ts';
import { after, NS_PER_MS, trueNs, type TrueNs } from '../../core/time/instant.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import { BranchOffice } from '../../exporter/branch-office.ts';
import { routerSchema } from '../../exporter/config.ts';
import type { Office } from '../../exporter/office/office.ts';
import { Router } from '../../exporter/router.ts';
import { drained, toldIn } from '../support/decoded-messages.ts';
import { connectionWith } from '../support/connection.ts';

const HOST = parseIPv4('10.0.1.1') as number;
const SERVER = parseIPv4('198.18.0.1') as number;
const HOP = parseIPv4('192.0.2.9') as number;

let connections = 0;
const connection = (fields: Partial<Connection>): Connection =>
  connectionWith({
    id: connections++,
    protocol: 1,
    insideAddress: HOST,
    insidePort: 0,
    serverAddress: SERVER,
    serverPort: 0,
    ...fields,
  });

const packet = (of: Connection, direction: Direction, startMs: number): PacketTrain => ({
  connection: of,
  direction,
  startNs: trueNs(startMs * NS_PER_MS),
  intervalNs: 0,
  packets: 1,
  octets: 84,
  tcpFlagsFirst: 0,
  tcpFlags: 0,
  tcpFlagsLast: 0,
});

/** What an office that sends these packets is told of, and what its router exports of them. */
function crossing(trains: readonly PacketTrain[]) {
  const config = routerSchema.parse({
    exporting: { fields: [...SHOWN], applicationIds: false },
    metering: { observationPoints: ['lan-ingress', 'wan-ingress'] },
  });
  const router = new Router(config, new VirtualClock(), { unixMs: 0 }, trueNs(0), new Random(1));
  const waiting = [...trains];
  const office = { nextTimeout: () => undefined, handleTimeout: () => undefined, poll: () => waiting.shift() };
  const told: string[] = [];
  const tell =
    (became: string) =>
    (train: PacketTrain, publicAddress = 0, publicPort = 0): void =>
      void told.push(`${train.direction} ${became} ${formatIPv4(publicAddress)}:${publicPort}`);
  const observer = { passed: tell('passed'), dropped: tell('dropped'), refused: tell('refused') };
  const branch = new BranchOffice(office as unknown as Office, router, observer);
  const end: TrueNs = after(trueNs(0), 1_000 * NS_PER_MS);
  branch.handleTimeout(trueNs(0));
  branch.flush(end);
  const records = toldIn(drained(branch)).flatMap(({ values }) => values ?? []);
  const rows = Array.from({ length: records.length / SHOWN.length }, (_, row) =>
    records
      .slice(row * SHOWN.length, (row + 1) * SHOWN.length)
      .map(shown)
      .join(' '),
  );
  return { told, records: rows };
}

const shown = (value: unknown, index: number): unknown =>
  SHOWN[index]?.endsWith('Address') === true ? formatIPv4(value as number) : value;

const SHOWN = [
  'sourceAddress',
  'sourceTransportPort',
  'destinationAddress',
  'destinationTransportPort',
  'icmpTypeCode',
  'postNATSourceIPv4Address',
  'postNAPTSourceTransportPort',
  'postNATDestinationIPv4Address',
  'postNAPTDestinationTransportPort',
  'forwardingStatus',
];

test('a ping is seen by its Identifier on both sides, each way with its own type (RFC 5508 section 3.1)', () => {
  const other = connection({ insideAddress: HOST + 1, insidePort: 2_001, serverPort: 0x0800 });
  const ping = connection({ insidePort: 2_001, serverPort: 0x0800 });
  const { told, records } = crossing([packet(other, 'up', 0), packet(ping, 'up', 0), packet(ping, 'down', 20)]);
  expect(told).toEqual(['up passed 203.0.113.2:2001', 'up passed 203.0.113.2:1025', 'down passed 203.0.113.2:1025']);
  expect(records.slice(1)).toEqual([
    '10.0.1.1 2001 198.18.0.1 2048 2048 203.0.113.2 1025 198.18.0.1 2048 64',
    '198.18.0.1 2048 203.0.113.2 1025 0 198.18.0.1 2048 10.0.1.1 2001 64',
  ]);
});

test('a hop tells the host whose probe it was that its time was exceeded (RFC 5508 REQ-4)', () => {
  const probe = connection({ protocol: 17, insidePort: 5_001, serverPort: 33_434 });
  const error = connection({ insidePort: 0x0b00, serverAddress: HOP, about: probe });
  const { told, records } = crossing([packet(probe, 'up', 0), packet(error, 'down', 20)]);
  expect(told[1]).toBe('down passed 203.0.113.2:2816');
  expect(records[1]).toBe('192.0.2.9 0 203.0.113.2 2816 2816 192.0.2.9 0 10.0.1.1 2816 64');
});

test('an error whose packet never left reaches nobody, one whose session is over is dropped and metered as that', () => {
  const never = connection({ protocol: 17, insidePort: 5_001, serverPort: 33_434 });
  expect(crossing([packet(connection({ insidePort: 0x0b00, serverAddress: HOP, about: never }), 'down', 0)]).told).toEqual([
    'down refused 0.0.0.0:0',
  ]);
  const probe = connection({ protocol: 17, insidePort: 5_001, serverPort: 33_434 });
  const elsewhere = connection({ ...probe, serverPort: 33_435 });
  const error = connection({ insidePort: 0x0b00, serverAddress: HOP, about: { ...elsewhere, id: probe.id } });
  const { told, records } = crossing([packet(probe, 'up', 0), packet(error, 'down', 20)]);
  expect(told[1]).toBe('down dropped 203.0.113.2:2816');
  expect(records[1]).toBe('192.0.2.9 0 203.0.113.2 2816 2816 192.0.2.9 0 0.0.0.0 0 128');
});

test('a host that has no such port says so by the public address it was called by (RFC 5508 REQ-5)', () => {
  const call = connection({ protocol: 17, insidePort: 5_001, serverPort: 53 });
  const error = connection({ serverPort: 0x0303, about: call });
  const { told, records } = crossing([packet(call, 'up', 0), packet(call, 'down', 10), packet(error, 'up', 20)]);
  expect(told[2]).toBe('up passed 203.0.113.2:0');
  expect(records[2]).toBe('10.0.1.1 0 198.18.0.1 771 771 203.0.113.2 0 198.18.0.1 771 64');
});

test('type and code of a query, of its answer, and of neither', () => {
  const ping = connection({ insidePort: 2_001, serverPort: 0x0800 });
  expect([icmpTypeCodeOf(ping, 'up'), icmpTypeCodeOf(ping, 'down')]).toEqual([0x0800, 0]);
  const asked = connection({ insidePort: 7, serverPort: 0x0800, calledAddress: HOST, calledPort: 7 });
  expect([icmpTypeCodeOf(asked, 'down'), icmpTypeCodeOf(asked, 'up')]).toEqual([0x0800, 0]);
  const ping6 = connection({ protocol: 58, insidePort: 7, serverPort: 0x8000 });
  expect([icmpTypeCodeOf(ping6, 'up'), icmpTypeCodeOf(ping6, 'down')]).toEqual([0x8000, 0x8100]);
  const timestamp = connection({ insidePort: 7, serverPort: 0x0d00 });
  expect(icmpTypeCodeOf(timestamp, 'down')).toBe(0x0e00);
  expect([0x0000, 0x0e00, 0x8100, 0x0800, 0x0303].map(queryOf)).toEqual([0x0800, 0x0d00, 0x8000, 0x0800, 0x0303]);
  expect(icmpTypeCodeOf(connection({ protocol: 17, serverPort: 53 }), 'up')).toBe(0);
});
