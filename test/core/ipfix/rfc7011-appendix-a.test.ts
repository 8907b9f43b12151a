import { expect, test } from 'vitest';
import { MessageWriter } from '../../../core/ipfix/message-writer.ts';
import { elementByName } from '../../../core/ipfix/registry/registry.ts';
import type { FieldSpecifier, Template } from '../../../core/ipfix/template.ts';
import { VARIABLE_LENGTH } from '../../../core/ipfix/template.ts';
import { parseIPv4 } from '../../../core/net/address.ts';
import { octetsOf, readAll } from './recording-visitor.ts';

const field = (name: string, length: number): FieldSpecifier => ({
  enterpriseNumber: 0,
  elementId: elementByName(name)?.elementId as number,
  length,
});
const ENTERPRISE = 32_473;

const FLOWS: Template = {
  id: 256,
  scopeFieldCount: 0,
  fields: [
    field('sourceIPv4Address', 4),
    field('destinationIPv4Address', 4),
    field('ipNextHopIPv4Address', 4),
    field('packetDeltaCount', 4),
    field('octetDeltaCount', 4),
  ],
};
const ENTERPRISE_FLOWS: Template = {
  ...FLOWS,
  id: 257,
  fields: FLOWS.fields.map((flow, index) => (index === 2 ? { enterpriseNumber: ENTERPRISE, elementId: 15, length: 4 } : flow)),
};
const LINE_CARDS: Template = {
  id: 258,
  scopeFieldCount: 1,
  fields: [field('lineCardId', 4), field('exportedMessageTotalCount', 2), field('exportedFlowRecordTotalCount', 2)],
};
const ENTERPRISE_LINE_CARDS: Template = {
  id: 259,
  scopeFieldCount: 1,
  fields: [
    field('lineCardId', 4),
    field('exportedMessageTotalCount', 2),
    { enterpriseNumber: ENTERPRISE, elementId: 42, length: 4 },
  ],
};
const ENTERPRISE_SCOPE: Template = {
  id: 260,
  scopeFieldCount: 1,
  fields: [
    { enterpriseNumber: ENTERPRISE, elementId: 123, length: 4 },
    field('exportedMessageTotalCount', 2),
    field('exportedFlowRecordTotalCount', 2),
  ],
};

/** RFC 7011 appendix A.1, with times and numbers of our own; the length is that of what follows. */
const header = (length: number): string => `000a ${length.toString(16).padStart(4, '0')} 52410d80 00000007 00000063`;
const begin = { observationDomainId: 0x63, sequenceNumber: 7, exportTimeS: 0x52410d80 };

const A_2_1 = '0002 001c 0100 0005 0008 0004 000c 0004 000f 0004 0002 0004 0001 0004';
const A_2_2 = '0002 0020 0101 0005 0008 0004 000c 0004 800f 0004 00007ed9 0002 0004 0001 0004';
const A_3 = `0100 0040
  c000020c c00002fe c0000201 00001391 00518c81
  c000021b c0000217 c0000202 000002ec 0005ef46
  c0000238 c0000241 c0000203 00000005 00001986`;
const A_4_1 = '0003 0018 0102 0003 0001 008d 0004 0029 0002 002a 0002 0000';
const A_4_2 = '0003 001c 0103 0003 0001 008d 0004 0029 0002 802a 0004 00007ed9 0000';
const A_4_3 = '0003 001c 0104 0003 0001 807b 0004 00007ed9 0029 0002 002a 0002 0000';
const A_4_4 = '0104 0014 00000001 0159 27d9 00000002 02b2 4fb2';

const address = (text: string): number => parseIPv4(text) as number;
const FLOW_RECORDS = [
  [address('192.0.2.12'), address('192.0.2.254'), address('192.0.2.1'), 5009, 5344385],
  [address('192.0.2.27'), address('192.0.2.23'), address('192.0.2.2'), 748, 388934],
  [address('192.0.2.56'), address('192.0.2.65'), address('192.0.2.3'), 5, 6534],
];

const OPTIONS_RECORDS = [
  [1, 345, 10201],
  [2, 690, 20402],
];

test('A.1 to A.4.1: the example Message of 152 octets is read as the RFC tells it', () => {
  const dataOfLineCards = A_4_4.replace('0104', '0102');
  const message = octetsOf(header(152) + A_2_1 + A_3 + A_4_1 + dataOfLineCards);
  const { header: read, visitor, records } = readAll(message);
  expect(message).toHaveLength(152);
  expect(read).toEqual({ length: 152, ...begin });
  expect(visitor.issues).toEqual([]);
  expect(visitor.templates).toEqual([FLOWS, LINE_CARDS]);
  expect(visitor.dataSets).toEqual([
    { domainId: 0x63, templateId: 256, offset: 48, end: 108 },
    { domainId: 0x63, templateId: 258, offset: 136, end: 152 },
  ]);
  expect(records).toEqual([...FLOW_RECORDS, ...OPTIONS_RECORDS]);
});

test('A.2.2, A.4.2: enterprise-specific elements take their number from the octets after them', () => {
  const { visitor } = readAll(octetsOf(header(76) + A_2_2 + A_4_2));
  expect(visitor.issues).toEqual([]);
  expect(visitor.templates).toEqual([ENTERPRISE_FLOWS, ENTERPRISE_LINE_CARDS]);
});

test('A.4.3, A.4.4: a scope may be enterprise-specific; an element nobody knows is given as octets', () => {
  const { visitor, records } = readAll(octetsOf(header(64) + A_4_3 + A_4_4));
  expect(visitor.issues).toEqual([]);
  expect(visitor.templates).toEqual([ENTERPRISE_SCOPE]);
  expect(records).toEqual(OPTIONS_RECORDS.map(([scope, ...counts]) => [Uint8Array.of(0, 0, 0, scope as number), ...counts]));
});

test('A.2 to A.4: what is written is octet for octet what the RFC shows, without its padding', () => {
  const writer = new MessageWriter({ maxMessageLength: 1_420 });
  writer.begin(begin);
  expect(writer.addTemplate(FLOWS)).toBe(true);
  for (const values of FLOW_RECORDS) expect(writer.addValues(FLOWS, values)).toBe(true);
  expect(writer.addTemplate(ENTERPRISE_SCOPE)).toBe(true);
  for (const values of OPTIONS_RECORDS) expect(writer.addValues(ENTERPRISE_SCOPE, values)).toBe(true);
  expect(writer.dataRecordCount).toBe(5);
  const unpadded = A_4_3.replace('001c', '001a').replace(/0000$/, '');
  expect(writer.finish()).toEqual(octetsOf(header(154) + A_2_1 + A_3 + unpadded + A_4_4));
});

test('A.5: a variable length takes one octet below 255 and three from there on', () => {
  const template: Template = { id: 256, scopeFieldCount: 0, fields: [field('applicationName', VARIABLE_LENGTH)] };
  const writer = new MessageWriter({ maxMessageLength: 1_420 });
  for (const [length, prefix] of [
    [5, '05'],
    [254, 'fe'],
    [255, 'ff00ff'],
    [1000, 'ff03e8'],
  ] as const) {
    writer.begin(begin);
    writer.addTemplate(template);
    writer.addValues(template, ['a'.repeat(length)]);
    const message = writer.finish();
    expect(message.subarray(32)).toEqual(octetsOf(prefix + '61'.repeat(length)));
    expect(readAll(message).records).toEqual([['a'.repeat(length)]]);
  }
});
