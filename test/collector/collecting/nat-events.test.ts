import { describe, expect, it } from 'vitest';
import { collectingSchema, type CollectingConfig } from '../../../collector/collecting/config.ts';
import { CollectingProcess } from '../../../collector/collecting/collecting-process.ts';
import type { NatEventBatch } from '../../../collector/collecting/nat-event-batch.ts';
import { natEventKind, type NatEventProfile } from '../../../collector/collecting/nat-event-profile.ts';
import type { Template } from '../../../core/ipfix/template.ts';
import { flow, FLOWS, message } from '../support/exporter.ts';
import { ADDRESS_BINDINGS, bib, BIBS, block, EXHAUSTED, NAT_EVENT_TEMPLATES, QUOTA, session } from '../support/nat-events.ts';

const NINE = 1_772_442_000_000;
const MAPPING = {
  timeMs: NINE,
  natEvent: 4,
  inside: 0x0a000015,
  insidePort: 51_234,
  publicAddress: 0xcb007107,
  publicPort: 40_012,
};

function collect(payloads: readonly Uint8Array[], changes: Partial<CollectingConfig> = {}): CollectingProcess {
  const collecting = new CollectingProcess({ ...collectingSchema.parse({}), ...changes });
  for (const payload of payloads) collecting.handle({ payload, source: '192.0.2.1:50000', receivedAtUs: 7 });
  return collecting;
}

function events(collecting: CollectingProcess): NatEventBatch {
  collecting.flush();
  expect(collecting.poll()).toBeUndefined();
  return collecting.pollNatEvents() as NatEventBatch;
}

describe('NAT events', () => {
  it('are decoded into columns, count as Data Records and are no flows (RFC 8158 section 4.6)', () => {
    const collecting = collect([
      message({
        templates: NAT_EVENT_TEMPLATES,
        records: [
          session({ ...MAPPING, remote: 0xc6120101, remotePort: 443 }),
          bib({ ...MAPPING, natEvent: 9, timeMs: NINE + 5, protocol: 17 }),
          block({ ...MAPPING, natEvent: 16, first: 1_024, last: 2_047 }),
          [EXHAUSTED, [NINE, 3, 77]],
          [QUOTA, [NINE, 13, 3, 1_000, 0x0a000016]],
        ],
        observationDomainId: 7,
        sequenceNumber: 0,
      }),
      message({ sequenceNumber: 5, observationDomainId: 7 }),
    ]);
    expect(collecting.counters).toMatchObject({ dataRecords: 5, natEvents: 5, flows: 0, lost: 0, unknownNatEvents: 0 });
    const batch = events(collecting);
    const row = (index: number): Record<string, unknown> =>
      Object.fromEntries(
        Object.entries(batch)
          .filter(([, value]) => ArrayBuffer.isView(value))
          .map(([name, column]) => [name, (column as Uint32Array)[index]]),
      );
    const common = { exporter: 0xc0000201, observationDomainId: 7, receivedAtUs: 7, observationTimeMs: NINE };
    expect(batch.length).toBe(5);
    expect(row(0)).toMatchObject({
      ...common,
      natEvent: 4,
      kind: 4,
      protocol: 6,
      insideAddress: 0x0a000015,
      insidePort: 51_234,
      publicAddress: 0xcb007107,
      publicPort: 40_012,
      remoteAddress: 0xc6120101,
      remotePort: 443,
    });
    expect(row(1)).toMatchObject({ observationTimeMs: NINE + 5, kind: 9, protocol: 17, remoteAddress: 0, remotePort: 0 });
    expect(row(2)).toMatchObject({ ...common, kind: 16, portRangeStart: 1_024, portRangeEnd: 2_047, publicPort: 0 });
    expect(row(3)).toMatchObject({ ...common, kind: 3, natPoolId: 77, insideAddress: 0 });
    expect(row(4)).toMatchObject({ ...common, kind: 13, natQuotaExceededEvent: 3, insideAddress: 0x0a000016 });
  });

  it('tell which public address a host has, without any port (RFC 8158 section 4.6.9)', () => {
    const records = (numbers: readonly number[]) =>
      numbers.map((natEvent) => [ADDRESS_BINDINGS, [NINE, natEvent, 0x0a000015, 0xcb007107]] as const);
    const kinds = (numbers: readonly number[], natEventProfile: NatEventProfile): unknown[] => {
      const batch = events(collect([message({ templates: [ADDRESS_BINDINGS], records: records(numbers) })], { natEventProfile }));
      expect([batch.insideAddress[1], batch.publicAddress[1], batch.publicPort[1]]).toEqual([0x0a000015, 0xcb007107, 0]);
      return [...batch.kind.subarray(0, batch.length)];
    };
    expect(kinds([14, 15], 'rfc')).toEqual([14, 15]);
    expect(kinds([12, 13], 'juniper')).toEqual([14, 15]);
  });

  it('with octets are Flow Records: some routers add natEvent to those', () => {
    const natFlows: Template = { ...FLOWS, fields: [...FLOWS.fields, { enterpriseNumber: 0, elementId: 230, length: 1 }] };
    const collecting = collect([message({ templates: [natFlows], records: [[natFlows, [1, 2, 100, 1, 4]]] })]);
    expect(collecting.counters).toMatchObject({ flows: 1, natEvents: 0, octets: 100 });
  });

  it('work out the last port of a block that is not told (RFC 8158 section 4.6.10)', () => {
    const batch = events(
      collect([
        message({
          templates: NAT_EVENT_TEMPLATES,
          records: [
            block({ ...MAPPING, natEvent: 16, first: 1_024, last: 0, ports: 64 }),
            block({ ...MAPPING, natEvent: 16, first: 1_025, last: 0, step: 4, ports: 10 }),
            block({ ...MAPPING, natEvent: 16, first: 1_026, last: 0, step: 0 }),
          ],
        }),
      ]),
    );
    expect([...batch.portRangeEnd.subarray(0, 3)]).toEqual([1_087, 1_061, 1_026]);
    expect([...batch.portRangeStepSize.subarray(0, 3)]).toEqual([1, 4, 1]);
  });

  it('without a time have that of the Message, as the exhausted pools of Cisco', () => {
    const pool: Template = { ...EXHAUSTED, fields: EXHAUSTED.fields.slice(1) };
    const payload = message({ templates: [pool], records: [[pool, [3, 77]]], exportTimeS: NINE / 1_000 + 4 });
    expect(events(collect([payload])).observationTimeMs[0]).toBe(NINE + 4_000);
  });

  it('wait in bounded batches beside those of flows and leave no trace when a batch is used again', () => {
    const records = [0, 1, 2, 3, 4].map((index) => bib({ ...MAPPING, publicPort: 40_000 + index }));
    const collecting = collect([message({ templates: [BIBS, FLOWS], records: [...records, flow(1)] })], {
      batchRows: 1,
      maxWaitingBatches: 2,
    });
    expect(collecting.counters).toMatchObject({ natEvents: 5, droppedNatEvents: 3, flows: 1, droppedFlows: 0 });
    const first = collecting.pollNatEvents() as NatEventBatch;
    expect(first.publicPort[0]).toBe(40_000);
    collecting.release(first);
    expect([first.length, first.publicPort[0]]).toEqual([0, 0]);
    expect(collecting.pollNatEvents()?.publicPort[0]).toBe(40_001);
    expect(collecting.pollNatEvents()).toBeUndefined();
    expect(collecting.poll()?.length).toBe(1);
  });
});

describe('the number of a NAT event', () => {
  const meanings = (profile: NatEventProfile): number[] =>
    Array.from({ length: 20 }, (_, natEvent) => natEventKind(profile, natEvent));

  it('is that of RFC 8158 section 4.3, and the two historic ones are NAT44 sessions', () => {
    expect(meanings('rfc')).toEqual([0, 4, 5, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 0]);
  });

  it('has only the historic meanings for Cisco HSL and Linux', () => {
    for (const profile of ['cisco-hsl', 'linux'] as const) expect(meanings(profile)).toEqual([0, 4, 5, 3, ...Array(16).fill(0)]);
  });

  it('means something else at Juniper: 4 creates a NAT64 session, 14 allocates a block', () => {
    expect(meanings('juniper')).toEqual([0, 4, 5, 3, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 0, 0, 0, 0]);
  });

  it('is counted when the profile does not know it', () => {
    const payload = message({ templates: [BIBS], records: [bib({ ...MAPPING, natEvent: 8 }), bib({ ...MAPPING, natEvent: 1 })] });
    const collecting = collect([payload], { natEventProfile: 'linux' });
    expect(collecting.counters).toMatchObject({ natEvents: 2, unknownNatEvents: 1 });
    expect([...events(collecting).kind.subarray(0, 2)]).toEqual([0, 4]);
  });
});
