import type { CollectedBatch } from '../collecting/collected-batch.ts';
import type { CollectedRows } from '../collecting/collected-rows.ts';
import type { NatEventBatch } from '../collecting/nat-event-batch.ts';

type NumericColumn<Batch> = {
  [K in keyof Batch]: Batch[K] extends Float64Array | Uint32Array | Uint16Array | Uint8Array ? K : never;
}[keyof Batch];

/** One column of a table and the batch's column behind it; that of a `UHUGEINT` has four words a row. */
export interface StoredColumn<Batch> {
  readonly name: string;
  readonly type: 'UTINYINT' | 'USMALLINT' | 'UINTEGER' | 'UBIGINT' | 'UHUGEINT';
  readonly from: NumericColumn<Batch>;
}

/**
 * The columns of a table without its `id`. An address lies in two, of 32 bits and of 128, and `addresses` names for each a third
 * that shows whichever is there as one number (UHUGEINT): what a person asks by. It takes no room and no time until it is read.
 * Numbers of both versions in one stored column would: DuckDB packs a mixture badly, and reads packed 128 bits slowly.
 */
export interface TableLayout<Batch> {
  readonly columns: readonly StoredColumn<Batch>[];
  readonly addresses: readonly { readonly name: string; readonly ipv4: string; readonly ipv6: string }[];
}

/** The third, in SQL. */
export const addressOf = (ipv4: string, ipv6: string): string => `CASE WHEN ${ipv6} = 0 THEN ${ipv4} ELSE ${ipv6} END`;

/** Where and when a record came from, in every table. */
const ORIGIN = [
  { name: 'exporter_ipv4', type: 'UINTEGER', from: 'exporter' },
  { name: 'exporter_ipv6', type: 'UHUGEINT', from: 'exporterIPv6' },
  { name: 'observation_domain_id', type: 'UINTEGER', from: 'observationDomainId' },
  { name: 'template_id', type: 'USMALLINT', from: 'templateId' },
  { name: 'sequence_number', type: 'UINTEGER', from: 'sequenceNumber' },
  { name: 'export_time_s', type: 'UINTEGER', from: 'exportTimeS' },
  { name: 'received_at_us', type: 'UBIGINT', from: 'receivedAtUs' },
] as const satisfies readonly StoredColumn<CollectedRows>[];

const flow = (name: string, type: StoredColumn<unknown>['type'], from: NumericColumn<CollectedBatch>) => ({ name, type, from });
const event = (name: string, type: StoredColumn<unknown>['type'], from: NumericColumn<NatEventBatch>) => ({ name, type, from });
const shownAs = (name: string, stem = name.replace(/_address$/, '')) => ({ name, ipv4: `${stem}_ipv4`, ipv6: `${stem}_ipv6` });

/** The table `flows`. Times are whole numbers in the unit of the name, since 1970. */
export const FLOWS: TableLayout<CollectedBatch> = {
  columns: [
    ...ORIGIN,
    flow('ip_version', 'UTINYINT', 'ipVersion'),
    flow('source_ipv4', 'UINTEGER', 'sourceAddress'),
    flow('source_ipv6', 'UHUGEINT', 'sourceIPv6'),
    flow('destination_ipv4', 'UINTEGER', 'destinationAddress'),
    flow('destination_ipv6', 'UHUGEINT', 'destinationIPv6'),
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
    flow('post_nat_source_ipv4', 'UINTEGER', 'postNatSourceAddress'),
    flow('post_nat_source_ipv6', 'UHUGEINT', 'postNatSourceIPv6'),
    flow('post_nat_destination_ipv4', 'UINTEGER', 'postNatDestinationAddress'),
    flow('post_nat_destination_ipv6', 'UHUGEINT', 'postNatDestinationIPv6'),
    flow('post_napt_source_port', 'USMALLINT', 'postNaptSourcePort'),
    flow('post_napt_destination_port', 'USMALLINT', 'postNaptDestinationPort'),
    flow('application_id', 'UINTEGER', 'applicationId'),
    flow('export_protocol', 'UTINYINT', 'exportProtocol'),
    flow('sampling_interval', 'UBIGINT', 'samplingInterval'),
    flow('biflow_half', 'UTINYINT', 'biflowHalf'),
    flow('flow_direction', 'UTINYINT', 'flowDirection'),
    flow('source_as', 'UINTEGER', 'sourceAs'),
    flow('destination_as', 'UINTEGER', 'destinationAs'),
    flow('vlan_id', 'USMALLINT', 'vlanId'),
    flow('ingress_vrf', 'UINTEGER', 'ingressVrf'),
    flow('egress_vrf', 'UINTEGER', 'egressVrf'),
  ],
  addresses: [
    shownAs('exporter'),
    shownAs('source_address'),
    shownAs('destination_address'),
    shownAs('post_nat_source_address'),
    shownAs('post_nat_destination_address'),
  ],
};

/** The table `nat_events`; `kind` is the event by the numbers of RFC 8158 section 4.3, 0 when not known. */
export const NAT_EVENTS: TableLayout<NatEventBatch> = {
  columns: [
    ...ORIGIN,
    event('observation_time_ms', 'UBIGINT', 'observationTimeMs'),
    event('nat_event', 'UTINYINT', 'natEvent'),
    event('kind', 'UTINYINT', 'kind'),
    event('protocol', 'UTINYINT', 'protocol'),
    event('inside_ipv4', 'UINTEGER', 'insideAddress'),
    event('inside_ipv6', 'UHUGEINT', 'insideIPv6'),
    event('inside_port', 'USMALLINT', 'insidePort'),
    event('public_address', 'UINTEGER', 'publicAddress'),
    event('public_port', 'USMALLINT', 'publicPort'),
    event('remote_ipv4', 'UINTEGER', 'remoteAddress'),
    event('remote_ipv6', 'UHUGEINT', 'remoteIPv6'),
    event('remote_port', 'USMALLINT', 'remotePort'),
    event('port_range_start', 'USMALLINT', 'portRangeStart'),
    event('port_range_end', 'USMALLINT', 'portRangeEnd'),
    event('port_range_step_size', 'USMALLINT', 'portRangeStepSize'),
    event('port_range_num_ports', 'USMALLINT', 'portRangeNumPorts'),
    event('nat_pool_id', 'UINTEGER', 'natPoolId'),
    event('nat_quota_exceeded_event', 'UINTEGER', 'natQuotaExceededEvent'),
    event('nat_threshold_event', 'UINTEGER', 'natThresholdEvent'),
  ],
  addresses: [shownAs('exporter'), shownAs('inside_address'), shownAs('remote_address')],
};
