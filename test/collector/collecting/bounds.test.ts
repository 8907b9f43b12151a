import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectingSchema } from '../../../collector/collecting/config.ts';
import { CollectingProcess } from '../../../collector/collecting/collecting-process.ts';
import type { SessionCounts } from '../../../collector/collecting/session-summary.ts';
import { flow, FLOWS, message } from '../support/exporter.ts';

const withdrawal = (templateId: number): Uint8Array => {
  const view = new DataView(new ArrayBuffer(24));
  [10, 24].forEach((value, index) => view.setUint16(2 * index, value));
  [1_772_442_000, 0, 1].forEach((value, index) => view.setUint32(4 + 4 * index, value));
  [2, 8, templateId, 0].forEach((value, index) => view.setUint16(16 + 2 * index, value));
  return new Uint8Array(view.buffer);
};

function collector(changes = {}) {
  const collecting = new CollectingProcess(collectingSchema.parse(changes));
  const handle = (payload: Uint8Array, source: string | number = 1, more = {}): void =>
    collecting.handle({ payload, source: `192.0.2.1:${source}`, receivedAtUs: 1_772_442_000_000_000, ...more });
  return { collecting, handle, sources: () => collecting.sessions.map(({ source }) => source.split(':')[1]) };
}

describe('sessions', () => {
  test('the one heard longest ago is forgotten, not the one that came first', () => {
    const { handle, sources } = collector({ maxSessions: 3 });
    for (const port of [1, 2, 3, 1, 4]) handle(message({ templates: [FLOWS] }), port);
    expect(sources()).toEqual(['3', '1', '4']);
  });

  test('what was counted of forgotten ones is kept: with the others it is all there was', () => {
    const step = fc.record({
      port: fc.integer({ min: 1, max: 5 }),
      sequenceNumber: fc.nat(30),
      templates: fc.boolean(),
      flows: fc.nat(3),
      cut: fc.option(fc.nat(60), { nil: undefined, freq: 4 }),
      isReliable: fc.boolean(),
      ends: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { collecting, handle } = collector({ maxSessions: 2, maxPendingOctets: 400 });
        for (const { port, sequenceNumber, templates, flows, cut, isReliable, ends } of steps) {
          const records = Array.from({ length: flows }, (_, index) => flow(index));
          handle(message({ sequenceNumber, templates: templates ? [FLOWS] : [], records }).subarray(0, cut), port, {
            isReliable,
          });
          if (ends) collecting.endSession(`192.0.2.1:${port}`);
        }
        const { counters, forgotten, sessions } = collecting;
        const sum = (of: (counts: SessionCounts) => number): number =>
          [forgotten, ...sessions].reduce((all, counts) => all + of(counts), 0);
        expect([
          sum(({ messages }) => messages),
          sum(({ octets }) => octets),
          sum(({ dataRecords }) => dataRecords),
          sum(({ duplicatedMessages }) => duplicatedMessages),
          sum(({ reorderedMessages }) => reorderedMessages),
          sum(({ lostRecords }) => lostRecords),
          sum(({ restarts }) => restarts),
          sum(({ withoutTemplate }) => withoutTemplate),
          sum(({ droppedSets }) => droppedSets),
        ]).toEqual([
          counters.messages,
          counters.octetsReceived,
          counters.dataRecords,
          counters.duplicatedMessages,
          counters.reorderedMessages,
          counters.lost,
          counters.restarts,
          counters.withoutTemplate,
          counters.droppedSets,
        ]);
        const faults = sum(({ malformed }) => Object.values(malformed).reduce((all, count) => all + count, 0));
        expect(faults).toBeLessThanOrEqual(counters.malformed);
        expect(sessions.length).toBeLessThanOrEqual(2);
      }),
      { numRuns: 300 },
    );
  });

  test('of a connection that has ended nothing holds any more (RFC 7011 section 8.1)', () => {
    const { collecting, handle } = collector();
    handle(message({ templates: [FLOWS], records: [flow(1)] }), 1, { isReliable: true });
    handle(message({ templates: [FLOWS], observationDomainId: 2 }), 1, { isReliable: true });
    handle(message({ templates: [FLOWS] }), 2, { isReliable: true });
    collecting.endSession('192.0.2.1:1');
    expect(collecting.sessions).toMatchObject([{ source: '192.0.2.1:2' }]);
    handle(message({ records: [flow(1)] }), 1, { isReliable: true });
    expect(collecting.counters).toMatchObject({ flows: 1, withoutTemplate: 1, evictedSessions: 0 });
  });
});

describe('a connection and a sender of datagrams with the same address and port', () => {
  test('have nothing in common, and only the connection ends', () => {
    const { collecting, handle } = collector();
    handle(message({ templates: [FLOWS] }), 1, { isReliable: true });
    handle(message({ records: [flow(1)] }));
    expect(collecting.counters).toMatchObject({ flows: 0, withoutTemplate: 1 });
    handle(message({ templates: [FLOWS], sequenceNumber: 1 }));
    collecting.endSession('192.0.2.1:1');
    handle(message({ records: [flow(2)], sequenceNumber: 1 }));
    expect(collecting.sessions).toHaveLength(1);
    expect(collecting.counters.flows).toBe(2);
  });
});

describe('Templates', () => {
  test.each([false, true])('a withdrawal is obeyed when isReliable is %s (RFC 7011 section 8.4)', (isReliable) => {
    const { collecting, handle } = collector();
    handle(message({ templates: [FLOWS] }), 1, { isReliable });
    handle(withdrawal(FLOWS.id), 1, { isReliable });
    handle(message({ records: [flow(1)] }), 1, { isReliable });
    expect(collecting.counters).toMatchObject({ flows: isReliable ? 0 : 1, ignoredWithdrawals: isReliable ? 0 : 1 });
  });

  test('hold for their lifetime by the time of receipt over UDP, and for ever over TCP (RFC 7011 section 8.4)', () => {
    for (const isReliable of [false, true]) {
      const { collecting, handle } = collector({ templateLifetimeS: 100 });
      const at = (seconds: number) => ({ isReliable, receivedAtUs: seconds * 1e6 });
      handle(message({ templates: [FLOWS] }), 1, at(0));
      handle(message({ records: [flow(1)], exportTimeS: 4_000_000_000 }), 1, at(100));
      handle(message({ records: [flow(1)], sequenceNumber: 1 }), 1, at(101));
      expect(collecting.counters.flows).toBe(isReliable ? 2 : 1);
      expect(collecting.sessions).toMatchObject([{ expiredTemplates: isReliable ? 0 : 1 }]);
    }
  });

  test('a flood of them costs those their session who were heard longest ago, and nobody else anything', () => {
    const { collecting, handle, sources } = collector({ maxAllTemplates: 20, maxTemplates: 10 });
    const flood = Array.from({ length: 12 }, (_, index) => ({ ...FLOWS, id: 300 + index }));
    handle(message({ templates: [FLOWS] }), 1);
    for (let port = 2; port < 50; port++) {
      handle(message({ templates: flood }), port);
      handle(message({ records: [flow(1)], sequenceNumber: port }), 1);
    }
    const templates = collecting.sessions.reduce((sum, session) => sum + session.templates, 0);
    expect(templates).toBeLessThanOrEqual(20);
    expect(sources()).toContain('1');
    expect(collecting.counters).toMatchObject({ flows: 48, withoutTemplate: 0 });
  });
});

describe('a flood of datagrams from senders that are made up', () => {
  test.each([{ maxSessions: 3 }, { maxAllTemplates: 3 }])('costs no open connection its Templates: %j', (limits) => {
    const { collecting, handle } = collector(limits);
    handle(message({ templates: [FLOWS] }), 1, { isReliable: true });
    handle(message({ templates: [FLOWS] }), 2, { isReliable: true });
    for (let port = 3; port < 50; port++) handle(message({ templates: [FLOWS, { ...FLOWS, id: 300 }] }), port);
    for (const port of [1, 2]) handle(message({ records: [flow(1)] }), port, { isReliable: true });
    expect(collecting.counters).toMatchObject({ flows: 2, withoutTemplate: 0 });
    expect(collecting.sessions).toHaveLength(3);
  });

  test('leaves room for a new connection', () => {
    const { collecting, handle } = collector({ maxSessions: 3, maxAllTemplates: 3 });
    for (let port = 3; port < 50; port++) handle(message({ templates: [FLOWS] }), port);
    handle(message({ templates: [FLOWS], records: [flow(1)] }), 1, { isReliable: true });
    expect(collecting.counters.flows).toBe(1);
  });
});

describe('Data Sets without Template', () => {
  test('a flood of them drops what waits of those heard longest ago, so that one who comes later still finds room', () => {
    const { collecting, handle } = collector({ maxAllPendingOctets: 1_000 });
    for (let port = 2; port < 200; port++) handle(message({ records: [flow(1), flow(2)] }), port);
    handle(message({ records: [flow(3)] }), 1);
    handle(message({ templates: [FLOWS], sequenceNumber: 1 }), 1);
    expect(collecting.counters.flows).toBe(1);
    expect(collecting.sessions.reduce((sum, { waitingSets }) => sum + waitingSets, 0)).toBeLessThanOrEqual(1_000 / 128);
  });

  test('an issue in one that waited has its place in the Message it came in', () => {
    const variable = { ...FLOWS, fields: [{ enterpriseNumber: 0, elementId: 96, length: 65_535 }] };
    const { collecting, handle } = collector();
    handle(message({ records: [flow(1)] }));
    handle(message({ templates: [variable], sequenceNumber: 1 }));
    // The 20 octets from octet 20 on are now a text of 10 octets, seven of 0 or 1, and the length of one that is not there.
    expect(collecting.issues).toMatchObject([{ code: 'record-truncated', offset: 39 }]);
  });
});

test('a second copy of NetFlow v5 is not stored twice, and what is missing is counted in flows', () => {
  const v5 = (sequence: number, flows: number): Uint8Array => {
    const view = new DataView(new ArrayBuffer(24 + 48 * flows));
    [5, flows].forEach((value, index) => view.setUint16(2 * index, value));
    [1_000, 1_772_442_000, 0, sequence].forEach((value, index) => view.setUint32(4 + 4 * index, value));
    view.setUint16(22, 0x4000 | 100);
    return new Uint8Array(view.buffer);
  };
  const { collecting, handle } = collector();
  for (const payload of [v5(0, 2), v5(0, 2), v5(7, 1)]) handle(payload);
  expect(collecting.counters).toMatchObject({ flows: 3, duplicatedMessages: 1, lost: 5, lostMessages: 0 });
  expect(collecting.sessions).toMatchObject([{ protocol: 'netflow-v5', lost: 5, lostUnit: 'records' }]);
  collecting.flush();
  const batch = collecting.poll()!;
  expect([...batch.samplingInterval.subarray(0, 3)]).toEqual([100, 100, 100]);
  expect([...batch.exportProtocol.subarray(0, 3)]).toEqual([5, 5, 5]);
  expect(batch.flowStartMs[0]).toBe(1_772_441_999_000);
});

test('equal datagrams of NetFlow v1, which has no sequence numbers, are no copies of one', () => {
  const v1 = new Uint8Array(16 + 52);
  v1.set([0, 1, 0, 1]);
  const { collecting, handle } = collector();
  for (const payload of [v1, v1]) handle(payload);
  expect(collecting.counters).toMatchObject({ flows: 2, duplicatedMessages: 0 });
});

test('what is of no version that is known is malformed', () => {
  const { collecting, handle } = collector();
  handle(Uint8Array.of(0, 77, 0, 0, 0));
  handle(new Uint8Array(0));
  expect(collecting.counters).toMatchObject({ malformed: 2, otherDatagrams: 2, messages: 0 });
  expect(collecting.issues[0]).toMatchObject({ code: 'message-version', observationDomainId: undefined });
});
