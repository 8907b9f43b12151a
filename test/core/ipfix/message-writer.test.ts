import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MessageWriter } from '../../../core/ipfix/message-writer.ts';
import { compileEncoder } from '../../../core/ipfix/record-encoder.ts';
import { VARIABLE_LENGTH, type Template } from '../../../core/ipfix/template.ts';
import { octetsOf, readAll } from './recording-visitor.ts';

const BEGIN = { observationDomainId: 1, sequenceNumber: 0, exportTimeS: 0 };
const PORTS: Template = { id: 256, scopeFieldCount: 0, fields: [{ enterpriseNumber: 0, elementId: 7, length: 2 }] };
const NAMES: Template = {
  id: 257,
  scopeFieldCount: 1,
  fields: [
    { enterpriseNumber: 0, elementId: 10, length: 4 },
    { enterpriseNumber: 32_473, elementId: 1, length: VARIABLE_LENGTH },
  ],
};
const encoder = compileEncoder(PORTS, ['port']);

test('whatever is added in whatever order: what was accepted is read back, and no Message is too long', () => {
  const steps = fc.oneof(
    fc.record({ kind: fc.constantFrom('ports' as const, 'names' as const) }),
    fc.record({ kind: fc.constant('port' as const), port: fc.nat(65_535) }),
    fc.record({ kind: fc.constant('name' as const), name: fc.string({ unit: 'grapheme-ascii', maxLength: 300 }) }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 16, max: 1_420 }), fc.array(steps, { maxLength: 60 }), (maxMessageLength, list) => {
      const writer = new MessageWriter({ maxMessageLength });
      writer.begin(BEGIN);
      const accepted: unknown[][] = [];
      const templates: Template[] = [];
      for (const step of list) {
        if (step.kind === 'ports' && writer.addTemplate(PORTS)) templates.push(PORTS);
        if (step.kind === 'names' && writer.addTemplate(NAMES)) templates.push(NAMES);
        if (step.kind === 'port' && writer.addRecord(encoder, { port: [0, step.port] }, 1)) accepted.push([step.port]);
        if (step.kind === 'name' && writer.addValues(NAMES, [7, step.name])) accepted.push([7, step.name]);
      }
      expect(writer.dataRecordCount).toBe(accepted.length);
      expect(writer.isEmpty).toBe(accepted.length + templates.length === 0);
      const message = writer.finish();
      expect(message.length).toBeLessThanOrEqual(maxMessageLength);
      const { header, visitor, records } = readAll(message, [PORTS, NAMES]);
      expect(header?.length).toBe(message.length);
      expect(visitor.issues).toEqual([]);
      expect(visitor.templates).toEqual(templates);
      expect(
        records.map(([first, name]) => (name === undefined ? [first] : [first, new TextDecoder().decode(name as Uint8Array)])),
      ).toEqual(accepted);
    }),
    { numRuns: 500 },
  );
});

test('a record that does not fit leaves the Message as it was, without an empty Set', () => {
  const writer = new MessageWriter({ maxMessageLength: 16 + 4 + 2 + 5 });
  writer.begin(BEGIN);
  expect(writer.addRecord(encoder, { port: [443] }, 0)).toBe(true);
  expect(writer.addValues(NAMES, [7, 'x'])).toBe(false);
  expect(writer.addTemplate(PORTS)).toBe(false);
  expect(writer.addRecord(encoder, { port: [53] }, 0)).toBe(true);
  expect(writer.finish().subarray(16)).toEqual(octetsOf('0100 0008 01bb 0035'));
});

test('one writer makes one Message after the other, each its own copy', () => {
  const writer = new MessageWriter({ maxMessageLength: 100 });
  writer.begin(BEGIN);
  writer.addTemplate(PORTS);
  const first = writer.finish();
  const before = first.slice();
  expect(() => writer.addTemplate(PORTS)).toThrow(/begun/);
  expect(() => writer.finish()).toThrow(/begun/);
  writer.begin({ ...BEGIN, sequenceNumber: 5 });
  expect(writer.isEmpty).toBe(true);
  expect(writer.dataRecordCount).toBe(0);
  expect(writer.finish()).toEqual(octetsOf('000a 0010 00000000 00000005 00000001'));
  expect(first).toEqual(before);
});

test.each([0, 15, 65_536, Number.NaN])('a Message of %d octets is refused', (maxMessageLength) => {
  expect(() => new MessageWriter({ maxMessageLength })).toThrow(RangeError);
});
