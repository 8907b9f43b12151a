import { describe, expect, test } from 'vitest';
import type { CollectedBatch } from '../../../collector/collecting/collected-batch.ts';
import { collectingSchema } from '../../../collector/collecting/config.ts';
import { CollectingProcess } from '../../../collector/collecting/collecting-process.ts';
import { exporterAddress } from '../../../collector/collecting/exporter-address.ts';
import type { FieldValue } from '../../../core/ipfix/record-values.ts';
import type { Template } from '../../../core/ipfix/template.ts';
import { message } from '../support/exporter.ts';

const template = (id: number, ...elements: readonly (readonly [id: number, length: number])[]): Template => ({
  id,
  scopeFieldCount: 0,
  fields: elements.map(([elementId, length]) => ({ enterpriseNumber: 0, elementId, length })),
});

const IPV4 = template(256, [8, 4], [12, 4], [1, 8]);
const IPV6 = template(257, [27, 16], [28, 16], [281, 16], [282, 16], [1, 8]);
const BOTH = template(258, [8, 4], [27, 16], [12, 4], [28, 16], [1, 8]);
const TOLD = template(259, [60, 1], [8, 4], [27, 16], [1, 8]);
const NEITHER = template(260, [7, 2], [1, 8]);
const NAT64 = template(261, [27, 16], [28, 16], [225, 4], [226, 4], [1, 8]);

const HOST = '2001:db8:0:1::a';
const SERVER = '2001:db8:ffff::1';
const HOST_WORDS = [0x20010db8, 1, 0, 10];
const SERVER_WORDS = [0x20010db8, 0xffff0000, 0, 1];
const NO_WORDS = [0, 0, 0, 0];

function collect(records: readonly (readonly [Template, readonly FieldValue[]])[], source = '192.0.2.1:4739'): CollectingProcess {
  const collecting = new CollectingProcess(collectingSchema.parse({}));
  const payload = message({ templates: [IPV4, IPV6, BOTH, TOLD, NEITHER, NAT64, BINDINGS], records });
  collecting.handle({ payload, source, receivedAtUs: 0 });
  collecting.flush();
  return collecting;
}

const words = (column: Uint32Array, row: number): number[] => [...column.subarray(4 * row, 4 * row + 4)];

/** NAT64 BIB entries (RFC 8158 section 4.6.4). */
const BINDINGS = template(262, [323, 8], [230, 1], [27, 16], [225, 4], [4, 1], [7, 2], [227, 2]);

describe('Flow Records with IPv6 addresses', () => {
  test('fill the columns of elements 27, 28, 281 and 282, and leave those of IPv4 at 0', () => {
    const batch = collect([
      [IPV6, [HOST, SERVER, SERVER, HOST, 1]],
      [IPV6, [SERVER, HOST, HOST, SERVER, 2]],
      [IPV4, [0x0a000005, 0xc6120101, 3]],
    ]).poll() as CollectedBatch;
    expect([...batch.ipVersion.subarray(0, 3)]).toEqual([6, 6, 4]);
    expect([0, 1, 2].map((row) => words(batch.sourceIPv6, row))).toEqual([HOST_WORDS, SERVER_WORDS, NO_WORDS]);
    expect([0, 1, 2].map((row) => words(batch.postNatDestinationIPv6, row))).toEqual([HOST_WORDS, SERVER_WORDS, NO_WORDS]);
    expect([...batch.sourceAddress.subarray(0, 3)]).toEqual([0, 0, 0x0a000005]);
    expect([...batch.octetDeltaCount.subarray(0, 3)]).toEqual([1, 2, 3]);
  });

  test('have the version of the addresses that are no zeros, unless element 60 tells it', () => {
    const batch = collect([
      [BOTH, [0x0a000005, '::', 0xc6120101, '::', 1]],
      [BOTH, [0, HOST, 0, SERVER, 1]],
      [BOTH, [0, '::', 0, '::', 1]],
      [TOLD, [6, 0, '::', 1]],
      [TOLD, [4, 0x0a000005, '::', 1]],
      [TOLD, [0, 0, HOST, 1]],
      [NEITHER, [443, 1]],
    ]).poll() as CollectedBatch;
    expect([...batch.ipVersion.subarray(0, 7)]).toEqual([4, 6, 0, 6, 4, 6, 0]);
  });

  test('have both versions when NAT64 lies between', () => {
    const batch = collect([[NAT64, [HOST, SERVER, 0xcb007102, 0xc6120101, 1]]]).poll() as CollectedBatch;
    expect([batch.ipVersion[0], batch.sourceAddress[0], batch.postNatSourceAddress[0]]).toEqual([6, 0, 0xcb007102]);
    expect([words(batch.sourceIPv6, 0), words(batch.postNatSourceIPv6, 0)]).toEqual([HOST_WORDS, NO_WORDS]);
  });

  test('a batch that is used again has no address of before', () => {
    const collecting = collect([[IPV6, [HOST, SERVER, SERVER, HOST, 1]]]);
    collecting.release(collecting.poll() as CollectedBatch);
    collecting.flush();
    for (const sequenceNumber of [1, 2]) {
      const payload = message({ sequenceNumber, records: [[IPV4, [1, 2, 3]]] });
      collecting.handle({ payload, source: '192.0.2.1:4739', receivedAtUs: 0 });
      collecting.flush();
      const batch = collecting.poll() as CollectedBatch;
      expect([batch.ipVersion[0], words(batch.sourceIPv6, 0)]).toEqual([4, NO_WORDS]);
      collecting.release(batch);
    }
  });
});

test('a NAT64 event has an IPv6 host inside (RFC 8158 section 4.6.4)', () => {
  const events = collect([[BINDINGS, [1_772_442_000_000, 10, HOST, 0xcb007102, 6, 51_234, 40_012]]]).pollNatEvents();
  expect(events?.kind[0]).toBe(10);
  expect(words(events?.insideIPv6 as Uint32Array, 0)).toEqual(HOST_WORDS);
  expect([events?.insideAddress[0], events?.publicAddress[0], events?.insidePort[0]]).toEqual([0, 0xcb007102, 51_234]);
});

test.each([
  ['192.0.2.1:4739', { ipv4: 0xc0000201, ipv6: undefined }],
  ['[2001:db8:0:1::a]:4739', { ipv4: 0, ipv6: HOST_WORDS }],
  ['[fe80::1%eth0]:4739', { ipv4: 0, ipv6: [0xfe800000, 0, 0, 1] }],
  ['[::ffff:192.0.2.1]:4739', { ipv4: 0xc0000201, ipv6: undefined }],
  ['somewhere', { ipv4: 0, ipv6: undefined }],
])('an exporter at %s is known by its address', (source, address) => {
  expect(exporterAddress(source)).toEqual(address);
  const batch = collect([[IPV4, [1, 2, 3]]], source).poll() as CollectedBatch;
  expect([batch.exporter[0], words(batch.exporterIPv6, 0)]).toEqual([address.ipv4, address.ipv6 ?? NO_WORDS]);
});
