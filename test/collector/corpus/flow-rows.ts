import { formatIPv4 } from '../../../core/net/address.ts';
import { formatIPv6Groups } from '../../../core/net/ipv6-text.ts';
import type { CollectedBatch } from '../../../collector/collecting/collected-batch.ts';
import type { ReadRecord } from '../../../collector/reading/record.ts';

/** What a flow record says, however it was read; times in microseconds since 1970. */
export interface FlowFacts {
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
  /** `undefined` where the reader does not tell. */
  readonly octets: number | undefined;
  readonly packets: number;
  readonly samplingInterval: number | undefined;
  readonly half: number;
  readonly startUs: number | undefined;
  readonly endUs: number | undefined;
}

const REVERSE = 29_305;
const OCTETS = [1, 85, 231, 23];
const PACKETS = [2, 86, 298, 24];
/** Anything of these makes a flow. */
const OF_FLOWS = [...OCTETS, ...PACKETS, 4, 5, 6, 7, 8, 10, 11, 12, 14, 21, 22, 27, 28, 60, 95, 136];
const MORE_OF_FLOWS = [
  150, 151, 152, 153, 154, 155, 156, 157, 158, 159, 225, 226, 227, 228, 281, 282, 40_001, 40_002, 40_003, 40_004,
];

/** The rows that a record should be, by its fields alone. */
export function expectedRows(record: ReadRecord): FlowFacts[] {
  if (record.options === true || record.sflow !== undefined) return [];
  const told = (ids: readonly number[], pen = 0): number | string | undefined => {
    for (const id of ids) {
      const value = record.fields.find((field) => field.pen === pen && field.id === id)?.value;
      if (typeof value === 'number' || (typeof value === 'string' && !value.startsWith('0x'))) return value;
    }
    return undefined;
  };
  const count = (ids: readonly number[], pen = 0): number => Number(told(ids, pen) ?? 0);
  const isEvent = told([230]) !== undefined && told([1, 85, 231, 232]) === undefined;
  if (isEvent || told([...OF_FLOWS, ...MORE_OF_FLOWS]) === undefined) return [];
  const source = [String(told([8]) ?? '0.0.0.0'), String(told([27]) ?? '::')];
  const destination = [String(told([12]) ?? '0.0.0.0'), String(told([28]) ?? '::')];
  const ports = [count([7]), count([11])];
  const { startUs, endUs } = record;
  const forward = { octets: count(OCTETS), packets: count(PACKETS) };
  const isInitiators = told([1, 85]) === undefined;
  const isInitiatorsPackets = told([2, 86]) === undefined;
  const reverse = {
    octets: count([1, 85], REVERSE) || (isInitiators ? count([232]) : 0),
    packets: count([2, 86], REVERSE) || (isInitiatorsPackets ? count([299]) : 0),
  };
  const isBiflow = reverse.octets > 0 || reverse.packets > 0;
  const common = { startUs: startUs ?? 0, endUs: endUs ?? 0, samplingInterval: undefined };
  const row = { ...forward, ...common, addresses: [...source, ...destination], ports, half: isBiflow ? 1 : 0 };
  if (!isBiflow) return [row];
  const hasReverseTimes = record.fields.some(({ pen, id }) => pen === REVERSE && id >= 150 && id <= 159);
  const times = hasReverseTimes ? { startUs: undefined, endUs: undefined } : {};
  const addresses = [...destination, ...source];
  return [row, { ...reverse, ...common, ...times, addresses, ports: [...ports].reverse(), half: 2 }];
}

type Facts = Readonly<Record<string, unknown>>;

/** The rows that the records of an sFlow capture should be: one for each sample of an IP packet. */
export function expectedPackets(records: readonly ReadRecord[]): FlowFacts[] {
  return records.flatMap(({ sflow }): FlowFacts[] => {
    const inner = sflow?.record['inner'] as Facts | undefined;
    if (inner?.['src'] === undefined || sflow?.record['format'] !== '0:1') return [];
    const [source, destination] = [String(inner['src']), String(inner['dst'])];
    const isIPv6 = source.includes(':');
    return [
      {
        addresses: isIPv6 ? ['0.0.0.0', source, '0.0.0.0', destination] : [source, '::', destination, '::'],
        ports: [Number(inner['sport'] ?? 0), Number(inner['dport'] ?? 0)],
        octets: isIPv6 ? undefined : Number(inner['ipLength']),
        packets: 1,
        samplingInterval: sflow?.sample.rate,
        half: 0,
        startUs: undefined,
        endUs: undefined,
      },
    ];
  });
}

export function rowOf(batch: CollectedBatch, row: number): FlowFacts {
  const ipv6 = (column: Uint32Array): string => {
    const view = new DataView(new ArrayBuffer(16));
    for (let word = 0; word < 4; word++) view.setUint32(4 * word, column[4 * row + word]!);
    return formatIPv6Groups(new Uint8Array(view.buffer));
  };
  return {
    addresses: [
      formatIPv4(batch.sourceAddress[row]!),
      ipv6(batch.sourceIPv6),
      formatIPv4(batch.destinationAddress[row]!),
      ipv6(batch.destinationIPv6),
    ],
    ports: [batch.sourcePort[row]!, batch.destinationPort[row]!],
    octets: batch.octetDeltaCount[row]!,
    packets: batch.packetDeltaCount[row]!,
    samplingInterval: batch.samplingInterval[row]!,
    half: batch.biflowHalf[row]!,
    startUs: batch.flowStartMs[row]! * 1e3,
    endUs: batch.flowEndMs[row]! * 1e3,
  };
}

/** Whether a row says what it should: times to the microsecond, of which one reader keeps the rest and the other does not. */
export function agrees(row: FlowFacts, expected: FlowFacts): boolean {
  const isNear = (one: number | undefined, other: number | undefined): boolean =>
    other === undefined || Math.abs((one ?? NaN) - other) <= 1.01;
  const isSame = (one: number | undefined, other: number | undefined): boolean => other === undefined || one === other;
  return (
    String(row.addresses) === String(expected.addresses) &&
    String(row.ports) === String(expected.ports) &&
    isSame(row.octets, expected.octets) &&
    row.packets === expected.packets &&
    isSame(row.samplingInterval, expected.samplingInterval) &&
    row.half === expected.half &&
    isNear(row.startUs, expected.startUs) &&
    isNear(row.endUs, expected.endUs)
  );
}
