import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flowTimeUs, timeFieldsOf, timeRank, uptimeSince, type TimeBase } from '../../../core/ipfix/flow-time.ts';
import { compileDecoder } from '../../../core/ipfix/record-decoder.ts';
import { VARIABLE_LENGTH, type FieldSpecifier, type Template } from '../../../core/ipfix/template.ts';
import { octetsOf, viewOf } from './recording-visitor.ts';

const STARTS = [152, 150, 154, 156, 158, 22];
const ENDS = [153, 151, 155, 157, 159, 21];
const EVENTS = [323, 322, 324, 325];
const NTP_FORM = new Set([154, 155, 156, 157, 324, 325]);

const columnOf = ({ elementId }: FieldSpecifier): string | undefined =>
  [STARTS, ENDS, EVENTS].find((ids) => ids.includes(elementId)) && 'time';

/** What the column says of records in `octets`, all of them of these fields. */
function columnOfTimes(fields: readonly FieldSpecifier[], octets: Uint8Array, base?: TimeBase): number[] {
  const template: Template = { id: 256, scopeFieldCount: 0, fields };
  const batch = { length: 0, capacity: 4, time: new Float64Array(4) };
  compileDecoder(template, columnOf).decode(viewOf(octets), 0, octets.length, batch, base);
  return [...batch.time.subarray(0, batch.length)];
}

/** Export Times of 1970 to 2174, which is in the third era of NTP, in whole seconds, milliseconds and microseconds. */
const bases: fc.Arbitrary<TimeBase> = fc.record({
  exportTimeUs: fc
    .tuple(fc.nat(2 ** 31 - 1), fc.nat(2), fc.nat(999_999), fc.constantFrom(1, 1e3, 1e6))
    .map(([third, more, us, unit]) => (third * 3 + more) * 1e6 + us - (us % unit)),
  uptimeMs: fc.option(fc.nat(2 ** 32 - 1), { nil: undefined }),
});

const fieldsOf = (elementId: number): fc.Arbitrary<FieldSpecifier> =>
  fc.nat(9).map((length) => ({ enterpriseNumber: 0, elementId, length }));

/** Any octets, and such as mean a time not far from the Export Time. */
const octetsFor = (length: number): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(fc.uint8Array({ minLength: length, maxLength: length }), fc.boolean())
    .map(([octets, isSmall]) => (isSmall ? octets.map((octet, at) => (at < length - 6 ? 0 : octet)) : octets));

describe.each([...STARTS, ...ENDS, ...EVENTS])('element %i', (elementId) => {
  test('the column holds what is read field by field, in milliseconds, whatever its length, the base and the era', () => {
    fc.assert(
      fc.property(
        fieldsOf(elementId).chain((field) => fc.tuple(fc.constant(field), octetsFor(field.length))),
        fc.uint8Array({ minLength: 2, maxLength: 2 }),
        bases,
        ([field, octets], around, base) => {
          const fields = [
            { enterpriseNumber: 0, elementId: 4, length: 1 },
            field,
            { enterpriseNumber: 0, elementId: 5, length: 1 },
          ];
          const record = Uint8Array.of(around[0] as number, ...octets, around[1] as number);
          const us = flowTimeUs(elementId, viewOf(record), 1, field.length, base);
          const [ms, again] = columnOfTimes(fields, Uint8Array.of(...record, ...record), base) as [number, number];
          expect(again).toBe(ms);
          if (!NTP_FORM.has(elementId)) {
            expect(ms).toBe((us ?? 0) / 1e3);
            return;
          }
          // Fractions are rounded to nearest here, down there, and a float of milliseconds is good for half a microsecond in all these years.
          const offUs = ms * 1e3 - (us ?? 0);
          expect(offUs).toBeGreaterThanOrEqual(-0.5);
          expect(offUs).toBeLessThanOrEqual(1.5);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

test('of times told twice the one that is believed first fills the column, whatever its place', () => {
  for (const ids of [STARTS, ENDS, EVENTS]) {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(ids, { minLength: 1 }),
        bases,
        fc.uint8Array({ minLength: 48, maxLength: 48 }),
        (order, base, octets) => {
          const fields = order.map((elementId) => ({
            enterpriseNumber: 0,
            elementId,
            length: [152, 153, 323].includes(elementId) || NTP_FORM.has(elementId) ? 8 : 4,
          }));
          const time = ids === STARTS ? 'start' : ids === ENDS ? 'end' : 'event';
          const first = timeFieldsOf(fields, 0, time)[0];
          const alone = fields[first?.index ?? -1] as FieldSpecifier;
          const before = fields.slice(0, first?.index).reduce((sum, { length }) => sum + length, 0);
          const [ms] = columnOfTimes(fields, octets, base);
          expect(ms).toBe(columnOfTimes([alone], octets.slice(before, before + alone.length), base)[0]);
          expect(order.every((elementId) => timeRank(elementId) >= timeRank(alone.elementId))).toBe(true);
        },
      ),
    );
  }
});

const field = (elementId: number, length: number): FieldSpecifier => ({ enterpriseNumber: 0, elementId, length });
const IN_2023 = { exportTimeUs: 1_700_000_000_000_000, uptimeMs: 1_000 };

test('an uptime that began anew between the flow and the Message, and one a little after it', () => {
  expect(columnOfTimes([field(22, 4)], octetsOf('fffffc18 000003ed'), IN_2023)).toEqual([1_699_999_998_000, 1_700_000_000_005]);
});

test('without what the Message says, uptimes and deltas are 0 and other times as of 1970 to 2106', () => {
  const { exportTimeUs } = IN_2023;
  expect(columnOfTimes([field(22, 4)], octetsOf('00000001'), { exportTimeUs, uptimeMs: undefined })).toEqual([0]);
  expect(columnOfTimes([field(22, 4)], octetsOf('00000001'))).toEqual([0]);
  expect(columnOfTimes([field(158, 2)], octetsOf('07d0'))).toEqual([0]);
  expect(columnOfTimes([field(158, 2)], octetsOf('07d0'), IN_2023)).toEqual([1_699_999_999_998]);
  expect(columnOfTimes([field(150, 4)], octetsOf('ffffffff'))).toEqual([4_294_967_295_000]);
  expect(columnOfTimes([field(154, 8)], octetsOf('00000000 00000000'))).toEqual([Date.UTC(2036, 1, 7, 6, 28, 16)]);
});

test('milliseconds that can be no time are none', () => {
  expect(columnOfTimes([field(152, 8)], octetsOf('ffffffffffffffff 0000018bcfe56800'))).toEqual([0, 1_700_000_000_000]);
});

test('a record that says when its device was switched on needs nobody else for its uptimes, wherever it says it', () => {
  const initMs = fc.oneof(fc.integer({ min: 0, max: 2e12 }), fc.constant(2 ** 63));
  fc.assert(
    fc.property(fc.shuffledSubarray([4, 22, 96, 160]), initMs, fc.nat(2 ** 32 - 1), bases, (order, init, uptimeMs, base) => {
      const named = order.includes(160) && init <= Number.MAX_SAFE_INTEGER;
      const own = named ? { exportTimeUs: base.exportTimeUs, uptimeMs: uptimeSince(init, base.exportTimeUs) } : base;
      const octetsOfField = new Map([
        [4, octetsOf('11')],
        [22, octetsOf(uptimeMs.toString(16).padStart(8, '0'))],
        [96, octetsOf('03 616263')],
        [160, octetsOf(init.toString(16).padStart(16, '0'))],
      ]);
      const record = order.flatMap((id) => [...(octetsOfField.get(id) ?? [])]);
      const fields = order.map((id) => field(id, id === 96 ? VARIABLE_LENGTH : (octetsOfField.get(id)?.length ?? 0)));
      const us = order.includes(22) ? flowTimeUs(22, viewOf(octetsOfField.get(22) as Uint8Array), 0, 4, own) : 0;
      const expected = order.length === 0 ? [] : [(us ?? 0) / 1e3, (us ?? 0) / 1e3];
      expect(columnOfTimes(fields, Uint8Array.from([...record, ...record]), base)).toEqual(expected);
    }),
    { numRuns: 1_000 },
  );
});
