import { describe, expect, test } from 'vitest';
import { summariseSessions } from '../../../collector/reading/summary.ts';
import type { Template } from '../../../core/ipfix/template.ts';
import { V9Writer } from '../../../core/netflow/v9-writer.ts';
import { datagram, flowSample, tagged, words } from '../../core/sflow/xdr.ts';
import { flow, FLOWS, message } from '../support/exporter.ts';
import { readerOf } from './read.ts';

const UPTIMES: Template = {
  id: 256,
  scopeFieldCount: 0,
  fields: [22, 21].map((elementId) => ({ enterpriseNumber: 0, elementId, length: 4 })),
};

/** An Export Packet with one record: when a flow began and ended, by the uptime. */
function v9(sequenceNumber: number, uptimeMs: number, startMs = uptimeMs, endMs = uptimeMs, unixS = 1_772_442_000): Uint8Array {
  const writer = new V9Writer({ maxPacketLength: 1_420 });
  writer.begin({ sourceId: 1, sequenceNumber, unixS, uptimeMs });
  writer.addTemplate(UPTIMES);
  writer.addValues(UPTIMES, [startMs >>> 0, endMs >>> 0]);
  return writer.finish();
}

/** A v5 datagram of so many flows of zeros. */
function v5(flowSequence: number, flows: number, uptimeMs = 1_000): Uint8Array {
  const view = new DataView(new ArrayBuffer(24 + 48 * flows));
  [5, flows].forEach((value, index) => view.setUint16(2 * index, value));
  [uptimeMs, 1_772_442_000, 500_000_000, flowSequence].forEach((value, index) => view.setUint32(4 + 4 * index, value));
  return new Uint8Array(view.buffer);
}

const counts = ({ reader }: ReturnType<typeof readerOf>) => summariseSessions(reader.sessions);

describe('what is missing, in the unit of the protocol', () => {
  test('IPFIX counts Data Records (RFC 7011 section 3.1), those that waited for their Template too', () => {
    const all = readerOf();
    all.read(message({ sequenceNumber: 10, records: [flow(1), flow(2)] }));
    all.read(message({ sequenceNumber: 12, templates: [FLOWS], records: [flow(3)] }));
    all.read(message({ sequenceNumber: 16, records: [flow(4)] }));
    expect(counts(all)).toMatchObject([{ messages: 3, records: 4, lost: 3 }]);
    all.read(message({ sequenceNumber: 14, records: [flow(5)] }));
    expect(counts(all)).toMatchObject([{ records: 5, lost: 2, reordered: 1 }]);
  });

  test('NetFlow v9 counts Export Packets (RFC 3954 section 5.1), v5 flows, sFlow datagrams', () => {
    const all = readerOf();
    for (const sequence of [7, 8, 11]) all.read(v9(sequence, 1_000));
    for (const [sequence, flows] of [
      [0, 2],
      [2, 1],
      [8, 1],
    ] as const)
      all.read(v5(sequence, flows));
    const sample = flowSample(tagged(1001, words(1, 2, 3, 4)));
    all.read(datagram(sample));
    const later = datagram(sample);
    new DataView(later.buffer).setUint32(16, 44);
    all.read(later);
    expect(counts(all)).toMatchObject([
      { protocol: 'netflow-v9', lost: 2 },
      { protocol: 'netflow-v5', lost: 5 },
      { protocol: 'sflow', domain: 3, records: 2, lost: 2 },
    ]);
  });

  test('a second copy is counted as such, and read like the first', () => {
    const all = readerOf();
    const payload = message({ templates: [FLOWS], records: [flow(1)] });
    all.read(payload);
    all.read(payload);
    expect(all.records).toHaveLength(2);
    expect(counts(all)).toMatchObject([{ duplicates: 1, lost: 0, restarts: 0 }]);
  });

  test('a device that was switched on anew has lost nothing: its uptime fell', () => {
    const all = readerOf();
    all.read(v9(500, 86_400_000));
    all.read(v9(900, 2_000));
    expect(counts(all)).toMatchObject([{ restarts: 1, lost: 0 }]);
  });

  test('a packet that comes minutes late says by both its clocks that the device is the same', () => {
    const all = readerOf();
    const sent = (sequence: number, second: number) => v9(sequence, 1_000 * second, 0, 0, 1_772_442_000 + second);
    for (const [sequence, second] of [
      [1, 0],
      [3, 120],
      [2, 1],
      [4, 121],
    ] as const)
      all.read(sent(sequence, second));
    expect(counts(all)).toMatchObject([{ restarts: 0, lost: 0, reordered: 1 }]);
  });

  test('an uptime that begins anew after 49.7 days is no restart, and a packet that was overtaken neither', () => {
    const all = readerOf();
    all.read(v9(1, 2 ** 32 - 500));
    all.read(v9(3, 1_500));
    all.read(v9(2, 2 ** 32 + 500));
    expect(counts(all)).toMatchObject([{ restarts: 0, lost: 0, reordered: 1 }]);
  });
});

test('times by the uptime of the header: over its wrap, and a little after it', () => {
  const { records, read } = readerOf();
  read(v9(1, 1_000, 2 ** 32 - 1_000, 1_005));
  expect(records).toMatchObject([{ startUs: 1_772_441_998_000_000, endUs: 1_772_442_000_005_000, domain: 1, templateId: 256 }]);
  read(v5(0, 1));
  expect(records[1]).toMatchObject({
    startUs: 1_772_441_999_500_000,
    endUs: 1_772_441_999_500_000,
    domain: null,
    templateId: null,
  });
});

describe('uptimes in IPFIX need systemInitTimeMilliseconds', () => {
  const init: Template = {
    id: 257,
    scopeFieldCount: 1,
    fields: [
      { enterpriseNumber: 0, elementId: 149, length: 4 },
      { enterpriseNumber: 0, elementId: 160, length: 8 },
    ],
  };
  const own: Template = { ...UPTIMES, id: 258, fields: [...UPTIMES.fields, init.fields[1]!] };
  const templates = [UPTIMES, init, own];

  test('from the record, or else from options that came before in the domain', () => {
    const { records, read } = readerOf();
    read(message({ templates, records: [[UPTIMES, [1_000, 2_000]]] }));
    read(
      message({
        records: [
          [init, [1, 1_772_000_000_000]],
          [UPTIMES, [1_000, 2_000]],
        ],
      }),
    );
    read(message({ records: [[own, [1_000, 2_000, 1_771_000_000_000]]] }));
    read(message({ observationDomainId: 2, templates, records: [[UPTIMES, [1_000, 2_000]]] }));
    expect(records.map(({ startUs, endUs, options }) => [startUs, endUs, options ?? false])).toEqual([
      [null, null, false],
      [null, null, true],
      [1_772_000_001_000_000, 1_772_000_002_000_000, false],
      [1_771_000_001_000_000, 1_771_000_002_000_000, false],
      [null, null, false],
    ]);
  });
});

test('sessions are bounded: the oldest is forgotten', () => {
  const { reader, read } = readerOf({ maxSessions: 2 });
  for (let port = 1; port <= 5; port++) read(message({ templates: [FLOWS] }), { source: `192.0.2.1:${port}` });
  expect(reader.sessions.map(({ key }) => key.source)).toEqual(['192.0.2.1:4', '192.0.2.1:5']);
  expect(reader.counters.evictedSessions).toBe(3);
});

test('what waited in a forgotten session is counted as dropped', () => {
  const { reader, read } = readerOf({ maxSessions: 1 });
  read(message({ records: [flow(1)] }), { source: '192.0.2.1:1' });
  read(message({ templates: [FLOWS] }), { source: '192.0.2.1:2' });
  expect(reader.counters).toMatchObject({ withoutTemplate: 1, droppedSets: 1, evictedSessions: 1 });
});

test('a sampled header is shown by the elements that mean the same', () => {
  const { records, read } = readerOf();
  const header = [0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 192, 0, 2, 1, 198, 51, 100, 1, 1, 187, 0, 80];
  read(datagram(flowSample(tagged(1, [...words(11, 40, 0, 24), ...header]), tagged(1001, words(1, 2, 3, 4)))));
  expect(records.map(({ templateId, set, startUs }) => [templateId, set, startUs])).toEqual([
    ['0:1', 0, null],
    ['0:1001', 0, null],
  ]);
  expect(records[0]?.fields).toContainEqual({ pen: 0, id: 8, name: 'sourceIPv4Address', value: '192.0.2.1' });
  expect(records[0]?.fields).toContainEqual({ pen: 0, id: 11, name: 'destinationTransportPort', value: 80 });
  expect(records[1]?.fields[0]).toEqual({ pen: null, id: 1001, name: 'srcVlan', value: 1 });
  expect(records[1]?.sflow).toMatchObject({ agent: '192.0.2.7', sample: { rate: 256 }, record: { dstVlan: 3 } });
});
