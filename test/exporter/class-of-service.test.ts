import { expect, test } from 'vitest';
import type { Connection, Direction, PacketTrain } from '../../core/net/packet-train.ts';
import { RECORD_HEADER_LENGTH } from '../../core/net/pcap.ts';
import { PacketWriter, type CapturePoint } from '../../core/net/train-packets/packet-writer.ts';
import { Random } from '../../core/random/random.ts';
import { after, NS_PER_S, trueNs } from '../../core/time/instant.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import { routerSchema } from '../../exporter/config.ts';
import { classOfServiceOf } from '../../exporter/office/class-of-service.ts';
import { Router } from '../../exporter/router.ts';
import { drained, toldIn } from '../support/decoded-messages.ts';
import { connectionWith } from '../support/connection.ts';

const EPOCH = { unixMs: Date.UTC(2026, 2, 2, 8) };
const EF = 46;

const VOICE: Connection = connectionWith({
  protocol: 17,
  serverPort: 16_384,
  classOfService: 4 * EF,
});

const packet = (direction: Direction, connection = VOICE): PacketTrain => ({
  connection,
  direction,
  startNs: trueNs(0),
  intervalNs: 0,
  packets: 1,
  octets: 200,
  tcpFlagsFirst: 0,
  tcpFlags: 0,
  tcpFlagsLast: 0,
});

/** Elements 5, 195, 55 and 98 of a packet out and its answer, where the Observation Points see them. */
function seen(wanMarking: string, points: readonly string[], trains: readonly PacketTrain[], keys?: readonly string[]) {
  const fields = ['ipClassOfService', 'ipDiffServCodePoint', 'postIpClassOfService', 'postIpDiffServCodePoint'];
  const config = routerSchema.parse({
    wanMarking,
    metering: { observationPoints: points, ...(keys && { keys }) },
    exporting: { fields, applicationIds: false },
  });
  const router = new Router(config, new VirtualClock(), EPOCH, trueNs(0), new Random(1));
  for (const train of trains) {
    if (train.direction === 'up') router.forwardOut(trueNs(0), train);
    else router.forwardIn(trueNs(0), train, 0xcb007102 * 65_536 + VOICE.insidePort);
  }
  router.flush(after(trueNs(0), NS_PER_S));
  return toldIn(drained(router)).flatMap(({ values }) => (values === undefined ? [] : [values]));
}

const BOTH_WAYS = [packet('up'), packet('down')];

test('the mark of the inside is seen coming in and, trusted, going out; the internet sends none', () => {
  expect(seen('trust', ['lan-ingress', 'wan-ingress'], BOTH_WAYS)).toEqual([
    [184, EF, 184, EF],
    [0, 0, 0, 0],
  ]);
  expect(seen('trust', ['wan-egress'], BOTH_WAYS)).toEqual([[184, EF, 184, EF]]);
});

test('bleached, it is 0 after the router: elements 55 and 98, and 5 at the egress', () => {
  expect(seen('bleach', ['lan-ingress'], BOTH_WAYS)).toEqual([[184, EF, 0, 0]]);
  expect(seen('bleach', ['wan-egress'], BOTH_WAYS)).toEqual([[0, 0, 0, 0]]);
});

test('as a Flow Key it tells flows apart, and what becomes of it after the router does not', () => {
  const video = packet('up', { ...VOICE, classOfService: 4 * 34 });
  const keys = ['sourceAddress', 'destinationAddress', 'protocol'];
  const flows = (marking: string, of: readonly string[]) => seen(marking, ['lan-ingress'], [packet('up'), video], of).length;
  expect(flows('trust', keys)).toBe(1);
  expect(flows('trust', [...keys, 'classOfService'])).toBe(2);
});

test('packets carry it: the inside one by both captures, unless it is bleached on the way', () => {
  const octet = (direction: Direction, point: CapturePoint, bleaches: boolean): number | undefined => {
    const writer = new PacketWriter(EPOCH, point, bleaches);
    writer.add(packet(direction), 0xcb007102, VOICE.insidePort);
    return writer.next(trueNs(1))?.[RECORD_HEADER_LENGTH + 1];
  };
  expect([octet('up', 'lan', true), octet('up', 'wan', false), octet('up', 'wan', true), octet('down', 'lan', false)]).toEqual([
    184, 184, 0, 0,
  ]);
});

test.each([
  [17, 20_000, '', 46, 'voice'],
  [17, 5_060, 'sip.telephony.example', 24, 'signalling'],
  [17, 3_479, 'relay.teams.example', 46, 'Teams audio'],
  [17, 3_480, 'relay.teams.example', 34, 'Teams video'],
  [17, 3_481, 'relay.teams.example', 18, 'Teams sharing'],
  [6, 22, 'build1.hosting.example', 18, 'SSH'],
  [6, 443, 'store3.backup.example', 8, 'backup'],
  [6, 443, 'www.example', 0, 'web'],
  [17, 443, 'www.example', 0, 'QUIC'],
  [17, 53, '', 0, 'DNS'],
  [6, 3_480, '', 0, 'another protocol'],
])('protocol %i, port %i of "%s" is marked %i: %s (RFC 4594)', (protocol, port, name, dscp) => {
  expect(classOfServiceOf(protocol, port, name)).toBe(4 * dscp);
});
