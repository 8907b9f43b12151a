import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMessage } from '../../../core/ipfix/message-reader.ts';
import { MessageWriter } from '../../../core/ipfix/message-writer.ts';
import { VARIABLE_LENGTH, type Template } from '../../../core/ipfix/template.ts';
import { octetsOf, readAll, RecordingVisitor, viewOf } from './recording-visitor.ts';

const HEADER_LENGTH = 16;

/** A Message of these Sets, with a right header. */
function messageOf(...sets: string[]): Uint8Array {
  const body = octetsOf(sets.join(''));
  const length = HEADER_LENGTH + body.length;
  return Uint8Array.of(0, 10, length >>> 8, length & 255, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, ...body);
}

const codesOf = (octets: Uint8Array): string[] => readAll(octets).visitor.issues.map(({ code }) => code);

const TEMPLATE: Template = { id: 256, scopeFieldCount: 0, fields: [{ enterpriseNumber: 0, elementId: 7, length: 2 }] };
const TEMPLATE_RECORD = '0100 0001 0007 0002';
const TEMPLATE_SET = `0002 000c ${TEMPLATE_RECORD}`;
const DATA_SET = '0100 0006 01bb';

test('the header is refused when it is short, of another version or of a length that cannot be', () => {
  const good = messageOf(TEMPLATE_SET);
  const withOctet = (index: number, value: number): Uint8Array => good.with(index, value);
  for (const [octets, code] of [
    [new Uint8Array(0), 'message-header'],
    [good.subarray(0, 15), 'message-header'],
    [withOctet(1, 9), 'message-version'],
    [withOctet(3, 15), 'message-length'],
    [withOctet(3, good.length + 1), 'message-length'],
  ] as const) {
    const visitor = new RecordingVisitor();
    expect(readMessage(viewOf(octets), visitor)).toBeUndefined();
    expect(visitor.issues).toMatchObject([{ code, offset: 0 }]);
  }
});

test('octets after the Message are not read: its length counts', () => {
  const octets = Uint8Array.of(...messageOf(TEMPLATE_SET, DATA_SET), ...octetsOf('ffff'));
  const { header, visitor, records } = readAll(octets);
  expect(header).toEqual({ length: octets.length - 2, exportTimeS: 1, sequenceNumber: 2, observationDomainId: 3 });
  expect(visitor.issues).toEqual([]);
  expect(records).toEqual([[443]]);
});

test('a Set whose length is below its header or beyond the Message ends the reading, what came before stays', () => {
  for (const broken of ['0100 0000 01bb', '0100 0003 01bb', '0100 0007 01bb', '0100 ffff 01bb']) {
    const { header, visitor, records } = readAll(messageOf(TEMPLATE_SET, DATA_SET, broken));
    expect(header).toBeDefined();
    expect(visitor.issues).toMatchObject([{ code: 'set-length', offset: 34 }]);
    expect(records).toEqual([[443]]);
  }
  expect(codesOf(messageOf(TEMPLATE_SET, '010000'))).toEqual(['set-header']);
});

test.each(['0000', '0001', '0004', '00ff'])('Set ID %s is reserved: passed over (RFC 7011 section 3.3.2)', (setId) => {
  const { visitor, records } = readAll(messageOf(TEMPLATE_SET, `${setId} 0006 01bb`, DATA_SET));
  expect(visitor.issues).toMatchObject([{ code: 'set-id', offset: 28 }]);
  expect(records).toEqual([[443]]);
});

test.each([
  ['a reserved Template ID', '0002 0014 00ff 0001 0007 0002', 'template-id'],
  ['records without octets', '0002 0014 0101 0001 0007 0000', 'template-empty'],
])('%s: the Template is passed over, the next is read', (_name, head, code) => {
  const { visitor } = readAll(messageOf(head, TEMPLATE_RECORD));
  expect(visitor.issues).toMatchObject([{ code, offset: 20 }]);
  expect(visitor.templates).toEqual([TEMPLATE]);
});

test.each([
  ['no scope', '0000'],
  ['more scope than fields', '0002'],
])('an Options Template with %s is passed over (RFC 7011 section 3.4.2.2)', (_name, scopeFieldCount) => {
  const { visitor } = readAll(
    messageOf(`0003 0018 0101 0001 ${scopeFieldCount} 0007 0002`, '0102 0001 0001 0007 0002', TEMPLATE_SET),
  );
  expect(visitor.issues).toMatchObject([{ code: 'template-scope', offset: 20 }]);
  expect(visitor.templates).toEqual([{ ...TEMPLATE, id: 258, scopeFieldCount: 1 }, TEMPLATE]);
});

test('a Template that does not end inside its Set is an issue, and the next Set is read', () => {
  for (const set of [
    '0002 000c 0100 0002 0007 0002',
    '0002 000c 0100 ffff 0007 0002',
    '0002 000c 0100 0001 8007 0002',
    '0003 0008 0101 0001',
    '0003 0009 0101 0001 00',
  ]) {
    const { visitor } = readAll(messageOf(set, TEMPLATE_SET));
    expect(visitor.issues).toMatchObject([{ code: 'template-truncated', offset: 20 }]);
    expect(visitor.templates).toEqual([TEMPLATE]);
  }
});

test('a Field Count of 0 withdraws: one, several with padding, or all (RFC 7011 section 8.1)', () => {
  const { visitor } = readAll(
    messageOf('0002 0008 0002 0000', '0003 0008 0003 0000', '0002 000f 0100 0000 0101 0000 000000', '0003 0008 0102 0000'),
  );
  expect(visitor.issues).toEqual([]);
  expect(visitor.withdrawals).toEqual([
    { domainId: 3, templateId: 2, kind: 'template' },
    { domainId: 3, templateId: 3, kind: 'options-template' },
    { domainId: 3, templateId: 256, kind: 'template' },
    { domainId: 3, templateId: 257, kind: 'template' },
    { domainId: 3, templateId: 258, kind: 'options-template' },
  ]);
  expect(codesOf(messageOf('0002 0008 0003 0000'))).toEqual(['template-id']);
  expect(codesOf(messageOf('0003 0008 00ff 0000'))).toEqual(['template-id']);
});

test('Template Sets may be padded with zeros, even with more than RFC 7011 section 3.3.1 allows', () => {
  for (const padding of ['00', '000000', '00000000', '0000000000000000']) {
    const length = (12 + padding.length / 2).toString(16).padStart(4, '0');
    const { visitor } = readAll(messageOf(`0002 ${length} ${TEMPLATE_RECORD} ${padding}`, DATA_SET));
    expect(visitor.issues).toEqual([]);
    expect(visitor.templates).toEqual([TEMPLATE]);
  }
  expect(codesOf(messageOf(`0002 0014 ${TEMPLATE_RECORD} 0000 0000 0000 0001`))).toEqual(['template-id']);
});

test('every Message carries its own Observation Domain', () => {
  const writer = new MessageWriter({ maxMessageLength: 512 });
  for (const observationDomainId of [0, 1, 0xffffffff]) {
    writer.begin({ observationDomainId, sequenceNumber: 0xffffffff, exportTimeS: 0xffffffff });
    writer.addValues(TEMPLATE, [443]);
    const { header, visitor } = readAll(writer.finish());
    expect(header).toMatchObject({ observationDomainId, sequenceNumber: 0xffffffff, exportTimeS: 0xffffffff });
    expect(visitor.dataSets).toMatchObject([{ domainId: observationDomainId, templateId: 256 }]);
  }
});

/** Template, options, variable length and enterprise elements in one. */
function richMessage(): Uint8Array {
  const options: Template = {
    id: 300,
    scopeFieldCount: 1,
    fields: [
      { enterpriseNumber: 0, elementId: 95, length: 4 },
      { enterpriseNumber: 0, elementId: 96, length: VARIABLE_LENGTH },
      { enterpriseNumber: 32_473, elementId: 1, length: VARIABLE_LENGTH },
    ],
  };
  const writer = new MessageWriter({ maxMessageLength: 1_420 });
  writer.begin({ observationDomainId: 3, sequenceNumber: 2, exportTimeS: 1 });
  writer.addTemplate(TEMPLATE);
  writer.addTemplate(options);
  writer.addValues(options, [0x06000001, 'youtube', 'n'.repeat(300)]);
  writer.addValues(TEMPLATE, [443]);
  return writer.finish();
}

test('a valid Message with any octets changed, cut or added never throws, and issues lie inside it', () => {
  const message = richMessage();
  expect(readAll(message).visitor.issues).toEqual([]);
  const changes = fc.array(fc.tuple(fc.nat(message.length - 1), fc.nat(255)), { maxLength: 8 });
  fc.assert(
    fc.property(changes, fc.nat(message.length), fc.uint8Array({ maxLength: 20 }), (edits, cut, tail) => {
      const octets = Uint8Array.of(...message.subarray(0, cut), ...tail);
      for (const [index, octet] of edits) octets[index] = octet;
      const { visitor } = readAll(octets);
      for (const { offset, end } of visitor.dataSets) expect(offset <= end && end <= octets.length).toBe(true);
      for (const { offset } of visitor.issues) expect(offset).toBeLessThanOrEqual(octets.length);
    }),
    { numRuns: 5_000 },
  );
});

test('any octets after a right header never throw and end', () => {
  // Small numbers, or hardly a Set would have a length that can be.
  const words = fc.array(fc.oneof(fc.constantFrom(0, 2, 3, 4, 8, 12, 16, 256, 0x8001, 0xffff), fc.nat(0xffff)), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(words, (numbers) => {
      const { header } = readAll(messageOf(...numbers.map((number) => number.toString(16).padStart(4, '0'))));
      expect(header).toBeDefined();
    }),
    { numRuns: 5_000 },
  );
});
