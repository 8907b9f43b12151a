import { expect, test } from 'vitest';
import { VARIABLE_LENGTH, type Template } from '../../../core/ipfix/template.ts';
import { v9Element, v9Scope } from '../../../core/netflow/v9-elements.ts';
import { readV9Packet } from '../../../core/netflow/v9-reader.ts';
import { V9Writer } from '../../../core/netflow/v9-writer.ts';
import { octetsOf, RecordingVisitor, viewOf } from '../ipfix/recording-visitor.ts';

const field = (elementId: number, length: number) => ({ enterpriseNumber: 0, elementId, length });
const FLOWS: Template = { id: 256, scopeFieldCount: 0, fields: [field(8, 4), field(40_005, 1)] };
const SAMPLERS: Template = { id: 257, scopeFieldCount: 1, fields: [field(1, 4), field(48, 1), field(84, 8)] };

function read(octets: Uint8Array): { visitor: RecordingVisitor; header: ReturnType<typeof readV9Packet> } {
  const visitor = new RecordingVisitor();
  return { visitor, header: readV9Packet(viewOf(octets), visitor) };
}

/** An Export Packet of these FlowSets. */
const packet = (...flowSets: string[]): Uint8Array =>
  octetsOf(`0009 0001 0000000a 00000014 0000001e 00000028 ${flowSets.join('')}`);

const codes = (octets: Uint8Array): unknown => read(octets).visitor.issues.map(({ code, offset }) => [code, offset]);

test('what the writer wrote comes out again', () => {
  const writer = new V9Writer({ maxPacketLength: 1_420 });
  writer.begin({ sourceId: 40, sequenceNumber: 30, unixS: 20, uptimeMs: 2 ** 32 + 10 });
  writer.addTemplate(FLOWS);
  writer.addTemplate(SAMPLERS);
  writer.addValues(FLOWS, [0xc0000201, Uint8Array.of(2)]);
  const octets = writer.finish();
  const { visitor, header } = read(octets);
  expect(header).toEqual({
    length: octets.length,
    count: 3,
    uptimeMs: 10,
    exportTimeS: 20,
    sequenceNumber: 30,
    observationDomainId: 40,
  });
  expect(visitor.templates).toEqual([FLOWS, SAMPLERS]);
  expect(visitor.dataSets).toMatchObject([{ domainId: 40, templateId: 256 }]);
  expect(visitor.issues).toEqual([]);
});

test('a length of 65535 is variable length, as some exporters took over from IPFIX', () => {
  expect(read(packet('0000 000c 0100 0001 00ec ffff')).visitor.templates[0]?.fields).toEqual([field(236, VARIABLE_LENGTH)]);
});

test('an Options Template without scope is told as a Template: its records are not lost', () => {
  expect(read(packet('0001 000e 0100 0000 0004 0022 0004')).visitor.templates).toMatchObject([{ id: 256, scopeFieldCount: 0 }]);
});

const SOUND = '0000 000c 0100 0001 0008 0004';

test.each([
  ['a short header', octetsOf('0009 0001 0000'), [['message-header', 0]]],
  ['a FlowSet without length', packet('0100 0000 00000001', SOUND), [['set-length', 20]]],
  ['zeros to fill a packet', packet('0000 0000 0000 0000 0000'), [['set-length', 20]]],
  ['a FlowSet beyond the packet', packet('0100 00ff c0000201'), [['set-length', 20]]],
  ['a reserved FlowSet', packet('0002 0008 00000000', SOUND), [['set-id', 20]]],
  ['less than a FlowSet at the end', packet(SOUND, '0100'), [['set-header', 32]]],
  ['a reserved Template ID', packet('0000 0014 0001 0001 0008 0004 0100 0001 0008 0004'), [['template-id', 24]]],
  [
    'a Template without fields, which is no withdrawal here',
    packet('0000 0010 0100 0000 0008 0004 0000 0000'),
    [['template-empty', 24]],
  ],
  ['a Template whose records have no octets', packet('0000 000c 0100 0001 0008 0000'), [['template-empty', 24]]],
  ['a Template beyond its FlowSet', packet('0000 000c 0100 0002 0008 0004', SOUND), [['template-truncated', 24]]],
  ['options beyond their FlowSet', packet('0001 000e 0100 fffc fffc 0022 0004', SOUND), [['template-truncated', 24]]],
])('%s is an issue with its place', (_name, octets, expected) => {
  expect(codes(octets)).toEqual(expected);
});

test('what surrounds a fault is read', () => {
  const { visitor } = read(packet('0002 0008 00000000', SOUND, '0100 00ff c0000201'));
  expect(visitor.templates).toHaveLength(1);
  expect(visitor.dataSets).toEqual([{ domainId: 40, templateId: 256, offset: 44, end: 48 }]);
});

test("names: Cisco's own numbers, scopes, and IANA's elements", () => {
  expect(v9Element(40_001)).toEqual({ name: 'NF_F_XLATE_SRC_ADDR_IPV4', dataType: 'ipv4Address' });
  expect(v9Element(8)?.name).toBe('sourceIPv4Address');
  expect(v9Element(65)).toBeUndefined();
  expect([1, 2, 3, 4, 5, 9].map((type) => v9Scope(type).name)).toEqual([
    'scope.System',
    'scope.Interface',
    'scope.LineCard',
    'scope.Cache',
    'scope.Template',
    'scope.9',
  ]);
});
