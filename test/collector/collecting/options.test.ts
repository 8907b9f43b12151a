import { describe, expect, test } from 'vitest';
import { collectingSchema } from '../../../collector/collecting/config.ts';
import { CollectingProcess } from '../../../collector/collecting/collecting-process.ts';
import { V9Writer } from '../../../core/netflow/v9-writer.ts';
import { VARIABLE_LENGTH, type Template } from '../../../core/ipfix/template.ts';
import { APPLICATIONS, flow, FLOWS, message, NAMES } from '../support/exporter.ts';

const field = (elementId: number, length: number) => ({ enterpriseNumber: 0, elementId, length });
const options = (id: number, ...fields: ReturnType<typeof field>[]): Template => ({ id, scopeFieldCount: 1, fields });

const RECEIVED_AT_US = 1_772_442_000_000_000;

function collector(changes = {}) {
  const collecting = new CollectingProcess(collectingSchema.parse(changes));
  const handle = (payload: Uint8Array, source = '192.0.2.1:4739'): void =>
    collecting.handle({ payload, source, receivedAtUs: RECEIVED_AT_US });
  return { collecting, handle };
}

function rowsOf(collecting: CollectingProcess, column: 'samplingInterval' | 'flowStartMs' | 'flowEndMs'): number[] {
  collecting.flush();
  const batch = collecting.poll();
  return [...(batch?.[column].subarray(0, batch.length) ?? [])];
}

describe('names', () => {
  const INTERFACES = options(300, field(10, 4), field(82, VARIABLE_LENGTH), field(83, VARIABLE_LENGTH));
  const VRFS = options(301, field(234, 4), field(236, VARIABLE_LENGTH));
  const all = message({
    templates: [APPLICATIONS, NAMES, INTERFACES, VRFS],
    records: [
      [APPLICATIONS, [0x06000001, 'youtube']],
      [NAMES, [0xc6120107, 'r1.example']],
      [INTERFACES, [7, 'Gi0/7', 'to the roof']],
      [VRFS, [3, 'guests']],
    ],
  });

  test('of applications, interfaces, VRFs and addresses come once, and again when they change', () => {
    const { collecting, handle } = collector();
    handle(all);
    const exporter = { ipv4: 0xc0000201, ipv6: undefined };
    const about = { exporter, observationDomainId: 1, learntAtUs: RECEIVED_AT_US };
    expect(collecting.pollLabels()).toEqual([
      { ...about, kind: 'application', id: 0x06000001, name: 'youtube' },
      { ...about, kind: 'address', id: 0xc6120107, name: 'r1.example' },
      { ...about, kind: 'interface', id: 7, name: 'Gi0/7' },
      { ...about, kind: 'vrf', id: 3, name: 'guests' },
    ]);
    handle(message({ sequenceNumber: 4, records: [[VRFS, [3, 'guests']]] }));
    expect(collecting.pollLabels()).toEqual([]);
    handle(message({ sequenceNumber: 5, records: [[VRFS, [3, 'staff']]] }));
    expect(collecting.pollLabels()).toMatchObject([{ kind: 'vrf', name: 'staff' }]);
  });

  test('beyond the limit are refused', () => {
    const { collecting, handle } = collector({ maxNames: 2 });
    handle(all);
    expect(collecting.pollLabels()).toHaveLength(2);
    expect(collecting.counters.refusedNames).toBeGreaterThan(0);
  });

  test('that were refused come when there is room again, and the oldest make room for those that come later', () => {
    const { collecting, handle } = collector({ maxNames: 2 });
    handle(all);
    collecting.pollLabels();
    handle(message({ sequenceNumber: 4, records: [[VRFS, [3, 'guests']]] }));
    expect(collecting.pollLabels()).toMatchObject([{ kind: 'vrf', name: 'guests' }]);
  });

  test('are not learnt anew by an exporter that comes back from another port', () => {
    const { collecting, handle } = collector({ maxNames: 4 });
    for (let port = 1; port <= 9; port++) {
      handle(all, `192.0.2.1:${port}`);
      expect(collecting.pollLabels()).toHaveLength(port === 1 ? 4 : 0);
    }
    handle(all, '192.0.2.2:1');
    expect(collecting.pollLabels()).toHaveLength(4);
  });

  test('of interfaces have the scope Interface in NetFlow v9, whose number 2 is packetDeltaCount elsewhere (RFC 3954 section 6.1)', () => {
    const { collecting, handle } = collector();
    const writer = new V9Writer({ maxPacketLength: 1_420 });
    const template = options(256, field(2, 4), field(82, 8));
    writer.begin({ sourceId: 5, sequenceNumber: 1, unixS: 1_772_442_000, uptimeMs: 1_000 });
    writer.addTemplate(template);
    writer.addValues(template, [9, 'eth9']);
    handle(writer.finish());
    expect(collecting.pollLabels()).toMatchObject([{ observationDomainId: 5, kind: 'interface', id: 9, name: 'eth9' }]);
  });
});

describe('sampling', () => {
  const SAMPLERS = options(300, field(48, 1), field(49, 1), field(50, 4));
  const SELECTORS = options(301, field(302, 8), field(305, 4), field(306, 4));
  const EVERYBODY = options(302, field(149, 4), field(34, 4));
  const withField = (elementId: number, length: number): Template => ({
    ...FLOWS,
    id: 310 + elementId,
    fields: [...FLOWS.fields, field(elementId, length)],
  });

  test('is that of the sampler a record names, else that of all, else as the record says', () => {
    const { collecting, handle } = collector();
    const [bySampler, bySelector, byItself] = [withField(48, 1), withField(302, 8), withField(34, 4)];
    const values = [1, 2, 3, 4];
    handle(
      message({
        templates: [SAMPLERS, SELECTORS, EVERYBODY, bySampler, bySelector, byItself, FLOWS],
        records: [
          [SAMPLERS, [4, 2, 1_000]],
          [SELECTORS, [77, 10, 990]],
          [EVERYBODY, [1, 50]],
          [bySampler, [...values, 4]],
          [bySampler, [...values, 5]],
          [bySelector, [...values, 77]],
          [byItself, [...values, 128]],
          [FLOWS, values],
        ],
      }),
    );
    expect(rowsOf(collecting, 'samplingInterval')).toEqual([1_000, 50, 100, 128, 50]);
  });

  test('is that of the only sampler there is where a record names none, however it is told', () => {
    const PROBABILITY = options(305, field(302, 8), field(311, 8));
    const { collecting, handle } = collector();
    handle(message({ templates: [PROBABILITY, FLOWS], records: [[PROBABILITY, [1, 0.01]], [FLOWS, [1, 2, 3, 4]]] })); // prettier-ignore
    expect(rowsOf(collecting, 'samplingInterval')).toEqual([100]);
    handle(message({ templates: [PROBABILITY, FLOWS], records: [[PROBABILITY, [2, 0.5]], [FLOWS, [1, 2, 3, 4]]] })); // prettier-ignore
    expect(rowsOf(collecting, 'samplingInterval')).toEqual([0]);
  });

  test('that is told of an interface is that of its flows, not of all', () => {
    const [INGRESS, EGRESS] = [options(303, field(10, 4), field(34, 4)), options(304, field(14, 4), field(34, 4))];
    const flows: Template = { ...FLOWS, id: 330, fields: [...FLOWS.fields, field(10, 4), field(14, 4)] };
    const { collecting, handle } = collector();
    const through = (ingress: number, egress: number) => [flows, [1, 2, 3, 4, ingress, egress]] as const;
    handle(
      message({
        templates: [EVERYBODY, INGRESS, EGRESS, flows],
        records: [
          [EVERYBODY, [1, 50]],
          [INGRESS, [7, 1_000]],
          [INGRESS, [8, 100]],
          [EGRESS, [9, 10]],
          ...[through(7, 8), through(8, 7), through(1, 9), through(9, 1)],
        ],
      }),
    );
    expect(rowsOf(collecting, 'samplingInterval')).toEqual([1_000, 100, 10, 50]);
  });

  test('of an interface is the scope of NetFlow v9 too (RFC 3954 section 6.1)', () => {
    const scoped = options(303, field(2, 4), field(34, 4));
    const flows: Template = { ...FLOWS, id: 330, fields: [...FLOWS.fields, field(10, 4)] };
    const { collecting, handle } = collector();
    const writer = new V9Writer({ maxPacketLength: 1_400 });
    writer.begin({ sourceId: 1, sequenceNumber: 1, unixS: 1_772_442_000, uptimeMs: 1_000 });
    for (const template of [scoped, flows]) writer.addTemplate(template);
    writer.addValues(scoped, [new Uint8Array([0, 0, 0, 7]), 1_000]);
    for (const ingress of [7, 8]) writer.addValues(flows, [1, 2, 3, 4, ingress]);
    handle(writer.finish());
    expect(rowsOf(collecting, 'samplingInterval')).toEqual([1_000, 0]);
  });

  test('is told by a pair of numbers in the record too (RFC 5477 section 8.2)', () => {
    const { collecting, handle } = collector();
    const pair: Template = { ...FLOWS, id: 320, fields: [...FLOWS.fields, field(305, 4), field(306, 4)] };
    handle(message({ templates: [pair], records: [[pair, [1, 2, 3, 4, 1, 99]]] }));
    expect(rowsOf(collecting, 'samplingInterval')).toEqual([100]);
  });
});

test('what an exporter says of itself is kept, table by table (RFC 7011 section 4)', () => {
  const { collecting, handle } = collector();
  const exporting = options(300, field(144, 4), field(41, 8), field(42, 8), field(40, 8));
  const metering = options(301, field(149, 4), field(164, 8), field(165, 8));
  const unsent = options(302, field(149, 4), field(166, 8), field(167, 8), field(168, 8));
  handle(
    message({
      templates: [exporting, metering, unsent],
      records: [
        [exporting, [1, 10, 200, 3_000]],
        [metering, [1, 4, 500]],
        [unsent, [1, 6, 70, 800]],
        [exporting, [1, 11, 210, 3_100]],
      ],
    }),
  );
  expect(collecting.sessions[0]?.reported).toEqual({
    messages: 11,
    flows: 210,
    octets: 3_100,
    ignoredPackets: 4,
    ignoredOctets: 500,
    notSentFlows: 6,
    notSentPackets: 70,
    notSentOctets: 800,
  });
});

test('totals of line cards add up, each its latest, and are no more for being told of the whole too', () => {
  const { collecting, handle } = collector();
  const card = options(300, field(141, 4), field(41, 8), field(40, 8), field(42, 8));
  const domain = options(301, field(149, 4), field(42, 8));
  const records = (seconds: number) =>
    [
      [card, [1, 10 * seconds, 1_000 * seconds, 100 * seconds]],
      [card, [2, seconds, 200 * seconds, 20 * seconds]],
    ] as const;
  handle(message({ templates: [card, domain], records: records(1) }));
  expect(collecting.sessions[0]?.reported).toEqual({ messages: 11, octets: 1_200, flows: 120 });
  handle(message({ sequenceNumber: 2, records: [...records(2), [domain, [1, 240]]] }));
  expect(collecting.sessions[0]?.reported).toEqual({ messages: 22, octets: 2_400, flows: 240 });
});

test('totals of more scopes than there is room for are none, and the scopes are counted once each', () => {
  const { collecting, handle } = collector({ maxReportedScopes: 2 });
  const [card, octets] = [options(300, field(141, 4), field(42, 8)), options(301, field(141, 4), field(40, 8))];
  const cards = [[card, [1, 5]], [card, [2, 6]], [card, [1, 7]], [card, [2, 8]]] as const; // prettier-ignore
  handle(message({ templates: [octets, card], records: [[octets, [1, 1_000]], ...cards] }));
  expect(collecting.sessions[0]).toMatchObject({ reported: { octets: 1_000 }, incompleteTotals: ['flows'] });
  expect(collecting.counters.refusedScopes).toBe(1);
});

test('uptimes in IPFIX count from systemInitTimeMilliseconds: of options before, or of the record', () => {
  const { collecting, handle } = collector();
  const init = options(300, field(149, 4), field(160, 8));
  const uptimes: Template = { id: 310, scopeFieldCount: 0, fields: [...FLOWS.fields, field(22, 4), field(21, 4)] };
  const whole: Template = { id: 311, scopeFieldCount: 0, fields: [...uptimes.fields, field(160, 8)] };
  const switchedOnMs = 1_772_442_000_000 - 60_000;
  const values = [1, 2, 3, 4];
  handle(message({ templates: [init, uptimes, whole], records: [[uptimes, [...values, 1_000, 2_000]]] }));
  handle(
    message({
      sequenceNumber: 1,
      records: [
        [init, [1, switchedOnMs]],
        [uptimes, [...values, 1_000, 2_000]],
        [whole, [...values, 1_000, 2_000, switchedOnMs - 5]],
      ],
    }),
  );
  // The first came before anybody could know.
  expect(rowsOf(collecting, 'flowStartMs')).toEqual([0, switchedOnMs + 1_000, switchedOnMs + 995]);
});

test('Data Records of Templates that came as options are no flows', () => {
  const { collecting, handle } = collector();
  handle(message({ templates: [FLOWS], records: [flow(1)] }));
  expect(collecting.counters).toMatchObject({ flows: 1, dataRecords: 1 });
});
