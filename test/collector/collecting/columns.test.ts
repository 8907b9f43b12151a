import { expect, test } from 'vitest';
import { collectingSchema } from '../../../collector/collecting/config.ts';
import type { CollectedBatch } from '../../../collector/collecting/collected-batch.ts';
import { CollectingProcess } from '../../../collector/collecting/collecting-process.ts';
import type { Template } from '../../../core/ipfix/template.ts';
import { V9Writer } from '../../../core/netflow/v9-writer.ts';
import { datagram, flowSample, tagged, words } from '../../core/sflow/xdr.ts';
import { message } from '../support/exporter.ts';

const RECEIVED_AT_US = 1_772_442_000_250_000;

const template = (...fields: readonly (readonly [elementId: number, length: number])[]): Template => ({
  id: 256,
  scopeFieldCount: 0,
  fields: fields.map(([elementId, length]) => ({ enterpriseNumber: 0, elementId, length })),
});

function collect(payload: Uint8Array, source = '[2001:db8::1]:4739'): { collecting: CollectingProcess; batch: CollectedBatch } {
  const collecting = new CollectingProcess(collectingSchema.parse({}));
  collecting.handle({ payload, source, receivedAtUs: RECEIVED_AT_US });
  collecting.flush();
  return { collecting, batch: collecting.poll()! };
}

test('direction, ASes, VLAN and VRFs have columns; a direction that is told is never 0', () => {
  const fields = template([8, 4], [61, 1], [16, 2], [17, 4], [58, 2], [234, 4], [235, 4]);
  const values = [1, 0, 65_001, 4_200_000_000, 12, 7, 8];
  const records = [values, values.with(1, 1), values.with(1, 9)].map((record) => [fields, record] as const);
  const { batch } = collect(message({ templates: [fields], records }));
  expect([...batch.flowDirection.subarray(0, 3)]).toEqual([1, 2, 0]);
  expect([batch.sourceAs[0], batch.destinationAs[0]]).toEqual([65_001, 4_200_000_000]);
  expect([batch.vlanId[0], batch.ingressVrf[0], batch.egressVrf[0]]).toEqual([12, 7, 8]);
  expect(batch.exportProtocol[0]).toBe(10);
  expect([...batch.exporterIPv6.subarray(0, 4)]).toEqual([0x20010db8, 0, 0, 1]);
});

test('what an ASA translates and counts in NetFlow v9 is a flow in both directions', () => {
  const fields = template([8, 4], [12, 4], [40_001, 4], [40_003, 2], [231, 4], [232, 4], [152, 8], [323, 8]);
  const writer = new V9Writer({ maxPacketLength: 1_420 });
  writer.begin({ sourceId: 3, sequenceNumber: 9, unixS: 1_772_442_000, uptimeMs: 5_000 });
  writer.addTemplate(fields);
  writer.addValues(fields, [10, 20, 30, 4_000, 111, 222, 1_772_441_000_000, 1_772_442_000_000]);
  const { collecting, batch } = collect(writer.finish());
  expect(batch.length).toBe(2);
  expect([...batch.octetDeltaCount.subarray(0, 2)]).toEqual([111, 222]);
  expect([batch.postNatSourceAddress[0], batch.postNaptSourcePort[0]]).toEqual([30, 4_000]);
  expect([batch.sourceAddress[1], batch.destinationAddress[1], batch.postNatDestinationAddress[1]]).toEqual([20, 30, 10]);
  expect(batch.exportProtocol[1]).toBe(9);
  expect(collecting.sessions).toMatchObject([{ protocol: 'netflow-v9', lostUnit: 'messages', observationDomainId: 3 }]);
});

test('a packet that sFlow sampled is a flow of one packet at the time of receipt, with what the router knew of its way', () => {
  const six = (last: number) => words(0x20010db8, 0, 0, last);
  const packet = tagged(4, [...words(140, 17), ...six(5), ...six(6), ...words(53, 4_000, 0, 8)]);
  const vlan = tagged(1001, words(12, 0, 13, 0));
  const gateway = tagged(1003, words(1, 0x0a000001, 65_000, 65_001, 65_002, 1, 2, 2, 65_003, 65_004, 0, 100));
  const { collecting, batch } = collect(datagram(flowSample(packet, vlan, gateway)));
  expect(batch.length).toBe(1);
  expect([...batch.sourceIPv6.subarray(0, 4)]).toEqual([0x20010db8, 0, 0, 5]);
  expect([batch.ipVersion[0], batch.protocol[0], batch.sourcePort[0], batch.destinationPort[0]]).toEqual([6, 17, 53, 4_000]);
  expect([batch.octetDeltaCount[0], batch.packetDeltaCount[0], batch.samplingInterval[0]]).toEqual([140, 1, 256]);
  expect([batch.flowStartMs[0], batch.flowEndMs[0]]).toEqual([1_772_442_000_250, 1_772_442_000_250]);
  expect([batch.vlanId[0], batch.sourceAs[0], batch.destinationAs[0]]).toEqual([12, 65_001, 65_004]);
  expect([batch.ingressInterface[0], batch.exportProtocol[0], batch.observationDomainId[0]]).toEqual([4, 255, 3]);
  expect(collecting.counters).toMatchObject({ flows: 1, octets: 140, dataRecords: 3, malformed: 0 });
  expect(collecting.sessions).toMatchObject([{ protocol: 'sflow', flowRecords: 1 }]);
});

test('records of a counter sample are no packets, though they have the numbers of such', () => {
  const counters = tagged(2, [...words(1, 4, 1), ...tagged(4, words(...Array.from({ length: 16 }, (_, word) => word)))]);
  const { collecting, batch } = collect(datagram(counters));
  expect(batch).toBeUndefined();
  expect(collecting.counters).toMatchObject({ flows: 0, dataRecords: 1 });
});

test('a sample without an IP packet is counted and stored nowhere', () => {
  const { collecting, batch } = collect(datagram(flowSample(tagged(1001, words(1, 2, 3, 4)))));
  expect(batch).toBeUndefined();
  expect(collecting.counters).toMatchObject({ flows: 0, dataRecords: 1, messages: 1 });
});
