/** What exporters speak. */
export type ExportProtocol = 'netflow-v1' | 'netflow-v5' | 'netflow-v7' | 'netflow-v9' | 'ipfix' | 'sflow';

/**
 * What a protocol's sequence numbers count: Data Records in IPFIX and flows in NetFlow v5 and v7 are `records`, Export Packets of v9 and
 * datagrams of sFlow are `messages`; v1 has none.
 */
export type SequenceUnit = 'records' | 'messages' | 'none';
