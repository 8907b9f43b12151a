import type { CollectedBatch } from '../collecting/collected-batch.ts';

type NumericColumn = {
  [K in keyof CollectedBatch]: CollectedBatch[K] extends Float64Array | Uint32Array | Uint16Array | Uint8Array ? K : never;
}[keyof CollectedBatch];

/** One column of the table `flows` and the batch's column behind it. */
export interface StoredColumn {
  readonly name: string;
  readonly type: 'UTINYINT' | 'USMALLINT' | 'UINTEGER' | 'UBIGINT';
  readonly from: NumericColumn;
}

const column = (name: string, type: StoredColumn['type'], from: NumericColumn): StoredColumn => ({ name, type, from });

/** The table `flows` without its `id`. Times are whole numbers in the unit of the name, since 1970. */
export const COLUMNS: readonly StoredColumn[] = [
  column('exporter', 'UINTEGER', 'exporter'),
  column('observation_domain_id', 'UINTEGER', 'observationDomainId'),
  column('template_id', 'USMALLINT', 'templateId'),
  column('sequence_number', 'UINTEGER', 'sequenceNumber'),
  column('export_time_s', 'UINTEGER', 'exportTimeS'),
  column('received_at_us', 'UBIGINT', 'receivedAtUs'),
  column('source_address', 'UINTEGER', 'sourceAddress'),
  column('destination_address', 'UINTEGER', 'destinationAddress'),
  column('source_port', 'USMALLINT', 'sourcePort'),
  column('destination_port', 'USMALLINT', 'destinationPort'),
  column('protocol', 'UTINYINT', 'protocol'),
  column('class_of_service', 'UTINYINT', 'classOfService'),
  column('tcp_control_bits', 'USMALLINT', 'tcpControlBits'),
  column('ingress_interface', 'UINTEGER', 'ingressInterface'),
  column('egress_interface', 'UINTEGER', 'egressInterface'),
  column('octets', 'UBIGINT', 'octetDeltaCount'),
  column('packets', 'UBIGINT', 'packetDeltaCount'),
  column('flow_start_ms', 'UBIGINT', 'flowStartMs'),
  column('flow_end_ms', 'UBIGINT', 'flowEndMs'),
  column('flow_end_reason', 'UTINYINT', 'flowEndReason'),
  column('post_nat_source_address', 'UINTEGER', 'postNatSourceAddress'),
  column('post_nat_destination_address', 'UINTEGER', 'postNatDestinationAddress'),
  column('post_napt_source_port', 'USMALLINT', 'postNaptSourcePort'),
  column('post_napt_destination_port', 'USMALLINT', 'postNaptDestinationPort'),
  column('application_id', 'UINTEGER', 'applicationId'),
];

/** The statement that makes the table, nothing when it is there. */
export const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS flows (id UBIGINT NOT NULL, ${COLUMNS.map(
  ({ name, type }) => `${name} ${type} NOT NULL`,
).join(', ')})`;
