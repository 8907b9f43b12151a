import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CollectedBatch } from '../../../collector/collecting/collected-batch.ts';
import { collectingSchema } from '../../../collector/collecting/config.ts';
import { CollectingProcess } from '../../../collector/collecting/collecting-process.ts';
import { V9Writer } from '../../../core/netflow/v9-writer.ts';
import { datagram, flowSample, tagged, words } from '../../core/sflow/xdr.ts';
import { APPLICATIONS, flow, FLOWS, message, NAMES, VRFS } from '../support/exporter.ts';
import { NAT_EVENT_TEMPLATES, QUOTA } from '../support/nat-events.ts';

const SOUND = message({
  templates: [FLOWS, APPLICATIONS, NAMES, VRFS, ...NAT_EVENT_TEMPLATES],
  records: [
    flow(7),
    flow(8),
    [APPLICATIONS, [0x06000001, 'youtube']],
    [NAMES, [0xc6120107, 'youtube.com']],
    [VRFS, [3]],
    [QUOTA, [1, 13, 3, 5, 6]],
  ],
});

/** A biflow with a sampler, an Export Packet of NetFlow v9, a datagram of v5 and one of sFlow. */
function others(): Uint8Array[] {
  const element = (elementId: number, length: number, enterpriseNumber = 0) => ({ enterpriseNumber, elementId, length });
  const biflows = { ...FLOWS, id: 270, fields: [...FLOWS.fields, element(1, 8, 29_305), element(305, 4), element(306, 4)] };
  const writer = new V9Writer({ maxPacketLength: 1_420 });
  const uptimes = { ...FLOWS, fields: [...FLOWS.fields, element(48, 1), element(22, 4), element(61, 1)] };
  writer.begin({ sourceId: 1, sequenceNumber: 1, unixS: 1_772_442_000, uptimeMs: 9_000 });
  writer.addTemplate(uptimes);
  writer.addValues(uptimes, [1, 2, 3, 4, 5, 6, 1]);
  const v5 = new Uint8Array(24 + 2 * 48);
  v5.set([0, 5, 0, 2]);
  const header = tagged(
    1,
    words(1, 60, 0, 40, 0x11111111, 0x11112222, 0x22222222, 0x08004500, 0x00280000, 0x40004006, 0, 1, 2, 3),
  );
  return [
    message({ templates: [biflows], records: [[biflows, [1, 2, 3, 4, 5, 1, 99]]] }),
    writer.finish(),
    v5,
    datagram(flowSample(header, tagged(1003, words(1, 1, 2, 3, 4, 1, 2, 1, 7, 0, 1)))),
  ];
}

const ALL = [SOUND, ...others()];

/** A sound datagram with some octets changed and perhaps cut: it gets further than chance alone. */
const damaged = fc
  .record({
    sound: fc.constantFrom(...ALL),
    changes: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }),
    length: fc.nat(),
    isCut: fc.boolean(),
  })
  .map(({ sound, changes, length, isCut }) => {
    const octets = sound.slice();
    for (const [index, value] of changes) octets[index % octets.length] = value;
    return isCut ? octets.slice(0, length % octets.length) : octets;
  });

const datagrams = fc.array(fc.oneof(damaged, fc.uint8Array({ maxLength: 200 })), { maxLength: 12 });

describe('any octets', () => {
  it('never throw, are counted, and leave the process able to collect', () => {
    fc.assert(
      fc.property(datagrams, fc.constantFrom('192.0.2.1:1', '', '::1', 'x:y:z'), (payloads, source) => {
        const config = {
          ...collectingSchema.parse({}),
          batchRows: 4,
          maxWaitingBatches: 8,
          maxSessions: 4,
          maxPendingOctets: 400,
          maxAllTemplates: 20,
          maxNames: 3,
        };
        const collecting = new CollectingProcess(config);
        for (const payload of payloads) collecting.handle({ payload, source, receivedAtUs: 0 });
        const { counters } = collecting;
        expect(counters.messages + counters.duplicatedMessages).toBeLessThanOrEqual(payloads.length);
        expect(counters.lost).toBeGreaterThanOrEqual(0);
        expect(collecting.sessions.length).toBeLessThanOrEqual(4);
        expect(collecting.sessions.reduce((sum, { templates }) => sum + templates, 0)).toBeLessThanOrEqual(20);
        expect(collecting.pollLabels().length).toBeLessThanOrEqual(3);
        const flows = counters.flows;
        const sound = message({ templates: [FLOWS], records: [flow(1)], observationDomainId: 424_242 });
        collecting.handle({ payload: sound, source: '198.51.100.1:1', receivedAtUs: 0 });
        expect(counters.flows).toBe(flows + 1);
      }),
      { numRuns: 3_000 },
    );
  });

  it('leave nothing in a column that a batch does not know to be written, nor in any of one that is used again', () => {
    const written = new Set<string>();
    fc.assert(
      fc.property(datagrams, (payloads) => {
        const collecting = new CollectingProcess({ ...collectingSchema.parse({}), batchRows: 4, maxWaitingBatches: 64 });
        for (const payload of payloads) {
          collecting.handle({ payload, source: '192.0.2.1:1', receivedAtUs: 1 });
          collecting.flush();
          for (let batch = collecting.poll(); batch !== undefined; batch = collecting.poll()) {
            const filled = filledColumns(batch);
            for (const name of filled) written.add(name);
            expect(filled.filter((name) => batch.writtenColumns?.has(name) === false)).toEqual([]);
            collecting.release(batch);
            expect(filledColumns(batch)).toEqual([]);
          }
        }
      }),
    );
    expect(written.size).toBeGreaterThan(20);
  });
});

/** Columns that are not 0 in every row. */
const filledColumns = (batch: CollectedBatch): string[] =>
  Object.entries(batch).flatMap(([name, column]) =>
    ArrayBuffer.isView(column) && (column as Uint8Array).some((value) => value !== 0) ? [name] : [],
  );
