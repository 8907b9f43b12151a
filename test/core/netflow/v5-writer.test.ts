import { expect, test } from 'vitest';
import { compileEncoder } from '../../../core/ipfix/record-encoder.ts';
import { V5_FIELDS, V5_RECORD } from '../../../core/netflow/v5-record.ts';
import { V5Writer } from '../../../core/netflow/v5-writer.ts';

/** Field `i` of row 0 is 0x80 + i in each of its octets; padding too, to see where it lies. */
const patterned = Object.fromEntries(
  V5_FIELDS.map(([, length], index) => [`c${index}`, [Number(`0x${(0x80 + index).toString(16).repeat(length)}`)]]),
);
const encoder = compileEncoder(
  V5_RECORD,
  V5_FIELDS.map((_, index) => `c${index}`),
);
const START = {
  flowSequence: 2 ** 32 - 1,
  unixS: 1_772_438_400,
  unixNs: 999_999_999,
  uptimeMs: 2 ** 32 + 7,
  engineType: 1,
  engineId: 2,
  sampling: { mode: 2, interval: 100 },
} as const;

test('header of 24 octets and records of 48, each field where NetFlow v5 has it', () => {
  const writer = new V5Writer({ maxLength: 1_472 });
  writer.begin(START);
  expect(writer.addRecord(encoder, patterned, 0)).toBe(true);
  const datagram = writer.finish();
  expect(datagram.length).toBe(24 + 48);
  const view = new DataView(datagram.buffer);
  expect([view.getUint16(0), view.getUint16(2)]).toEqual([5, 1]);
  expect([4, 8, 12, 16].map((at) => view.getUint32(at))).toEqual([7, 1_772_438_400, 999_999_999, 2 ** 32 - 1]);
  expect([view.getUint8(20), view.getUint8(21), view.getUint16(22)]).toEqual([1, 2, 0x8064]);
  // srcaddr, dstaddr, nexthop, input, output, dPkts, dOctets, First, Last, ports, pad1, flags, prot, tos, AS, masks, pad2
  const at = [0, 4, 8, 12, 14, 16, 20, 24, 28, 32, 34, 36, 37, 38, 39, 40, 42, 44, 45, 46, 48];
  V5_FIELDS.forEach((_, index) => {
    const octets = datagram.subarray(24 + (at[index] as number), 24 + (at[index + 1] as number));
    expect([...new Set(octets)]).toEqual([0x80 + index]);
  });
});

test('never more than 30 flows, nor more than fit', () => {
  const fill = (maxLength: number): number => {
    const writer = new V5Writer({ maxLength });
    writer.begin(START);
    while (writer.addRecord(encoder, patterned, 0));
    expect(writer.recordCount).toBe(writer.maxRecords);
    const datagram = writer.finish();
    expect(datagram.length).toBeLessThanOrEqual(maxLength);
    return new DataView(datagram.buffer).getUint16(2);
  };
  expect([fill(72), fill(119), fill(120), fill(1_420), fill(1_464), fill(9_000)]).toEqual([1, 1, 2, 29, 30, 30]);
  expect(() => new V5Writer({ maxLength: 71 })).toThrow('cannot have 71 octets');
});
