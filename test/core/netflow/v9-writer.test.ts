import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileEncoder } from '../../../core/ipfix/record-encoder.ts';
import type { Template } from '../../../core/ipfix/template.ts';
import { V9Writer } from '../../../core/netflow/v9-writer.ts';
import { parseIPv4 } from '../../../core/net/address.ts';

const field = (elementId: number, length: number) => ({ enterpriseNumber: 0, elementId, length });

/** Words of 32 bits, and halves of them written as [upper, lower]. */
const octetsOf = (...words: (number | [number, number])[]): Uint8Array => {
  const view = new DataView(new ArrayBuffer(4 * words.length));
  words.forEach((word, index) => {
    if (typeof word === 'number') view.setUint32(4 * index, word);
    else word.forEach((half, part) => view.setUint16(4 * index + 2 * part, half));
  });
  return new Uint8Array(view.buffer);
};
const ip = (text: string): number => parseIPv4(text) as number;

test('the Export Packet of RFC 3954 section 11, octet for octet', () => {
  const flows: Template = {
    id: 256,
    scopeFieldCount: 0,
    fields: [field(8, 4), field(12, 4), field(15, 4), field(2, 4), field(1, 4)],
  };
  const lineCards: Template = { id: 257, scopeFieldCount: 1, fields: [field(3, 2), field(41, 2), field(42, 2)] };
  const encoder = compileEncoder(flows, ['from', 'to', 'nextHop', 'packets', 'octets']);
  const columns = {
    from: ['198.168.1.12', '192.168.1.27', '192.168.1.56'].map(ip),
    to: ['10.5.12.254', '10.5.12.23', '10.5.12.65'].map(ip),
    nextHop: new Array(3).fill(ip('192.168.1.1')),
    packets: [5_009, 748, 5],
    octets: [5_344_385, 388_934, 6_534],
  };
  const writer = new V9Writer({ maxPacketLength: 1_420 });
  writer.begin({ sourceId: 77, sequenceNumber: 12, unixS: 1_000_000_000, uptimeMs: 2 ** 32 + 5 });
  expect(writer.addTemplate(flows)).toBe(true);
  for (let row = 0; row < 3; row++) expect(writer.addRecord(encoder, columns, row)).toBe(true);
  expect(writer.addTemplate(lineCards)).toBe(true);
  expect(writer.addValues(lineCards, [1, 345, 10_201])).toBe(true);
  expect(writer.addValues(lineCards, [2, 690, 20_402])).toBe(true);
  expect(writer.dataRecordCount).toBe(5);

  const rows = [0, 1, 2].flatMap((row) =>
    [columns.from, columns.to, columns.nextHop, columns.packets, columns.octets].map((column) => column[row] as number),
  );
  expect(writer.finish()).toEqual(
    octetsOf(
      ...([[9, 7], 5, 1_000_000_000, 12, 77] as const).map((word) => word as number | [number, number]),
      ...([
        [0, 28],
        [256, 5],
        [8, 4],
        [12, 4],
        [15, 4],
        [2, 4],
        [1, 4],
      ] as [number, number][]),
      ...([[256, 64], ...rows] as (number | [number, number])[]),
      ...([
        [1, 24],
        [257, 4],
        [8, 3],
        [2, 41],
        [2, 42],
        [2, 0],
      ] as [number, number][]),
      ...([
        [257, 16],
        [1, 345],
        [10_201, 2],
        [690, 20_402],
      ] as [number, number][]),
    ),
  );
});

test('FlowSets begin at multiples of four, padding is zeros whatever was there before, nothing is longer than told', () => {
  const template: Template = { id: 300, scopeFieldCount: 0, fields: [field(7, 2), field(4, 1), field(11, 2)] };
  const encoder = compileEncoder(template, ['port', 'protocol', 'port']);
  const columns = { port: [0xffff], protocol: [0xff] };
  fc.assert(
    fc.property(fc.integer({ min: 60, max: 200 }), fc.array(fc.boolean(), { maxLength: 40 }), (maxPacketLength, isTemplate) => {
      const writer = new V9Writer({ maxPacketLength });
      const start = { sourceId: 0, sequenceNumber: 0, unixS: 0, uptimeMs: 0 };
      writer.begin(start);
      while (writer.addRecord(encoder, columns, 0));
      writer.begin(start);
      const accepted = isTemplate.filter((each) =>
        each ? writer.addTemplate(template) : writer.addRecord(encoder, columns, 0),
      ).length;
      const packet = writer.finish();
      expect(packet.length).toBeLessThanOrEqual(maxPacketLength);
      const view = new DataView(packet.buffer);
      expect(view.getUint16(2)).toBe(accepted);
      let records = 0;
      for (let at = 20; at < packet.length;) {
        expect(at % 4).toBe(0);
        const length = view.getUint16(at + 2);
        const size = view.getUint16(at) === 0 ? 16 : 5;
        const inSet = Math.floor((length - 4) / size);
        records += inSet;
        for (let pad = at + 4 + inSet * size; pad < at + length; pad++) expect(packet[pad]).toBe(0);
        at += length;
      }
      expect(records).toBe(accepted);
    }),
  );
});

test('what v9 has no room for is refused', () => {
  const writer = new V9Writer({ maxPacketLength: 1_420 });
  writer.begin({ sourceId: 0, sequenceNumber: 0, unixS: 0, uptimeMs: 0 });
  const reverse: Template = { id: 256, scopeFieldCount: 0, fields: [{ enterpriseNumber: 29_305, elementId: 1, length: 8 }] };
  expect(() => writer.addTemplate(reverse)).toThrow('Template 256: NetFlow v9 cannot carry element 29305/1');
  expect(() => writer.addTemplate({ ...reverse, fields: [field(82, 65_535)] })).toThrow('cannot carry element 0/82');
  expect(() => new V9Writer({ maxPacketLength: 19 })).toThrow('cannot have 19 octets');
});
