import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CollectedBatch } from '../../../collector/collecting/collected-batch.ts';
import { collectingSchema } from '../../../collector/collecting/config.ts';
import { CollectingProcess } from '../../../collector/collecting/collecting-process.ts';
import type { FieldSpecifier, Template } from '../../../core/ipfix/template.ts';
import { message } from '../support/exporter.ts';

const REVERSE = 29_305;
const field = (elementId: number, length: number, enterpriseNumber = 0): FieldSpecifier => ({
  enterpriseNumber,
  elementId,
  length,
});

/** Addresses, ports, octets and packets there and back, those after translation, interfaces, direction. */
const BIFLOWS: Template = {
  id: 256,
  scopeFieldCount: 0,
  fields: [
    ...[field(8, 4), field(12, 4), field(7, 2), field(11, 2), field(1, 8), field(2, 8)],
    ...[field(1, 8, REVERSE), field(2, 8, REVERSE), field(6, 1), field(6, 1, REVERSE)],
    ...[field(225, 4), field(226, 4), field(227, 2), field(228, 2), field(10, 4), field(14, 4), field(61, 1)],
  ],
};

function collect(template: Template, records: readonly (readonly number[])[], batchRows = 2_048): CollectedBatch[] {
  const collecting = new CollectingProcess(collectingSchema.parse({ batchRows }));
  const payload = message({ templates: [template], records: records.map((values) => [template, values] as const) });
  collecting.handle({ payload, source: '192.0.2.1:1', receivedAtUs: 0 });
  collecting.flush();
  const batches: CollectedBatch[] = [];
  for (let batch = collecting.poll(); batch !== undefined; batch = collecting.poll()) batches.push(batch);
  expect(collecting.counters.dataRecords).toBe(records.length);
  return batches;
}

const factsOf = (batch: CollectedBatch, row: number) => ({
  source: [batch.sourceAddress[row], batch.sourcePort[row]],
  destination: [batch.destinationAddress[row], batch.destinationPort[row]],
  sourceAfter: [batch.postNatSourceAddress[row], batch.postNaptSourcePort[row]],
  destinationAfter: [batch.postNatDestinationAddress[row], batch.postNaptDestinationPort[row]],
  octets: batch.octetDeltaCount[row],
  packets: batch.packetDeltaCount[row],
  flags: batch.tcpControlBits[row],
  interfaces: [batch.ingressInterface[row], batch.egressInterface[row]],
  direction: batch.flowDirection[row],
  half: batch.biflowHalf[row],
});

const address = fc.integer({ min: 1, max: 2 ** 32 - 1 });
const port = fc.integer({ min: 1, max: 65_535 });
const endpoint = fc.tuple(address, port);
/** What an endpoint becomes behind the NAT, or nothing. */
const translated = fc.option(endpoint, { nil: undefined });
const count = fc.nat(1_000_000);

test('a biflow is two rows: as it was sent, and what came back as the router saw it before and after translation (RFC 5103)', () => {
  const biflow = fc.tuple(endpoint, endpoint, translated, translated, fc.tuple(count, count, count, count));
  fc.assert(
    fc.property(fc.array(biflow, { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 7 }), (biflows, batchRows) => {
      const records = biflows.map(
        ([source, destination, sourceAfter, destinationAfter, [octets, packets, back, packetsBack]]) => [
          ...[source[0], destination[0], source[1], destination[1], octets, packets, back, packetsBack, 2, 18],
          ...[sourceAfter?.[0] ?? 0, destinationAfter?.[0] ?? 0, sourceAfter?.[1] ?? 0, destinationAfter?.[1] ?? 0, 5, 6, 0],
        ],
      );
      const rows = collect(BIFLOWS, records, batchRows).flatMap((batch) =>
        Array.from({ length: batch.length }, (_, row) => factsOf(batch, row)),
      );
      const expected = biflows.flatMap(
        ([source, destination, sourceAfter, destinationAfter, [octets, packets, back, packetsBack]]) => {
          const nothing = [0, 0];
          const half = back > 0 || packetsBack > 0 ? 1 : 0;
          const after = { sourceAfter: sourceAfter ?? nothing, destinationAfter: destinationAfter ?? nothing };
          const there = { source, destination, ...after, octets, packets, flags: 2, interfaces: [5, 6], direction: 1, half };
          if (half === 0) return [there];
          const returned = {
            source: destinationAfter ?? destination,
            destination: sourceAfter ?? source,
            sourceAfter: destinationAfter === undefined ? nothing : destination,
            destinationAfter: sourceAfter === undefined ? nothing : source,
            ...{ octets: back, packets: packetsBack, flags: 18, interfaces: [6, 5], direction: 2, half: 2 },
          };
          return [there, returned];
        },
      );
      expect(rows).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test('what initiator and responder sent is a biflow, unless deltas tell it otherwise', () => {
  const ends = [field(8, 4), field(12, 4)];
  const connection: Template = { id: 257, scopeFieldCount: 0, fields: [...ends, field(231, 8), field(232, 8)] };
  const [batch] = collect(connection, [[1, 2, 300, 400]]);
  expect([...batch!.octetDeltaCount.subarray(0, batch!.length)]).toEqual([300, 400]);
  const both: Template = { ...connection, id: 258, fields: [...connection.fields, field(1, 8)] };
  const [other] = collect(both, [[1, 2, 300, 400, 700]]);
  expect([...other!.octetDeltaCount.subarray(0, other!.length)]).toEqual([700]);
});

test('octets before translation count, totals where there are no deltas, and of the same element the first', () => {
  const octetsOf = (...elements: number[]): number[] => {
    const template: Template = { id: 257, scopeFieldCount: 0, fields: elements.map((elementId) => field(elementId, 8)) };
    const [batch] = collect(template, [elements.map((_, index) => index + 1)]);
    return [...batch!.octetDeltaCount.subarray(0, batch!.length)];
  };
  expect(octetsOf(23, 1)).toEqual([2]);
  expect(octetsOf(85, 1)).toEqual([2]);
  expect(octetsOf(23, 85)).toEqual([2]);
  expect(octetsOf(23)).toEqual([1]);
  expect(octetsOf(1, 1, 1)).toEqual([1]);
});

test('the other half of IPv6 through NAT64 is of IPv4', () => {
  const six = new Uint8Array(16).fill(0x20);
  const template: Template = {
    id: 259,
    scopeFieldCount: 0,
    fields: [field(27, 16), field(28, 16), field(225, 4), field(226, 4), field(1, 4), field(1, 4, REVERSE)],
  };
  const collecting = new CollectingProcess(collectingSchema.parse({}));
  const text = '2020:2020:2020:2020:2020:2020:2020:2020';
  expect(six).toHaveLength(16);
  const payload = message({ templates: [template], records: [[template, [text, text, 1, 2, 3, 4]]] });
  collecting.handle({ payload, source: '192.0.2.1:1', receivedAtUs: 0 });
  collecting.flush();
  const batch = collecting.poll()!;
  expect([...batch.ipVersion.subarray(0, 2)]).toEqual([6, 4]);
  expect([batch.sourceAddress[1], batch.destinationAddress[1]]).toEqual([2, 1]);
  expect(batch.postNatSourceIPv6[4]).toBe(0x20202020);
  expect(batch.sourceIPv6[4]).toBe(0);
});
