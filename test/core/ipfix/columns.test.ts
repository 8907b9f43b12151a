import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_TIME_MS } from '../../../core/ipfix/flow-time.ts';
import { MessageWriter } from '../../../core/ipfix/message-writer.ts';
import { compileDecoder } from '../../../core/ipfix/record-decoder.ts';
import { compileEncoder, type Columns } from '../../../core/ipfix/record-encoder.ts';
import type { FieldValue } from '../../../core/ipfix/record-values.ts';
import { ELEMENT_ROWS } from '../../../core/ipfix/registry/information-elements.generated.ts';
import { elementById } from '../../../core/ipfix/registry/registry.ts';
import { minimumRecordLength, type FieldSpecifier, type Template } from '../../../core/ipfix/template.ts';
import { viewOf } from './recording-visitor.ts';
import { LENGTHS, typedValues, type TypedValue } from './typed-fields.ts';

const CAPACITY = 8;
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
  if (type === 'dateTimeMilliseconds') return fc.integer({ min: 0, max: MAX_TIME_MS });
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

/** Elements that tell a time by what the Message says: without that they say none. */
const RELATIVE_TIMES = new Set([21, 22, 158, 159]);

/** The number in a column for a value of an element. */
function columnNumberOf({ enterpriseNumber, elementId }: FieldSpecifier, value: FieldValue | undefined): number | undefined {
  const type = elementById(enterpriseNumber, elementId)?.dataType;
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  if (enterpriseNumber === 0 && RELATIVE_TIMES.has(elementId)) return 0;
  if (type === 'dateTimeMilliseconds' && Number(value) > MAX_TIME_MS) return 0;
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
