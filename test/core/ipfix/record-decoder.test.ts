import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FlowBatch } from '../../../core/flow/flow-batch.ts';
import { compileDecoder } from '../../../core/ipfix/record-decoder.ts';
import { compileEncoder } from '../../../core/ipfix/record-encoder.ts';
import { decodeRecordValues } from '../../../core/ipfix/record-values.ts';
import { VARIABLE_LENGTH, type FieldSpecifier, type Template } from '../../../core/ipfix/template.ts';
import { octetsOf, viewOf } from './recording-visitor.ts';

const keyOf = ({ elementId, length }: FieldSpecifier): string => `${elementId}/${length}`;
const element = (elementId: number, length: number): FieldSpecifier => ({ enterpriseNumber: 0, elementId, length });

const NAMED: Template = {
  id: 256,
  scopeFieldCount: 0,
  fields: [element(7, 2), element(96, VARIABLE_LENGTH), element(11, 1), element(11, 2), element(1, 3)],
};
const COLUMN_OF = new Map([
  ['7/2', 'sourcePort'],
  ['96/65535', 'protocol'],
  ['11/1', 'destinationPort'],
  ['11/2', 'destinationPort'],
  ['1/3', 'octetDeltaCount'],
]);
const namedDecoder = compileDecoder(NAMED, (field) => COLUMN_OF.get(keyOf(field)));
const NAMED_RECORD = '01bb 03616263 35 ffff 010203';

test('a FlowBatch is filled row by row; text goes nowhere, the first of two fields wins, other columns stay', () => {
  expect(namedDecoder).toMatchObject({ minimumLength: 9, boundColumns: ['sourcePort', 'destinationPort', 'octetDeltaCount'] });
  const batch = new FlowBatch(4);
  batch.protocol.fill(17);
  const octets = octetsOf(NAMED_RECORD.repeat(3) + '00000000');
  // What is left is shorter than a record: padding (RFC 7011 section 3.3.1).
  expect(namedDecoder.decode(viewOf(octets), 0, octets.length, batch)).toBe(octets.length - 4);
  expect(batch.length).toBe(3);
  expect([...batch.sourcePort]).toEqual([443, 443, 443, 0]);
  expect([...batch.destinationPort]).toEqual([53, 53, 53, 0]);
  expect([...batch.octetDeltaCount]).toEqual([0x010203, 0x010203, 0x010203, 0]);
  expect([...batch.protocol]).toEqual([17, 17, 17, 17]);
});

test('a full batch stops the decoder between records; another batch goes on from there', () => {
  const octets = octetsOf(NAMED_RECORD.repeat(5));
  const [first, second] = [new FlowBatch(3), new FlowBatch(3)];
  const reached = namedDecoder.decode(viewOf(octets), 0, octets.length, first);
  expect([reached, first.length]).toEqual([3 * 12, 3]);
  expect(namedDecoder.decode(viewOf(octets), reached, octets.length, first)).toBe(reached);
  expect(namedDecoder.decode(viewOf(octets), reached, octets.length, second)).toBe(octets.length);
  expect(second.length).toBe(2);
});

test('a record whose variable length leads out of the Set is not counted', () => {
  for (const broken of ['01bb ff', '01bb ff00', '01bb ffffff', '01bb 0a6162633501020304', '01bb 04616263 35 ffff 0102']) {
    const octets = octetsOf(NAMED_RECORD + broken);
    const batch = new FlowBatch(4);
    expect(namedDecoder.decode(viewOf(octets), 0, octets.length, batch)).toBe(12);
    expect(batch.length).toBe(1);
  }
});

test('records without octets are not decoded at all', () => {
  const decoder = compileDecoder({ id: 256, scopeFieldCount: 0, fields: [element(96, 0)] }, () => 'protocol');
  expect(decoder.minimumLength).toBe(0);
  const batch = new FlowBatch(4);
  expect(decoder.decode(new DataView(new ArrayBuffer(8)), 2, 8, batch)).toBe(2);
  expect(batch.length).toBe(0);
});

test('any octets under any Template: no error, no step back, nothing beyond the end, and as many rows as values tell', () => {
  const specifiers = fc.record({
    enterpriseNumber: fc.constantFrom(0, 29_305, 32_473),
    elementId: fc.constantFrom(1, 4, 7, 82, 95, 96, 152, 154, 156, 320, 434),
    length: fc.oneof(fc.nat(20), fc.constant(VARIABLE_LENGTH)),
  });
  fc.assert(
    fc.property(fc.array(specifiers, { maxLength: 6 }), fc.uint8Array({ maxLength: 300 }), fc.nat(300), (fields, octets, end) => {
      const template: Template = { id: 256, scopeFieldCount: 0, fields };
      const decoder = compileDecoder(template, ({ elementId }) => (elementId % 3 === 0 ? undefined : `c${elementId % 4}`));
      const column = (): Float64Array => new Float64Array(512);
      const batch = { length: 0, capacity: 512, c0: column(), c1: column(), c2: column(), c3: column() };
      const reached = decoder.decode(viewOf(octets), 0, end, batch);
      let at = 0;
      let rows = 0;
      for (;;) {
        const result = decodeRecordValues(template, viewOf(octets), at, end);
        if (!('values' in result)) break;
        at = result.next;
        rows++;
      }
      expect({ reached, rows: batch.length }).toEqual({ reached: at, rows });
    }),
    { numRuns: 3_000 },
  );
});

test('what cannot be encoded from columns, or has no column, is refused when compiled or bound', () => {
  const template = (field: FieldSpecifier): Template => ({ id: 256, scopeFieldCount: 0, fields: [field] });
  expect(() => compileEncoder(template(element(96, VARIABLE_LENGTH)), ['name'])).toThrow(/element 96/);
  expect(() => compileEncoder(template(element(27, 16)), ['address'])).toThrow(/element 27/);
  expect(() => compileEncoder(template(element(7, 2)), [])).toThrow(/columns/);
  const view = new DataView(new ArrayBuffer(8));
  expect(() => compileEncoder(template(element(7, 2)), ['port']).encode(view, 0, {}, 0)).toThrow(/no column port/);
  const decoder = compileDecoder(template(element(7, 2)), () => 'port');
  expect(() => decoder.decode(view, 0, 8, new FlowBatch(1))).toThrow(/no column port/);
});
