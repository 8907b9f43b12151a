import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MessageWriter } from '../../../core/ipfix/message-writer.ts';
import { decodeRecordValues, type FieldValue } from '../../../core/ipfix/record-values.ts';
import { elementByName } from '../../../core/ipfix/registry/registry.ts';
import { minimumRecordLength, VARIABLE_LENGTH, type FieldSpecifier, type Template } from '../../../core/ipfix/template.ts';
import { octetsOf, readAll, viewOf } from './recording-visitor.ts';
import { typedValues } from './typed-fields.ts';

const field = (name: string, length: number): FieldSpecifier => {
  const { enterpriseNumber, elementId } = elementByName(name) as { enterpriseNumber: number; elementId: number };
  return { enterpriseNumber, elementId, length };
};
const templateOf = (...fields: FieldSpecifier[]): Template => ({ id: 999, fields, scopeFieldCount: 0 });

/** What the octets mean in a field of this element and as many octets. */
function decode(name: string, hex: string): FieldValue | undefined {
  const octets = octetsOf(hex);
  const result = decodeRecordValues(templateOf(field(name, octets.length)), viewOf(octets), 0, octets.length);
  return 'values' in result ? result.values[0] : undefined;
}

test('values of every type and length come back from a Message as they went in', () => {
  fc.assert(
    fc.property(
      fc.array(typedValues, { minLength: 1, maxLength: 12 }),
      fc.nat(12),
      fc.integer({ min: 1, max: 3 }),
      (typed, scope, count) => {
        const fields = typed.map(({ field: specifier }) => specifier);
        fc.pre(minimumRecordLength(fields) > 0);
        const template: Template = { id: 256, fields, scopeFieldCount: Math.min(scope, fields.length) };
        const values = typed.map(({ value }) => value);
        const writer = new MessageWriter({ maxMessageLength: 65_535 });
        writer.begin({ observationDomainId: 1, sequenceNumber: 0, exportTimeS: 0 });
        writer.addTemplate(template);
        for (let record = 0; record < count; record++) expect(writer.addValues(template, values)).toBe(true);
        const { visitor, records } = readAll(writer.finish());
        expect(visitor.issues).toEqual([]);
        expect(visitor.templates).toEqual([template]);
        expect(records).toEqual(new Array(count).fill(values));
      },
    ),
    { numRuns: 1_000 },
  );
});

test.each<[name: string, hex: string, value: FieldValue]>([
  ['octetDeltaCount', '0001000000', 16_777_216],
  ['octetDeltaCount', '1fffffffffffff', Number.MAX_SAFE_INTEGER],
  ['octetDeltaCount', '20000000000001', 9_007_199_254_740_993n],
  ['octetDeltaCount', 'ffffffffffffffff', 18_446_744_073_709_551_615n],
  ['mibObjectValueInteger', 'ff', -1],
  ['mibObjectValueInteger', 'fffffe', -2],
  ['mibObjectValueInteger', '80000000', -2_147_483_648],
  ['samplingProbability', '3f000000', 0.5],
  ['samplingProbability', '3fe0000000000000', 0.5],
  ['dataRecordsReliability', '01', true],
  ['dataRecordsReliability', '02', false],
  ['dataRecordsReliability', '00', 0],
  ['sourceMacAddress', '00005e005301', '00:00:5e:00:53:01'],
  ['sourceIPv4Address', 'c0000201', 0xc0000201],
  ['sourceIPv6Address', '20010db8000000000000000000000001', '2001:db8::1'],
  ['flowStartSeconds', 'ffffffff', 4_294_967_295],
  ['flowStartMilliseconds', '000000e8d4a51000', 1_000_000_000_000],
  ['flowStartMicroseconds', '83aa7e80800007ff', 500_000_000n],
  ['flowStartNanoseconds', '83aa7e8080000004', 500_000_001n],
  ['interfaceName', '65746830000000', 'eth0'],
  ['interfaceName', 'efbbbf41', '\ufeffA'],
  ['interfaceName', 'c3a9', 'é'],
])('%s %s is %s', (name, hex, value) => expect(decode(name, hex)).toEqual(value));

test('ill-formed UTF-8 and wrong lengths are given as octets (RFC 7011 sections 6.1.6 and 6.2)', () => {
  for (const [name, hex] of [
    ['interfaceName', 'c3'],
    ['interfaceName', 'eda080'],
    ['sourceIPv4Address', '0a0001'],
    ['sourceMacAddress', '0102030405060708'],
    ['flowStartMilliseconds', '01020304'],
    ['flowStartMicroseconds', '01020304'],
    ['octetDeltaCount', '010203040506070809'],
    ['dataRecordsReliability', '0001'],
  ] as const) {
    expect(decode(name, hex)).toEqual(octetsOf(hex));
  }
  expect(decode('interfaceName', '41')).toBe('A');
});

test('a record that does not end inside its Set is an issue, wherever it is cut', () => {
  const template = templateOf(
    field('sourceTransportPort', 2),
    field('interfaceName', VARIABLE_LENGTH),
    field('protocolIdentifier', 1),
  );
  const octets = octetsOf(`01bb ff 0003 616263 06`);
  expect(decodeRecordValues(template, viewOf(octets), 0, octets.length)).toEqual({
    values: [443, 'abc', 6],
    next: octets.length,
  });
  for (let end = 0; end < octets.length; end++) {
    expect(decodeRecordValues(template, viewOf(octets), 0, end)).toMatchObject({ code: 'record-truncated', offset: 0 });
    expect(decodeRecordValues(template, viewOf(octets.subarray(0, end)), 0, 99)).toMatchObject({ code: 'record-truncated' });
  }
  expect(decodeRecordValues(templateOf(), viewOf(octets), 0, octets.length)).toMatchObject({ code: 'record-empty' });
});

test('values that are not of the type or do not fit are refused, and the Message goes on', () => {
  const writer = new MessageWriter({ maxMessageLength: 100 });
  writer.begin({ observationDomainId: 1, sequenceNumber: 0, exportTimeS: 0 });
  const refused: [FieldSpecifier, FieldValue][] = [
    [field('sourceTransportPort', 2), 65_536],
    [field('sourceTransportPort', 2), -1],
    [field('sourceTransportPort', 2), 0.5],
    [field('sourceTransportPort', 2), '443'],
    [field('mibObjectValueInteger', 1), 128],
    [field('dataRecordsReliability', 1), 'true'],
    [field('sourceIPv4Address', 4), '10.0.0.256'],
    [field('sourceIPv6Address', 16), 1],
    [field('sourceMacAddress', 6), '00:00'],
    [field('interfaceName', 2), 'eth0'],
    [field('applicationId', 4), Uint8Array.of(1, 2, 3)],
    [field('flowStartNanoseconds', 8), -1n],
    [field('samplingProbability', 5), 1],
  ];
  for (const [specifier, value] of refused) expect(() => writer.addValues(templateOf(specifier), [value])).toThrow(RangeError);
  expect(() => writer.addValues(templateOf(field('protocolIdentifier', 1)), [])).toThrow(RangeError);
  expect(writer.isEmpty).toBe(true);
  expect(writer.addValues(templateOf(field('sourceIPv4Address', 4)), ['192.0.2.1'])).toBe(true);
  expect(writer.addValues(templateOf(field('applicationId', 4)), [0x06000001])).toBe(true);
  expect(writer.finish().subarray(16)).toEqual(octetsOf('03e7 000c c0000201 06000001'));
});
