/** What exporters speak. */
export type ExportProtocol = 'netflow-v1' | 'netflow-v5' | 'netflow-v7' | 'netflow-v9' | 'ipfix' | 'sflow';

/** What a protocol's sequence numbers count: `records` or `messages`. NetFlow v1 has none. */
export type SequenceUnit = 'records' | 'messages' | 'none';

interface Traits {
  /** In the column `exportProtocol`: the version, 255 for sFlow. */
  readonly number: number;
  readonly sequenceUnit: SequenceUnit;
}

/** Data Records are counted in IPFIX, flows in v5 and v7, Export Packets in v9, datagrams in sFlow. */
const TRAITS: Readonly<Record<ExportProtocol, Traits>> = {
  'netflow-v1': { number: 1, sequenceUnit: 'none' },
  'netflow-v5': { number: 5, sequenceUnit: 'records' },
  'netflow-v7': { number: 7, sequenceUnit: 'records' },
  'netflow-v9': { number: 9, sequenceUnit: 'messages' },
  ipfix: { number: 10, sequenceUnit: 'records' },
  sflow: { number: 255, sequenceUnit: 'messages' },
};

export const numberOf = (protocol: ExportProtocol): number => TRAITS[protocol].number;

export const sequenceUnitOf = (protocol: ExportProtocol): SequenceUnit => TRAITS[protocol].sequenceUnit;
