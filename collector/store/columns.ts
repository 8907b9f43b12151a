import type { CollectedBatch } from '../collecting/collected-batch.ts';
import type { NatEventBatch } from '../collecting/nat-event-batch.ts';

type NumericColumn<Batch> = {
  [K in keyof Batch]: Batch[K] extends Float64Array | Uint32Array | Uint16Array | Uint8Array ? K : never;
}[keyof Batch];

/** One column of a table and the batch's column behind it. */
export interface StoredColumn<Batch> {
  readonly name: string;
  readonly type: 'UTINYINT' | 'USMALLINT' | 'UINTEGER' | 'UBIGINT';
  readonly from: NumericColumn<Batch>;
}

const flow = (name: string, type: StoredColumn<unknown>['type'], from: NumericColumn<CollectedBatch>) => ({ name, type, from });
const event = (name: string, type: StoredColumn<unknown>['type'], from: NumericColumn<NatEventBatch>) => ({ name, type, from });

/** The table `flows` without its `id`. Times are whole numbers in the unit of the name, since 1970. */
export const FLOW_COLUMNS: readonly StoredColumn<CollectedBatch>[] = [
  flow('exporter', 'UINTEGER', 'exporter'),
  flow('observation_domain_id', 'UINTEGER', 'observationDomainId'),
  flow('template_id', 'USMALLINT', 'templateId'),
  flow('sequence_number', 'UINTEGER', 'sequenceNumber'),
  flow('export_time_s', 'UINTEGER', 'exportTimeS'),
  flow('received_at_us', 'UBIGINT', 'receivedAtUs'),
  flow('source_address', 'UINTEGER', 'sourceAddress'),
  flow('destination_address', 'UINTEGER', 'destinationAddress'),
  flow('source_port', 'USMALLINT', 'sourcePort'),
  flow('destination_port', 'USMALLINT', 'destinationPort'),
  flow('protocol', 'UTINYINT', 'protocol'),
  flow('class_of_service', 'UTINYINT', 'classOfService'),
  flow('tcp_control_bits', 'USMALLINT', 'tcpControlBits'),
  flow('ingress_interface', 'UINTEGER', 'ingressInterface'),
  flow('egress_interface', 'UINTEGER', 'egressInterface'),
  flow('octets', 'UBIGINT', 'octetDeltaCount'),
  flow('packets', 'UBIGINT', 'packetDeltaCount'),
  flow('flow_start_ms', 'UBIGINT', 'flowStartMs'),
  flow('flow_end_ms', 'UBIGINT', 'flowEndMs'),
  flow('flow_end_reason', 'UTINYINT', 'flowEndReason'),
  flow('post_nat_source_address', 'UINTEGER', 'postNatSourceAddress'),
  flow('post_nat_destination_address', 'UINTEGER', 'postNatDestinationAddress'),
  flow('post_napt_source_port', 'USMALLINT', 'postNaptSourcePort'),
  flow('post_napt_destination_port', 'USMALLINT', 'postNaptDestinationPort'),
  flow('application_id', 'UINTEGER', 'applicationId'),
];

/** The table `nat_events` without its `id`; `kind` is the event by the numbers of RFC 8158 section 4.3, 0 when not known. */
export const NAT_EVENT_COLUMNS: readonly StoredColumn<NatEventBatch>[] = [
  event('exporter', 'UINTEGER', 'exporter'),
  event('observation_domain_id', 'UINTEGER', 'observationDomainId'),
  event('template_id', 'USMALLINT', 'templateId'),
  event('sequence_number', 'UINTEGER', 'sequenceNumber'),
  event('export_time_s', 'UINTEGER', 'exportTimeS'),
  event('received_at_us', 'UBIGINT', 'receivedAtUs'),
  event('observation_time_ms', 'UBIGINT', 'observationTimeMs'),
  event('nat_event', 'UTINYINT', 'natEvent'),
  event('kind', 'UTINYINT', 'kind'),
  event('protocol', 'UTINYINT', 'protocol'),
  event('inside_address', 'UINTEGER', 'insideAddress'),
  event('inside_port', 'USMALLINT', 'insidePort'),
  event('public_address', 'UINTEGER', 'publicAddress'),
  event('public_port', 'USMALLINT', 'publicPort'),
  event('remote_address', 'UINTEGER', 'remoteAddress'),
  event('remote_port', 'USMALLINT', 'remotePort'),
  event('port_range_start', 'USMALLINT', 'portRangeStart'),
  event('port_range_end', 'USMALLINT', 'portRangeEnd'),
  event('port_range_step_size', 'USMALLINT', 'portRangeStepSize'),
  event('port_range_num_ports', 'USMALLINT', 'portRangeNumPorts'),
  event('nat_pool_id', 'UINTEGER', 'natPoolId'),
  event('nat_quota_exceeded_event', 'UINTEGER', 'natQuotaExceededEvent'),
  event('nat_threshold_event', 'UINTEGER', 'natThresholdEvent'),
];
