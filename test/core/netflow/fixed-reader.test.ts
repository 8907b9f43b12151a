import { expect, test } from 'vitest';
import { compileEncoder } from '../../../core/ipfix/record-encoder.ts';
import type { IpfixIssue } from '../../../core/ipfix/message-reader.ts';
import { minimumRecordLength } from '../../../core/ipfix/template.ts';
import { fixedFormatOf } from '../../../core/netflow/fixed-formats.ts';
import { readFixedDatagram, type FixedDatagram } from '../../../core/netflow/fixed-reader.ts';
import { V5_FIELDS, V5_RECORD } from '../../../core/netflow/v5-record.ts';
import { V5Writer } from '../../../core/netflow/v5-writer.ts';
import { viewOf } from '../ipfix/recording-visitor.ts';

function read(octets: Uint8Array): { datagram: FixedDatagram | undefined; issues: IpfixIssue[] } {
  const issues: IpfixIssue[] = [];
  return { datagram: readFixedDatagram(viewOf(octets), (issue) => issues.push(issue)), issues };
}

/** A datagram with this header and zeros for records. */
function datagramOf(version: number, count: number, length: number): Uint8Array {
  const octets = new Uint8Array(length);
  octets.set([0, version, count >>> 8, count & 255]);
  return octets;
}

test('the header of what the v5 writer wrote', () => {
  const writer = new V5Writer({ maxLength: 1_472 });
  writer.begin({
    flowSequence: 2 ** 32 - 1,
    unixS: 1_772_438_400,
    unixNs: 999_999_999,
    uptimeMs: 2 ** 32 + 7,
    engineType: 1,
    engineId: 2,
    sampling: { mode: 2, interval: 100 },
  });
  const columns = Object.fromEntries(V5_FIELDS.map((_, index) => [`c${index}`, [index]]));
  writer.addRecord(compileEncoder(V5_RECORD, Object.keys(columns)), columns, 0);
  const { datagram, issues } = read(writer.finish());
  expect(issues).toEqual([]);
  expect(datagram).toMatchObject({
    version: 5,
    recordCount: 1,
    uptimeMs: 7,
    exportTimeS: 1_772_438_400,
    exportTimeNs: 999_999_999,
    sequenceNumber: 2 ** 32 - 1,
    engine: 258,
    samplingInterval: 100,
  });
});

test.each([
  [1, 16 + 2 * 52, 52],
  [1, 16 + 2 * 48, 48],
  [5, 24 + 2 * 48, 48],
  [7, 24 + 2 * 52, 52],
])('version %i in %i octets has records of %i', (version, length, recordLength) => {
  const format = fixedFormatOf(version, length, 2);
  expect(format?.recordLength).toBe(recordLength);
  expect(minimumRecordLength(format!.record.fields)).toBe(recordLength);
  expect(read(datagramOf(version, 2, length))).toMatchObject({ datagram: { version, recordCount: 2 }, issues: [] });
});

test.each([
  ['a count of more than is there', datagramOf(5, 55_582, 24 + 30 * 48), 30, 'record-count'],
  ['half a record', datagramOf(5, 2, 24 + 48 + 47), 1, 'record-count'],
  ['octets left over', datagramOf(5, 1, 24 + 48 + 6), 1, 'trailing-octets'],
  ['no record', datagramOf(7, 0, 24), 0, undefined],
])('%s', (_name, octets, recordCount, code) => {
  const { datagram, issues } = read(octets);
  expect(datagram?.recordCount).toBe(recordCount);
  expect(issues.map((issue) => issue.code)).toEqual(code === undefined ? [] : [code]);
});

test('no header of these versions', () => {
  for (const octets of [new Uint8Array(0), datagramOf(5, 1, 23), datagramOf(1, 1, 15), datagramOf(8, 1, 100)]) {
    expect(read(octets)).toMatchObject({ datagram: undefined, issues: [{ code: 'message-header', offset: 0 }] });
  }
});
