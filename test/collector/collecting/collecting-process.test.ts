import { describe, expect, it } from 'vitest';
import { collectingSchema, type CollectingConfig } from '../../../collector/collecting/config.ts';
import { CollectingProcess } from '../../../collector/collecting/collecting-process.ts';
import type { CollectedBatch } from '../../../collector/collecting/collected-batch.ts';
import { APPLICATIONS, flow, FLOWS, message, NAMES, VRFS } from '../support/exporter.ts';

const config = (changes: Partial<CollectingConfig> = {}): CollectingConfig => ({ ...collectingSchema.parse({}), ...changes });

const SOURCE = '192.0.2.1:50000';

function collect(payloads: readonly Uint8Array[], changes: Partial<CollectingConfig> = {}): CollectingProcess {
  const collecting = new CollectingProcess(config(changes));
  payloads.forEach((payload, index) =>
    collecting.handle({ payload, source: SOURCE, receivedAtUs: 1_772_442_000_000_000 + index }),
  );
  return collecting;
}

function octetsOf(collecting: CollectingProcess): number[] {
  collecting.flush();
  const octets: number[] = [];
  for (let batch = collecting.poll(); batch !== undefined; batch = collecting.poll()) {
    octets.push(...batch.octetDeltaCount.subarray(0, batch.length));
    collecting.release(batch);
  }
  return octets;
}

describe('CollectingProcess', () => {
  it('decodes Flow Records and adds what the Message knows', () => {
    const collecting = collect([
      message({ templates: [FLOWS], records: [flow(100, 2), flow(50)], observationDomainId: 7, sequenceNumber: 0 }),
    ]);
    collecting.flush();
    const batch = collecting.poll() as CollectedBatch;
    expect(batch.length).toBe(2);
    expect([...batch.octetDeltaCount.subarray(0, 2)]).toEqual([100, 50]);
    expect(batch.sourceAddress[0]).toBe(0x0a000005);
    expect(batch.exporter[1]).toBe(0xc0000201);
    expect(batch.observationDomainId[1]).toBe(7);
    expect(batch.templateId[1]).toBe(256);
    expect(batch.exportTimeS[1]).toBe(1_772_442_000);
    expect(batch.receivedAtUs[1]).toBe(1_772_442_000_000_000);
    expect(collecting.counters).toMatchObject({
      messages: 1,
      dataRecords: 2,
      flows: 2,
      packets: 3,
      octets: 150,
      lost: 0,
      malformed: 0,
    });
    expect(collecting.poll()).toBeUndefined();
  });

  it('keeps Templates of sources and Observation Domains apart (RFC 7011 section 3.4.1)', () => {
    const collecting = collect([message({ templates: [FLOWS], observationDomainId: 1 })]);
    const stranger = message({ records: [flow(1)], observationDomainId: 2 });
    collecting.handle({ payload: stranger, source: SOURCE, receivedAtUs: 0 });
    const other = message({ records: [flow(1)], observationDomainId: 1 });
    collecting.handle({ payload: other, source: '192.0.2.1:50001', receivedAtUs: 0 });
    expect(collecting.counters).toMatchObject({ flows: 0, withoutTemplate: 2 });
    expect(collecting.sessions).toHaveLength(3);
  });

  it('decodes Data Sets that came before their Template when it comes, and does not call them lost', () => {
    const collecting = collect([
      message({ records: [flow(1), flow(2)], sequenceNumber: 0 }),
      message({ records: [flow(3)], sequenceNumber: 2 }),
      message({ templates: [FLOWS], sequenceNumber: 3 }),
      message({ records: [flow(4)], sequenceNumber: 3 }),
    ]);
    expect(collecting.counters).toMatchObject({ withoutTemplate: 2, droppedSets: 0, flows: 4, lost: 0, reorderedMessages: 0 });
    expect(octetsOf(collecting)).toEqual([1, 2, 3, 4]);
  });

  it('gives up the oldest Data Sets without Template beyond the limit', () => {
    const sets = [1, 2, 3].map((octets) => message({ records: [flow(octets)], sequenceNumber: octets }));
    const collecting = collect([...sets, message({ templates: [FLOWS], sequenceNumber: 4 })], {
      maxPendingOctets: 2 * (20 + 128),
    });
    expect(collecting.counters).toMatchObject({ withoutTemplate: 3, droppedSets: 1, flows: 2 });
    expect(octetsOf(collecting)).toEqual([2, 3]);
  });

  it('does not store a second copy, and takes a late Message back from the lost', () => {
    const first = message({ templates: [FLOWS], records: [flow(1)], sequenceNumber: 0 });
    const late = message({ records: [flow(2), flow(3)], sequenceNumber: 1 });
    const third = message({ records: [flow(4)], sequenceNumber: 3 });
    const collecting = collect([first, first, third]);
    expect(collecting.counters).toMatchObject({ messages: 2, duplicatedMessages: 1, lost: 2, flows: 2 });
    collecting.handle({ payload: late, source: SOURCE, receivedAtUs: 0 });
    collecting.handle({ payload: late, source: SOURCE, receivedAtUs: 0 });
    expect(collecting.counters).toMatchObject({ messages: 3, duplicatedMessages: 2, lost: 0, flows: 4, reorderedMessages: 1 });
  });

  it('learns applications and DNS names from options, which count as Data Records', () => {
    const collecting = collect([
      message({
        templates: [APPLICATIONS, NAMES],
        records: [
          [APPLICATIONS, [0x06000001, 'youtube']],
          [APPLICATIONS, [0x06000002, 'netflix']],
          [NAMES, [0xc6120107, 'r1.googlevideo.com']],
        ],
      }),
      message({ templates: [FLOWS], records: [flow(1)], sequenceNumber: 3 }),
    ]);
    const about = { exporter: 0xc0000201, observationDomainId: 1 };
    expect(collecting.applications).toEqual([
      { ...about, id: 0x06000001, name: 'youtube' },
      { ...about, id: 0x06000002, name: 'netflix' },
    ]);
    expect([...collecting.names]).toEqual([[0xc6120107, 'r1.googlevideo.com']]);
    expect(collecting.counters).toMatchObject({ dataRecords: 4, flows: 1, lost: 0 });
  });

  it('counts records that are no flows without storing them', () => {
    const records = Array.from({ length: 600 }, (_, index) => [VRFS, [index]] as const);
    const collecting = collect([message({ templates: [VRFS], records }), message({ sequenceNumber: 600 })]);
    expect(collecting.counters).toMatchObject({ dataRecords: 600, flows: 0, lost: 0 });
    expect(octetsOf(collecting)).toEqual([]);
  });

  it('fills batch after batch and leaves no trace of the last use in a released one', () => {
    const collecting = collect([message({ templates: [FLOWS], records: [1, 2, 3, 4, 5].map((octets) => flow(octets)) })], {
      batchRows: 2,
    });
    expect(octetsOf(collecting)).toEqual([1, 2, 3, 4, 5]);
    const narrow = { ...FLOWS, id: 300, fields: FLOWS.fields.slice(0, 2) };
    const records = Array.from({ length: 9 }, () => [narrow, [1, 2]] as const);
    collecting.handle({ payload: message({ templates: [narrow], records, sequenceNumber: 5 }), source: SOURCE, receivedAtUs: 0 });
    expect(octetsOf(collecting)).toEqual(Array.from({ length: 9 }, () => 0));
  });

  it('drops and counts what nobody takes', () => {
    const records = [1, 2, 3, 4, 5].map((octets) => flow(octets));
    const collecting = collect([message({ templates: [FLOWS], records })], { batchRows: 1, maxWaitingBatches: 2 });
    expect(collecting.counters).toMatchObject({ flows: 5, droppedFlows: 3 });
    expect(octetsOf(collecting)).toEqual([1, 2]);
  });

  it('drops nothing for a flush, which comes after the full batches that wait', () => {
    const collecting = collect([message({ templates: [FLOWS] })], { batchRows: 2, maxWaitingBatches: 2 });
    for (let sequenceNumber = 0; sequenceNumber < 5; sequenceNumber++) {
      const payload = message({ sequenceNumber, records: [flow(sequenceNumber)] });
      collecting.handle({ payload, source: SOURCE, receivedAtUs: 0 });
      collecting.flush();
    }
    expect(octetsOf(collecting)).toEqual([0, 1, 2, 3, 4]);
    expect(collecting.counters).toMatchObject({ flows: 5, droppedFlows: 0 });
  });

  it('reports a record that does not end inside its Set with its place, and decodes the rest', () => {
    const variable = {
      id: 400,
      scopeFieldCount: 0,
      fields: [FLOWS.fields[0], { enterpriseNumber: 0, elementId: 96, length: 65_535 }],
    };
    const narrow = { ...FLOWS, fields: FLOWS.fields.slice(2) };
    const bad = message({
      templates: [variable as typeof FLOWS, narrow],
      records: [[variable as typeof FLOWS, [1, 'abcdef']], [narrow, [9, 1]]], // prettier-ignore
    });
    const at = bad.findIndex((octet, index) => octet === 6 && bad[index + 1] === 0x61);
    bad[at] = 200;
    const collecting = collect([bad]);
    expect(collecting.counters).toMatchObject({ malformed: 1, flows: 1 });
    expect(collecting.issues[0]).toMatchObject({ source: SOURCE, observationDomainId: 1 });
    collecting.flush();
    const batch = collecting.poll() as CollectedBatch;
    // Its row had the malformed record's address already.
    expect([batch.octetDeltaCount[0], batch.sourceAddress[0]]).toEqual([9, 0]);
  });

  it('forgets the oldest session beyond the limit and refuses Templates beyond theirs', () => {
    const templates = [FLOWS, VRFS, { ...VRFS, id: 260 }];
    const collecting = collect([message({ templates })], { maxTemplates: 2, maxSessions: 1 });
    expect(collecting.counters.refusedTemplates).toBe(1);
    collecting.handle({ payload: message({ observationDomainId: 2 }), source: SOURCE, receivedAtUs: 0 });
    expect(collecting.counters.evictedSessions).toBe(1);
    expect(collecting.sessions).toHaveLength(1);
  });
});
