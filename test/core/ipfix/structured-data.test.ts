import { expect, test } from 'vitest';
import { nameField } from '../../../core/ipfix/named-field.ts';
import { readList, type StructuredList } from '../../../core/ipfix/structured-data.ts';
import type { Template } from '../../../core/ipfix/template.ts';
import { octetsOf, viewOf } from './recording-visitor.ts';

const field = (elementId: number, length: number) => ({ enterpriseNumber: 0, elementId, length });
const template = (id: number, fields: Template['fields']): Template => ({ id, fields, scopeFieldCount: 0 });

/** Templates of RFC 6313 sections 9.3 and 9.4, and one with a list of its own kind in it. */
const TEMPLATES = [
  template(257, [field(324, 8), field(326, 4)]),
  template(259, [field(302, 4), field(304, 1)]),
  template(260, [field(302, 4), field(304, 1), field(305, 1), field(306, 1)]),
  template(300, [field(4, 1), field(292, 65_535)]),
];

function read(elementId: number, hex: string, maxDepth = 8): StructuredList | undefined {
  const octets = octetsOf(hex);
  const context = { templateOf: (id: number) => TEMPLATES.find((known) => known.id === id), maxDepth };
  return readList(nameField(field(elementId, octets.length)), viewOf(octets), 0, octets.length, context);
}

const values = (list: StructuredList | undefined): unknown => list?.members?.map(({ name, value }) => [name, value]);
const records = (list: StructuredList | undefined): unknown =>
  list?.records?.map(({ templateId, fields }) => [templateId, ...fields.map(({ value }) => value)]);

test('a basicList of numbers and one of names (RFC 6313 section 9.1)', () => {
  const interfaces = read(291, '03 000e 0004 00000001 00000004 00000008');
  expect(interfaces?.semantic).toBe('allOf');
  expect(values(interfaces)).toEqual([1, 4, 8].map((value) => ['egressInterface', value]));
  expect(values(read(291, '03 0052 ffff 05 4645302f30 07 464531302f3130 05 4645322f32'))).toEqual(
    ['FE0/0', 'FE10/10', 'FE2/2'].map((value) => ['interfaceName', value]),
  );
});

test('a basicList of an enterprise element: its number stands behind the length (section 4.5.1)', () => {
  expect(read(291, '04 8001 0002 00007ed9 0102 0304')).toEqual({
    semantic: 'ordered',
    members: [
      { pen: 32_473, id: 1, name: '32473.1', value: '0x0102' },
      { pen: 32_473, id: 1, name: '32473.1', value: '0x0304' },
    ],
  });
});

test('a subTemplateList (section 9.3)', () => {
  const list = read(292, '03 0101 ce740b4f7df7a4e7 91230613 ce740b4f7df7a4e8 91230650');
  expect(list).toMatchObject({ semantic: 'allOf' });
  expect(records(list)).toEqual([
    [257, 'ntp:ce740b4f.7df7a4e7', 0x91230613],
    [257, 'ntp:ce740b4f.7df7a4e8', 0x91230650],
  ]);
});

test('a subTemplateMultiList (section 9.4)', () => {
  const list = read(293, '03 0103 0009 00000064 05 0104 000b 0000000f 01 01 63');
  expect(records(list)).toEqual([
    [259, 100, 5],
    [260, 15, 1, 1, 99],
  ]);
  expect(list?.fault).toBeUndefined();
});

test('lists in lists are read, but not without an end', () => {
  const nested = '03 012c 04 05 03 012c 11 00';
  expect(read(292, nested)?.records?.[0]?.fields[1]?.list?.records?.[0]?.fields[0]?.value).toBe(17);
  expect(read(292, nested, 1)?.records?.[0]?.fields[1]?.list).toEqual({
    semantic: 'undefined',
    fault: 'the list lies too deep in other lists',
  });
});

test.each([
  ['no octets', 291, '', 'the list has no octets'],
  ['half a head', 291, '03 000e', 'the head of the basicList is cut'],
  ['members without octets, which would never end', 291, '03 000e 0000', 'the members of the basicList have no octets'],
  ['half a member', 291, '03 000e 0004 00000001 0000', '2 octets are no member of the basicList'],
  ['no Template', 292, '03', 'the head of the subTemplateList is cut'],
  ['a Template nobody sent', 292, '03 0200 00', 'Template 512 is not known'],
  ['a run shorter than its head', 293, '03 0103 0003 00', '5 octets are no run of the subTemplateMultiList'],
  ['a run beyond the end', 293, '03 0103 00ff 00', '5 octets are no run of the subTemplateMultiList'],
])('%s is a fault, not an error', (_name, elementId, hex, fault) => {
  expect(read(elementId, hex)).toMatchObject({ fault });
});

test('semantics: registered ones by name, others by number (section 4.4)', () => {
  const semantics = ['00', '01', '02', 'ff', '09'].map((octet) => read(292, `${octet} 0101`)?.semantic);
  expect(semantics).toEqual(['noneOf', 'exactlyOneOf', 'oneOrMoreOf', 'undefined', 9]);
  expect(read(8, '03 0101')).toBeUndefined();
});
