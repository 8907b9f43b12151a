import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FlowBatch } from '../../../core/flow/flow-batch.ts';
import { MessageWriter } from '../../../core/ipfix/message-writer.ts';
import { compileDecoder } from '../../../core/ipfix/record-decoder.ts';
import { compileEncoder, type Columns } from '../../../core/ipfix/record-encoder.ts';
import { decodeRecordValues, type FieldValue } from '../../../core/ipfix/record-values.ts';
import { ELEMENT_ROWS } from '../../../core/ipfix/registry/information-elements.generated.ts';
import { elementById } from '../../../core/ipfix/registry/registry.ts';
import { minimumRecordLength, VARIABLE_LENGTH, type FieldSpecifier, type Template } from '../../../core/ipfix/template.ts';
import { octetsOf, viewOf } from './recording-visitor.ts';
import { LENGTHS, typedValues, type TypedValue } from './typed-fields.ts';

const CAPACITY = 8;
const keyOf = ({ elementId, length }: FieldSpecifier): string => `${elementId}/${length}`;
const element = (elementId: number, length: number): FieldSpecifier => ({ enterpriseNumber: 0, elementId, length });

/** What a column may hold of a type: whole numbers as far as a float is exact, times as milliseconds. */
function columnNumbers(type: string, length: number): fc.Arbitrary<number> {
  const bits = Math.min(length * 8, 53);
  if (type.startsWith('float')) return length === 4 ? fc.float() : fc.double();
  if (type.startsWith('signed')) {
    const limit = 2 ** Math.min(bits, length * 8 - 1);
    return fc
      .maxSafeInteger()
      .map((value) => value % limit)
      .map((value) => (Object.is(value, -0) ? 0 : value));
  }
  if (type === 'dateTimeSeconds') return fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((seconds) => seconds * 1_000);
  if (type === 'dateTimeMicroseconds') return fc.integer({ min: 0, max: 2 ** 32 * 1e6 - 1 }).map((us) => us / 1_000);
  // A float of milliseconds is good for a quarter of a microsecond; halves of milliseconds are exact.
  if (type === 'dateTimeNanoseconds') return fc.integer({ min: 0, max: 2 ** 32 * 2_000 - 1 }).map((halves) => halves / 2);
  return fc.maxSafeInteger().map((value) => Math.abs(value) % 2 ** bits);
}

const columnFields = ELEMENT_ROWS.flatMap(([enterpriseNumber, elementId, , type]) =>
  enterpriseNumber !== 0 || type === 'ipv6Address' || type === 'boolean'
    ? []
    : (LENGTHS[type] ?? []).map((length) => ({ type, field: element(elementId, length) })),
);
/** One field of each type and length. */
const forms = new Map(columnFields.map((entry) => [`${entry.type} of ${entry.field.length} octets`, entry]));

test.each([...forms])('%s pass from column to column', (_form, { type, field }) => {
  const template: Template = { id: 256, scopeFieldCount: 0, fields: [element(4, 1), field, element(7, 2)] };
  const encoder = compileEncoder(template, ['before', 'value', 'after']);
  const decoder = compileDecoder(template, (bound) => (bound === field ? 'value' : undefined));
  expect(encoder.length).toBe(field.length + 3);
  expect(decoder.boundColumns).toEqual(['value']);
  fc.assert(
    fc.property(fc.array(columnNumbers(type, field.length), { minLength: 1, maxLength: CAPACITY }), (numbers) => {
      const rows = numbers.length;
      const columns: Columns = { before: new Array(rows).fill(255), value: numbers, after: new Array(rows).fill(65_535) };
      const view = new DataView(new ArrayBuffer(rows * encoder.length));
      numbers.forEach((_, row) => encoder.encode(view, row * encoder.length, columns, row));
      const batch = { length: 0, capacity: CAPACITY, value: new Float64Array(CAPACITY) };
      expect(decoder.decode(view, 0, view.byteLength, batch)).toBe(view.byteLength);
      expect(batch.length).toBe(rows);
      expect([...batch.value.subarray(0, rows)]).toEqual(numbers);
    }),
  );
});

/** The octets of one Data Record. */
function recordOf(template: Template, values: readonly FieldValue[]): Uint8Array {
  const writer = new MessageWriter({ maxMessageLength: 65_535 });
  writer.begin({ observationDomainId: 0, sequenceNumber: 0, exportTimeS: 0 });
  writer.addValues(template, values);
  return writer.finish().subarray(20);
}

/** The number in a column for a value of an element. */
function columnNumberOf({ enterpriseNumber, elementId }: FieldSpecifier, value: FieldValue | undefined): number | undefined {
  const type = elementById(enterpriseNumber, elementId)?.dataType;
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  if (type === 'dateTimeSeconds') return Number(value) * 1e3;
  if (type === 'dateTimeMicroseconds' || type === 'dateTimeNanoseconds') return Number(value) / 1e6;
  return Number(value);
}

test('a column holds what the value is, whatever stands before and after it, of variable length too', () => {
  fc.assert(
    fc.property(fc.array(typedValues, { minLength: 1, maxLength: 8 }), fc.nat(7), (typed, pick) => {
      const fields = typed.map(({ field }) => field);
      fc.pre(minimumRecordLength(fields) > 0);
      const template: Template = { id: 256, scopeFieldCount: 0, fields };
      const record = recordOf(
        template,
        typed.map(({ value }) => value),
      );
      const octets = Uint8Array.of(...record, ...record);
      const { field, value } = typed[pick % typed.length] as TypedValue;
      const decoder = compileDecoder(template, (candidate) => (candidate === field ? 'value' : undefined));
      const batch = { length: 0, capacity: CAPACITY, value: new Float64Array(CAPACITY) };
      expect(decoder.decode(viewOf(octets), 0, octets.length, batch)).toBe(octets.length);
      expect(batch.length).toBe(2);
      const expected = columnNumberOf(field, value);
      if (decoder.boundColumns.length === 0 || expected === undefined) return;
      const tolerance = Math.abs(expected) * 2 ** -51;
      for (const row of [0, 1]) {
        const actual = batch.value[row] as number;
        expect(Object.is(actual, expected) || Math.abs(actual - expected) <= tolerance || actual === expected).toBe(true);
      }
    }),
    { numRuns: 2_000 },
  );
});

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

test('a FlowBatch is filled row by row; text goes to no column, the first of two fields wins, other columns are not touched', () => {
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
