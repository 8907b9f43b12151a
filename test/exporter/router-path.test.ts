import { expect, test } from 'vitest';
import { CaptureReader } from '../../core/net/capture/capture-reader.ts';
import { formatIPv4 } from '../../core/net/address.ts';
import { exporterSchema } from '../../exporter/capture-config.ts';
import type { CaptureCounts } from '../../exporter/capture-counts.ts';
import { CapturedTraffic } from '../../exporter/captured-traffic.ts';
import { RouterPath } from '../../exporter/router-path.ts';
import { ipv4, pcap, udp, type Octets } from '../support/captures.ts';
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

/** Sends packets through a router, `everyS` apart; returns what came of them and the records, a line each. */
function through(
  packets: readonly Octets[],
  { capture = {}, everyS = 1 }: { capture?: object; everyS?: number } = {},
): { counts: CaptureCounts; passed: object; records: string[] } {
  const config = exporterSchema.parse({
    capture,
    exporting: { fields: SHOWN, applicationIds: false },
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
  const values = toldIn(drained(path)).flatMap((told) => told.values ?? []);
  const records = Array.from({ length: values.length / SHOWN.length }, (_, row) =>
    values
      .slice(row * SHOWN.length, (row + 1) * SHOWN.length)
      .map((value, index) => (SHOWN[index]?.endsWith('Address') === true ? formatIPv4(value as number) : value))
      .join(' '),
  );
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
