import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VARIABLE_LENGTH, type Template } from '../../../core/ipfix/template.ts';
import { V9Writer } from '../../../core/netflow/v9-writer.ts';
import { datagram, flowSample, tagged, words } from '../../core/sflow/xdr.ts';
import { APPLICATIONS, flow, FLOWS, message, NAMES } from '../support/exporter.ts';
import { readerOf } from './read.ts';

const field = (elementId: number, length: number) => ({ enterpriseNumber: 0, elementId, length });
const LISTS: Template = {
  id: 300,
  scopeFieldCount: 0,
  fields: [field(291, VARIABLE_LENGTH), field(292, VARIABLE_LENGTH), field(293, VARIABLE_LENGTH), field(154, 8)],
};

function v9(): Uint8Array {
  const writer = new V9Writer({ maxPacketLength: 1_420 });
  const options: Template = { id: 257, scopeFieldCount: 1, fields: [field(1, 4), field(34, 4)] };
  const flows: Template = { id: 256, scopeFieldCount: 0, fields: [field(8, 4), field(22, 4), field(21, 4)] };
  writer.begin({ sourceId: 1, sequenceNumber: 7, unixS: 1_772_442_000, uptimeMs: 1_000 });
  for (const template of [flows, options]) writer.addTemplate(template);
  writer.addValues(options, [1, 100]);
  writer.addValues(flows, [1, 2, 3]);
  return writer.finish();
}

function fixed(version: number): Uint8Array {
  const octets = new Uint8Array(24 + 2 * 52);
  octets.set([0, version, 0, 2]);
  return octets;
}

/** Sound datagrams of every protocol. */
const SOUND: readonly Uint8Array[] = [
  message({
    templates: [FLOWS, APPLICATIONS, NAMES, LISTS],
    records: [
      flow(7),
      [APPLICATIONS, [0x06000001, 'youtube']],
      [NAMES, [0xc6120107, 'youtube.com']],
      [
        LISTS,
        [
          Uint8Array.of(3, 0, 14, 0, 2, 0, 1, 0, 2),
          Uint8Array.of(3, 1, 0, ...new Array<number>(20).fill(1)),
          Uint8Array.of(3, 1, 44, 0, 8, 0, 0, 0, 0),
          1_772_442_000_000_000_000n,
        ],
      ],
    ],
  }),
  message({ records: [flow(8), flow(9)] }),
  v9(),
  fixed(1),
  fixed(5),
  fixed(7),
  datagram(flowSample(tagged(1, words(1, 64, 4, 16, 1, 2, 0x08004500, 4)), tagged(1003, words(1, 2, 3, 4, 5, 1, 2, 1, 6, 0, 7)))),
];

/** Numbers that mean something where they stand by chance. */
const WORDS = [0, 1, 2, 3, 4, 8, 255, 256, 257, 291, 292, 293, 300, 0x8000, 0xffff];

const change = fc.tuple(fc.nat(), fc.oneof(fc.constantFrom(...WORDS), fc.nat(0xffff)));

/** A sound datagram, with some of its words changed and perhaps cut. */
const damaged = fc
  .tuple(fc.constantFrom(...SOUND), fc.array(change, { maxLength: 6 }), fc.option(fc.nat(1_500), { freq: 3 }))
  .map(([sound, changes, cut]) => {
    const octets = sound.slice(0, cut ?? sound.length);
    const view = new DataView(octets.buffer);
    if (octets.length >= 4) for (const [at, word] of changes) view.setUint16((at % (octets.length >>> 1)) * 2, word);
    return octets;
  });

test('any datagrams never throw, give no more records than octets, and leave the reader able to read', () => {
  const datagrams = fc.array(fc.oneof(damaged, fc.uint8Array({ maxLength: 100 })), { maxLength: 12 });
  fc.assert(
    fc.property(datagrams, fc.boolean(), (payloads, isReliable) => {
      const { reader, records, read } = readerOf({ maxSessions: 8, maxTemplates: 8, maxPendingOctets: 1_000, maxListDepth: 3 });
      for (const payload of payloads) read(payload, { isReliable });
      const octets = payloads.reduce((sum, { length }) => sum + length, 0);
      expect(records.length).toBeLessThanOrEqual(octets);
      expect(reader.counters.records + reader.counters.optionsRecords).toBe(records.length);
      expect(reader.sessions.length).toBeLessThanOrEqual(8);
      for (const { pending } of reader.sessions) expect(pending.size).toBeLessThanOrEqual(1_000 / 128);
      JSON.stringify(records);
      read(message({ templates: [FLOWS], records: [flow(1)] }), { source: '198.51.100.1:1' });
      expect(records.at(-1)?.fields[2]).toMatchObject({ name: 'octetDeltaCount', value: 1 });
    }),
    { numRuns: 4_000 },
  );
});

test('a Template of empty fields cannot make much of little', () => {
  const { reader, records, read } = readerOf();
  const empty = Array.from({ length: 5_000 }, () => field(1, 0));
  const template: Template = { id: 400, scopeFieldCount: 0, fields: [field(4, 1), ...empty] };
  read(message({ templates: [template] }));
  read(message({ records: Array.from({ length: 1_000 }, () => [{ ...template, fields: [field(4, 1)] }, [6]]) }));
  expect(records).toEqual([]);
  expect(reader.counters.refusedTemplates).toBe(1);
});

test('Sets without octets are not kept for nothing', () => {
  const { reader, read } = readerOf({ maxPendingOctets: 1_280 });
  const empty = Array.from({ length: 1_000 }, () => [1, 0, 0, 4]).flat();
  const length = 16 + empty.length;
  read(Uint8Array.of(0, 10, length >>> 8, length & 255, ...words(1, 2, 3), ...empty));
  expect(reader.sessions[0]?.pending.size).toBe(10);
  expect(reader.counters).toMatchObject({ withoutTemplate: 1_000, droppedSets: 990 });
});

test('what waits of many exporters is bounded in all, and given back when one is forgotten', () => {
  const { reader, read } = readerOf({ maxAllPendingOctets: 460, maxSessions: 3 });
  const waiting = (): number => reader.sessions.reduce((sum, { pending }) => sum + pending.size, 0);
  const send = (port: number): void => read(message({ records: [flow(1)] }), { source: `192.0.2.1:${port}` });
  for (let port = 1; port <= 3; port++) for (let copy = 0; copy < 3; copy++) send(port);
  // 20 octets each, and 128 for the trouble.
  expect(waiting()).toBe(3);
  expect(reader.counters.droppedSets).toBe(6);
  send(4);
  expect(waiting()).toBe(1);
});
