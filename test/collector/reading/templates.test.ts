import { describe, expect, test } from 'vitest';
import { VARIABLE_LENGTH, type Template } from '../../../core/ipfix/template.ts';
import { octetsOf } from '../../core/ipfix/recording-visitor.ts';
import { APPLICATIONS, flow, FLOWS, message } from '../support/exporter.ts';
import { readerOf, valuesOf } from './read.ts';

const values = (octets: number): unknown[] => ['10.0.0.5', '198.18.1.1', octets, 1];

/** FLOWS's number with another meaning: octets and packets change places. */
const TURNED: Template = { ...FLOWS, fields: [...FLOWS.fields.slice(0, 2), FLOWS.fields[3]!, FLOWS.fields[2]!] };

/** A Message with nothing but a withdrawal of Templates (RFC 7011 section 8.1). */
const withdrawal = (templateId: string): Uint8Array =>
  octetsOf(`000a 0018 69a54f50 00000000 00000001 0002 0008 ${templateId} 0000`);

describe('data before its Template', () => {
  test('is read when the Template comes, with the place and the time of its Message', () => {
    const { reader, records, read } = readerOf();
    read(message({ records: [flow(1)], exportTimeS: 1_772_441_000 }));
    read(message({ records: [flow(2)] }));
    read(message({ templates: [FLOWS], records: [flow(3)] }));
    expect(valuesOf(records)).toEqual([
      [0, 0, ...values(1)],
      [1, 0, ...values(2)],
      [2, 1, ...values(3)],
    ]);
    expect(records.map(({ late }) => late)).toEqual([true, true, undefined]);
    expect(reader.counters).toMatchObject({ records: 3, lateRecords: 2, withoutTemplate: 2, droppedSets: 0 });
  });

  test('costs the other Sets of its Message nothing', () => {
    const { records, read } = readerOf();
    read(message({ templates: [FLOWS] }));
    read(message({ records: [[APPLICATIONS, [0x06000001, 'youtube']], flow(2)] }));
    expect(valuesOf(records)).toEqual([[1, 1, ...values(2)]]);
  });

  test('waits within bounds of octets and of time', () => {
    const { reader, records, read } = readerOf({ maxPendingOctets: 400, pendingLifetimeS: 10 });
    for (let octets = 1; octets <= 5; octets++) read(message({ records: [flow(octets)] }), { receivedAtS: octets < 5 ? 0 : 1 });
    // 20 octets each, and 128 for the trouble.
    expect(reader.counters.droppedSets).toBe(3);
    read(message({ templates: [FLOWS] }), { receivedAtS: 11 });
    expect(valuesOf(records)).toEqual([[4, 0, ...values(5)]]);
    expect(reader.counters.droppedSets).toBe(4);
  });

  test('is not read by another domain, port or protocol version', () => {
    const { records, read } = readerOf();
    read(message({ records: [flow(1)] }));
    read(message({ templates: [FLOWS], observationDomainId: 2 }));
    read(message({ templates: [FLOWS] }), { source: '192.0.2.1:4740' });
    read(octetsOf('0009 0001 00000000 69a54f50 00000000 00000001 0000 000c 0100 0001 0008 0004'));
    expect(records).toEqual([]);
  });
});

describe('Templates', () => {
  test('grow old over UDP alone (RFC 7011 section 8.4), not in a file (RFC 5655) that holds a year', () => {
    for (const isReliable of [true, false]) {
      const { records, read } = readerOf();
      read(message({ templates: [FLOWS] }), { isReliable, receivedAtS: 1_700_000_000 });
      read(message({ records: [flow(1)] }), { isReliable, receivedAtS: 1_731_536_000 });
      expect(records).toHaveLength(isReliable ? 1 : 0);
    }
  });

  test('over UDP get another meaning without a withdrawal, and what came before stays as it was', () => {
    const { reader, records, read } = readerOf();
    read(message({ templates: [FLOWS], records: [flow(1)] }));
    read(message({ templates: [TURNED], records: [[TURNED, [1, 2, 3, 4]]] }));
    expect(valuesOf(records)).toEqual([
      [0, 1, ...values(1)],
      [1, 1, '0.0.0.1', '0.0.0.2', 3, 4],
    ]);
    expect(reader.counters).toMatchObject({ templates: 2, redefinedTemplates: 1 });
  });

  test('hold for their lifetime after they came last, by the time of receipt (RFC 7011 section 8.4)', () => {
    const { reader, records, read } = readerOf({ templateLifetimeS: 100 });
    read(message({ templates: [FLOWS] }), { receivedAtS: 1_000 });
    read(message({ templates: [FLOWS] }), { receivedAtS: 1_050 });
    // The exporter's clock has been set back, and forward: that is nobody's business here.
    read(message({ records: [flow(1)], exportTimeS: 1 }), { receivedAtS: 1_150 });
    read(message({ records: [flow(2)], exportTimeS: 4_000_000_000 }), { receivedAtS: 1_150 });
    read(message({ records: [flow(3)] }), { receivedAtS: 1_151 });
    expect(records.map(({ message: index }) => index)).toEqual([2, 3]);
    expect(reader.sessions[0]?.templates.expired).toBe(1);
    read(message({ templates: [FLOWS] }), { receivedAtS: 1_152 });
    expect(records.at(-1)).toMatchObject({ message: 4, late: true });
  });

  test.each([
    ['UDP: ignored (RFC 7011 section 8.4)', false, '0100', 1],
    ['a file: gone', true, '0100', 0],
    ['a file, all Templates: gone', true, '0002', 0],
    ['a file, another Template: not gone', true, '0101', 1],
  ])('withdrawn over %s', (_name, isReliable, templateId, read1) => {
    const { reader, records, read } = readerOf();
    read(message({ templates: [FLOWS] }), { isReliable });
    read(withdrawal(templateId), { isReliable });
    read(message({ records: [flow(1)] }), { isReliable });
    expect(records).toHaveLength(read1);
    expect(reader.counters).toMatchObject({ withdrawals: 1, ignoredWithdrawals: isReliable ? 0 : 1 });
  });

  test('are refused beyond the limit, those with many empty fields too', () => {
    const { reader, read } = readerOf({ maxTemplates: 1, maxEmptyFields: 2 });
    read(message({ templates: [FLOWS, APPLICATIONS] }));
    expect(reader.counters.refusedTemplates).toBe(1);
    const empty = { enterpriseNumber: 0, elementId: 0, length: 0 };
    read(message({ templates: [{ ...FLOWS, fields: [...FLOWS.fields, empty, empty, empty] }] }));
    expect(reader.counters.refusedTemplates).toBe(2);
  });
});

test('a field that is there twice is shown twice, an unknown one by its number, a reverse one by its name (RFC 5103)', () => {
  const template: Template = {
    id: 300,
    scopeFieldCount: 0,
    fields: [
      { enterpriseNumber: 0, elementId: 1, length: 2 },
      { enterpriseNumber: 0, elementId: 1, length: 1 },
      { enterpriseNumber: 29_305, elementId: 1, length: 2 },
      { enterpriseNumber: 12_345, elementId: 7, length: VARIABLE_LENGTH },
      { enterpriseNumber: 0, elementId: 32_000, length: 2 },
    ],
  };
  const { records, read } = readerOf();
  read(message({ templates: [template], records: [[template, [1, 2, 3, 'xy', Uint8Array.of(0, 5)]]] }));
  expect(records[0]?.fields).toEqual([
    { pen: 0, id: 1, name: 'octetDeltaCount', value: 1 },
    { pen: 0, id: 1, name: 'octetDeltaCount', value: 2 },
    { pen: 29_305, id: 1, name: 'reverseOctetDeltaCount', value: 3 },
    { pen: 12_345, id: 7, name: '12345.7', value: '0x7879' },
    { pen: 0, id: 32_000, name: '32000', value: '0x0005' },
  ]);
});

test('a list is read by the Templates of its domain (RFC 6313)', () => {
  const lists: Template = {
    id: 301,
    scopeFieldCount: 0,
    fields: [{ enterpriseNumber: 0, elementId: 292, length: VARIABLE_LENGTH }],
  };
  const { reader, records, read } = readerOf();
  const list = Uint8Array.of(3, 1, 0, 10, 0, 0, 5, 198, 18, 1, 1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1);
  read(message({ templates: [lists, FLOWS], records: [[lists, [list]]] }));
  expect(records[0]?.fields[0]?.list).toMatchObject({
    semantic: 'allOf',
    records: [{ templateId: 256, fields: [{}, {}, { value: 9 }, {}] }],
  });
  read(message({ records: [[lists, [Uint8Array.of(3, 9, 9)]]] }));
  expect(reader.counters.issues.get('list')).toMatchObject({ count: 1, message: 1, detail: 'Template 2313 is not known' });
});

test('what is wrong with a Message is counted with its place, and its sound records are read', () => {
  const { reader, records, read } = readerOf();
  const sound = message({ templates: [FLOWS], records: [flow(1), flow(2)] });
  // The Message says it is longer, as when a capture kept only its beginning: the second record is cut.
  read(sound.subarray(0, sound.length - 1));
  expect(valuesOf(records)).toEqual([[0, 1, ...values(1)]]);
  expect([...reader.counters.issues.keys()].sort()).toEqual(['message-length', 'padding', 'set-length']);
  expect(reader.counters.issues.get('set-length')).toMatchObject({ message: 0, offset: 40 });
});
