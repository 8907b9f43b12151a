import { expect, test } from 'vitest';
import { CaptureReader } from '../../core/net/capture/capture-reader.ts';
import { formatIPv4 } from '../../core/net/address.ts';
import { findIPv6 } from '../../core/net/address-book.ts';
import { exporterSchema } from '../../exporter/capture-config.ts';
import type { CaptureCounts } from '../../exporter/capture-counts.ts';
import { CapturedTraffic } from '../../exporter/captured-traffic.ts';
import { RouterPath } from '../../exporter/router-path.ts';
import { ipv4, ipv6, pcap, udp, uint16, zeros, type Octets } from '../support/captures.ts';
import { drained, toldIn } from '../support/decoded-messages.ts';

const HOST = 0x0a000a0a;
const SERVER = 0xc6121010;
const UDP = 17;

const SHOWN = [
  'sourceAddress',
  'sourceTransportPort',
  'destinationAddress',
  'destinationTransportPort',
  'postNATSourceIPv4Address',
  'postNAPTSourceTransportPort',
  'postNATDestinationIPv4Address',
  'postNAPTDestinationTransportPort',
  'packetDeltaCount',
  'octetDeltaCount',
];

const up = (fields: object, payload: Octets): Octets =>
  ipv4({ source: HOST, destination: SERVER, protocol: UDP, ...fields }, payload);
const down = (fields: object, payload: Octets): Octets =>
  ipv4({ source: SERVER, destination: HOST, protocol: UDP, ...fields }, payload);

/** IPv6 addresses are text as it is. */
const shown = (value: unknown, index: number, { length }: ArrayLike<unknown>): unknown =>
  length === SHOWN.length && SHOWN[index]?.endsWith('Address') === true && typeof value === 'number' ? formatIPv4(value) : value;

/** Sends packets through a router, `everyS` apart; returns what came of them and the records, a line each. */
function through(
  packets: readonly Octets[],
  { capture = {}, everyS = 1, fields = SHOWN }: { capture?: object; everyS?: number; fields?: readonly string[] } = {},
): { counts: CaptureCounts; passed: object; records: string[] } {
  const config = exporterSchema.parse({
    capture,
    exporting: { fields, applicationIds: false },
    metering: { inactiveTimeoutMs: 3_600_000, activeTimeoutMs: 3_600_000 },
  });
  const reader = new CaptureReader();
  reader.handle(
    pcap(
      packets.map((octets, index) => ({ timeS: 1_000 + index * everyS, timeNs: 0, octets })),
      { linkType: 101 },
    ),
  );
  const path = new RouterPath(config, { address: 0x0a000000, length: 8 }, { unixMs: 1_000_000 });
  const traffic = new CapturedTraffic(path, { unixMs: 1_000_000 });
  while (reader.next()) traffic.handle(traffic.timeOf(reader.frame), reader.frame);
  path.flush(traffic.now);
  const records = toldIn(drained(path)).flatMap(({ values = [] }) => (values.length > 0 ? [values.map(shown).join(' ')] : []));
  return { counts: traffic.counts, passed: Object.fromEntries(traffic.counts.passed), records };
}

test('of more conversations than may be remembered the first is forgotten, counted, and its answer refused', () => {
  const question = (port: number): Octets => up({}, udp(port, 53, 10));
  const packets = [question(50_001), question(50_002), question(50_003), down({}, udp(53, 50_001, 10))];
  expect(through(packets).passed).toEqual({});
  const { counts, passed } = through(packets, { capture: { maxConversations: 3 } });
  expect([counts.forgottenConversations, passed]).toEqual([0, {}]);
  const fewer = through(packets, { capture: { maxConversations: 2 } });
  // The third makes the first forgotten; what nobody asked for makes nothing forgotten.
  expect([fewer.counts.forgottenConversations, fewer.passed]).toEqual([1, { refused: 1 }]);
});

test('the class of service is that of the packet, either way', () => {
  const packets = [up({ classOfService: 184 }, udp(50_001, 53, 10)), down({ classOfService: 72 }, udp(53, 50_001, 10))];
  const { records } = through(packets, { fields: ['ipClassOfService', 'postIpClassOfService'] });
  expect(records.sort()).toEqual(['184 184', '72 72']);
});

/** One datagram of 2000 octets in two fragments. */
const [FIRST, LATER] = [
  { identification: 7, moreFragments: true },
  { identification: 7, fragmentOffset: 185 },
];

test('later fragments leave by the mapping of the first, in order and out of order (RFC 4787 REQ-14)', () => {
  const [first, later] = [up(FIRST, udp(50_007, 2_049, 1_472)), up(LATER, zeros(520))];
  const other = up({ ...LATER, source: HOST + 1 }, zeros(520));
  const whole = '10.0.10.10 50007 198.18.16.16 2049 203.0.113.2 50007 198.18.16.16 2049 2 2040';
  const inOrder = through([first, later]);
  expect([inOrder.records, inOrder.passed, inOrder.counts.octets]).toEqual([[whole], {}, 2_040]);
  const outOfOrder = through([later, other, first]);
  expect([outOfOrder.records, outOfOrder.passed]).toEqual([[whole], { 'no-first-fragment': 1 }]);
  expect([outOfOrder.counts.heldFragments, outOfOrder.counts.octets]).toEqual([1, 2_040]);
});

test('fragments come in only where the first one does', () => {
  const question = up({}, udp(50_007, 2_049, 10));
  const answer = [down(FIRST, udp(2_049, 50_007, 1_472)), down(LATER, zeros(520))];
  const { records, passed } = through([question, ...answer]);
  expect(records[1]).toBe('198.18.16.16 2049 203.0.113.2 50007 198.18.16.16 2049 10.0.10.10 50007 2 2040');
  expect(passed).toEqual({});
  expect(through(answer).passed).toEqual({ refused: 1, 'no-first-fragment': 1 });
});

test('fragments are kept for a time and up to a number (RFC 4787 REQ-14a)', () => {
  const [first, later] = [up(FIRST, udp(50_007, 2_049, 1_472)), up(LATER, zeros(520))];
  const lost = { 'no-first-fragment': 1 };
  const capture = { fragmentTimeoutS: 10 };
  expect(through([first, later], { capture, everyS: 9 }).passed).toEqual({});
  expect(through([first, later], { capture, everyS: 10 }).passed).toEqual(lost);
  expect(through([later, first], { capture, everyS: 9 }).passed).toEqual({});
  expect(through([later, first], { capture, everyS: 10 }).passed).toEqual(lost);
  const second = (identification: number): Octets => up({ ...LATER, identification }, zeros(8));
  // Any number without a first one waits in vain, and takes no room from those in order.
  const flood = through([second(1), second(2), second(3), first, later], { capture: { maxHeldFragments: 2 } });
  expect([flood.passed, flood.counts.octets]).toEqual([{ 'no-first-fragment': 3 }, 2_040]);
  const elsewhere = up({ ...FIRST, identification: 8 }, udp(50_008, 2_049, 16));
  const full = through([first, elsewhere, later], { capture: { maxFragmentedPackets: 1 } });
  expect([full.passed, full.counts.forgottenFragments]).toEqual([lost, 1]);
});

test('IPv6 is metered with its own addresses, none of which is remembered', () => {
  const packet = ipv6(0x71, 0x72, UDP, udp(50_008, 443, 1_200));
  const { counts, passed, records } = through([packet, packet, up({}, udp(50_001, 53, 10))]);
  expect([counts.ipv6, counts.ipv4, counts.octets, passed]).toEqual([2, 1, 2_534, {}]);
  expect(records.toSorted()).toEqual([
    '10.0.10.10 50001 198.18.16.16 53 203.0.113.2 50001 198.18.16.16 53 1 38',
    '2001:db8::71 50008 2001:db8::72 443 2 2496',
  ]);
  expect(findIPv6([0x2001_0db8, 0, 0, 0x71])).toBeUndefined();
});

const HOP = 0xc0000209;
const ICMP = 1;
/** An ICMP error with the packet it is about: its header and `shown` octets behind it. */
const error = (typeCode: number, about: Octets, shown = 8): Octets => [
  ...uint16(typeCode),
  ...zeros(6),
  ...about.slice(0, 20 + shown),
];

test('an ICMP error comes in to whoever sent the packet it carries, and to nobody else (RFC 5508 REQ-4)', () => {
  const probe = up({}, udp(50_001, 33_434, 10));
  const exceeded = (about: Octets, shown?: number, destination = HOST): Octets =>
    ipv4({ source: HOP, destination, protocol: ICMP }, error(0x0b00, about, shown));
  const { passed, records } = through([probe, exceeded(probe)]);
  expect(passed).toEqual({});
  expect(records[1]).toBe('192.0.2.9 0 203.0.113.2 2816 192.0.2.9 0 10.0.10.10 2816 1 56');
  const ping = up({ protocol: ICMP }, [8, 0, 0, 0, ...uint16(77), 0, 1]);
  expect(through([ping, exceeded(ping)]).passed).toEqual({});
  for (const stranger of [
    exceeded(up({}, udp(50_002, 33_434, 10))),
    exceeded(down({}, udp(33_434, 50_001, 10))),
    exceeded(probe, undefined, HOST + 1),
    exceeded(probe, 7),
    exceeded(up(LATER, udp(50_001, 33_434, 10))),
  ])
    expect(through([probe, stranger]).passed).toEqual({ refused: 1 });
});

test('an ICMP error leaves with the address its packet came to (RFC 5508 REQ-5)', () => {
  const [call, answer] = [up({}, udp(50_001, 53, 10)), down({}, udp(53, 50_001, 10))];
  const unreachable = up({ protocol: ICMP }, error(0x0303, answer));
  const { passed, records } = through([call, answer, unreachable]);
  expect(passed).toEqual({});
  expect(records[2]).toBe('10.0.10.10 0 198.18.16.16 771 203.0.113.2 0 198.18.16.16 771 1 56');
  expect(through([unreachable]).passed).toEqual({ refused: 1 });
});
