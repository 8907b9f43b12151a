import type { SFlowFields } from './flow-records.ts';
import type { XdrReader } from './xdr-reader.ts';

/** Unsigned words; a `:64` behind the name makes it two of them. */
type Names = readonly string[];

/** RFC 2863's ifTable: the sFlow version 5 memo, section 5.4, as are the others. */
const INTERFACE: Names = [
  'ifIndex',
  'ifType',
  'ifSpeed:64',
  'ifDirection',
  'ifStatus',
  'ifInOctets:64',
  'ifInUcastPkts',
  'ifInMulticastPkts',
  'ifInBroadcastPkts',
  'ifInDiscards',
  'ifInErrors',
  'ifInUnknownProtos',
  'ifOutOctets:64',
  'ifOutUcastPkts',
  'ifOutMulticastPkts',
  'ifOutBroadcastPkts',
  'ifOutDiscards',
  'ifOutErrors',
  'ifPromiscuousMode',
];

const ETHERNET: Names = [
  'dot3StatsAlignmentErrors',
  'dot3StatsFCSErrors',
  'dot3StatsSingleCollisionFrames',
  'dot3StatsMultipleCollisionFrames',
  'dot3StatsSQETestErrors',
  'dot3StatsDeferredTransmissions',
  'dot3StatsLateCollisions',
  'dot3StatsExcessiveCollisions',
  'dot3StatsInternalMacTransmitErrors',
  'dot3StatsCarrierSenseErrors',
  'dot3StatsFrameTooLongs',
  'dot3StatsInternalMacReceiveErrors',
  'dot3StatsSymbolErrors',
];

const VLAN: Names = ['vlanId', 'octets:64', 'ucastPkts', 'multicastPkts', 'broadcastPkts', 'discards'];

const PROCESSOR: Names = ['cpu5s', 'cpu1m', 'cpu5m', 'totalMemory:64', 'freeMemory:64'];

const AGGREGATION: Names = [
  'lacpdusRx',
  'markerPdusRx',
  'markerResponsePdusRx',
  'unknownRx',
  'illegalRx',
  'lacpdusTx',
  'markerPdusTx',
  'markerResponsePdusTx',
];

const counters =
  (names: Names) =>
  (xdr: XdrReader): SFlowFields =>
    Object.fromEntries(names.map((name) => (name.endsWith(':64') ? [name.slice(0, -3), xdr.uint64()] : [name, xdr.uint32()])));

/** IEEE 802.1AX's dot3adAggPortStatsTable: https://sflow.org/sflow_lag.txt. */
const aggregation = (xdr: XdrReader): SFlowFields => ({
  actorSystemId: xdr.macAddress(),
  partnerOperSystemId: xdr.macAddress(),
  attachedAggId: xdr.uint32(),
  portState: xdr.uint32(),
  ...counters(AGGREGATION)(xdr),
});

const portName = (xdr: XdrReader): SFlowFields => ({ portName: xdr.text() });

/** Formats of the records of a counter sample, those of enterprise 0. */
export const COUNTER_RECORDS: ReadonlyMap<number, (xdr: XdrReader) => SFlowFields> = new Map([
  [1, counters(INTERFACE)],
  [2, counters(ETHERNET)],
  [5, counters(VLAN)],
  [7, aggregation],
  [1001, counters(PROCESSOR)],
  [1005, portName],
]);
