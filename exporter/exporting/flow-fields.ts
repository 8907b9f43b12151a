import type { FieldSource } from '../../core/ipfix/field-source.ts';

/** One field on the wire: the element's name, its octets in full size and where its number comes from. */
export interface WireField {
  readonly element: string;
  readonly length: number;
  readonly source: FieldSource;
}

/** The unit of start and end of a flow. */
export const TIMESTAMPS = ['milliseconds', 'seconds', 'microseconds', 'nanoseconds', 'delta', 'sys-uptime'] as const;
export type Timestamps = (typeof TIMESTAMPS)[number];

/** The wire form by IP version of the packets at the Observation Point. */
interface ByVersion {
  readonly v4?: WireField;
  readonly v6?: WireField;
}

/** What a Flow Record can tell: how in the Template of each IP version, or a time whose element `timestamps` decides. */
export type FlowField =
  | (ByVersion & { /** Of flows whose packets leave in the other version. */ readonly nat64?: ByVersion })
  | { readonly time: TimeField };

/** Flows that are told alike: the IP version at the Observation Point, and whether NAT64 makes it the other one after it. */
export interface FlowKind {
  readonly ipVersion: 4 | 6;
  readonly isNat64: boolean;
}

export const PLAIN_IPV4: FlowKind = { ipVersion: 4, isNat64: false };

interface TimeField {
  /** Of the element, without its unit. */
  readonly element: string;
  readonly column: string;
  /** Absent where the Metering Process does not know the uptime. */
  readonly uptimeColumn?: string;
}

const both = (element: string, length: number, source: FieldSource = element): FlowField => {
  const field = { element, length, source };
  return { v4: field, v6: field };
};
const v4Only = (element: string, length: number, source: FieldSource): FlowField => ({ v4: { element, length, source } });
/** An address after the translation: of the IP version that has one, the other one's with NAT64. */
const postNat = (side: 'Source' | 'Destination'): FlowField => {
  const v4 = { element: `postNAT${side}IPv4Address`, length: 4, source: `postNat${side}Address` };
  const v6 = {
    element: `postNAT${side}IPv6Address`,
    length: 16,
    source: { column: `postNat${side}IPv6`, change: 'four-words' },
  } as const;
  return { v4, nat64: { v4: v6, v6: v4 } };
};
const postNapt = (side: 'Source' | 'Destination'): FlowField => {
  const field = { element: `postNAPT${side}TransportPort`, length: 2, source: `postNapt${side}Port` };
  return { v4: field, nat64: { v4: field, v6: field } };
};
const address = (side: 'source' | 'destination'): FlowField => ({
  v4: { element: `${side}IPv4Address`, length: 4, source: `${side}Address` },
  v6: { element: `${side}IPv6Address`, length: 16, source: { column: `${side}IPv6`, change: 'four-words' } },
});
const NONE: FieldSource = { constant: 0 };

/**
 * Everything the columns of a `MeteredBatch` can tell, by the name used in `exporting.fields`: the element's, but for addresses,
 * times and the ICMP type, whose elements depend on the IP version or on `timestamps`. What belongs to one version only is left
 * out of the other's Template; plain IPv6 is not translated.
 */
const FIELDS = {
  sourceAddress: address('source'),
  destinationAddress: address('destination'),
  sourceTransportPort: both('sourceTransportPort', 2, 'sourcePort'),
  destinationTransportPort: both('destinationTransportPort', 2, 'destinationPort'),
  protocolIdentifier: both('protocolIdentifier', 1, 'protocol'),
  ipClassOfService: both('ipClassOfService', 1, 'classOfService'),
  postIpClassOfService: both('postIpClassOfService', 1, 'postClassOfService'),
  ipDiffServCodePoint: both('ipDiffServCodePoint', 1, { column: 'classOfService', change: 'dscp' }),
  postIpDiffServCodePoint: both('postIpDiffServCodePoint', 1, { column: 'postClassOfService', change: 'dscp' }),
  tcpControlBits: both('tcpControlBits', 2),
  ingressInterface: both('ingressInterface', 4),
  egressInterface: both('egressInterface', 4),
  octetDeltaCount: both('octetDeltaCount', 8),
  packetDeltaCount: both('packetDeltaCount', 8),
  octetTotalCount: both('octetTotalCount', 8),
  packetTotalCount: both('packetTotalCount', 8),
  flowStart: { time: { element: 'flowStart', column: 'flowStartMs', uptimeColumn: 'flowStartUptimeMs' } },
  flowEnd: { time: { element: 'flowEnd', column: 'flowEndMs', uptimeColumn: 'flowEndUptimeMs' } },
  flowEndReason: both('flowEndReason', 1),
  postNATSourceIPv4Address: postNat('Source'),
  postNATDestinationIPv4Address: postNat('Destination'),
  postNAPTSourceTransportPort: postNapt('Source'),
  postNAPTDestinationTransportPort: postNapt('Destination'),
  applicationId: both('applicationId', 4),
  ipVersion: both('ipVersion', 1),
  sourceMacAddress: both('sourceMacAddress', 6, 'sourceMac'),
  destinationMacAddress: both('destinationMacAddress', 6, 'destinationMac'),
  vlanId: both('vlanId', 2),
  icmpTypeCode: {
    v4: { element: 'icmpTypeCodeIPv4', length: 2, source: 'icmpTypeCode' },
    v6: { element: 'icmpTypeCodeIPv6', length: 2, source: 'icmpTypeCode' },
  },
  icmpTypeIPv4: v4Only('icmpTypeIPv4', 1, { column: 'icmpTypeCode', change: 'high-octet' }),
  icmpCodeIPv4: v4Only('icmpCodeIPv4', 1, 'icmpTypeCode'),
  flowDirection: both('flowDirection', 1),
  forwardingStatus: both('forwardingStatus', 1),
  biflowDirection: both('biflowDirection', 1),
  reverseOctetDeltaCount: both('reverseOctetDeltaCount', 8),
  reversePacketDeltaCount: both('reversePacketDeltaCount', 8),
  reverseTcpControlBits: both('reverseTcpControlBits', 2),
  reverseFlowStart: { time: { element: 'reverseFlowStart', column: 'reverseFlowStartMs' } },
  reverseFlowEnd: { time: { element: 'reverseFlowEnd', column: 'reverseFlowEndMs' } },
  // What a firewall says of a session: each record is a teardown, and its time that of the last packet.
  firewallEvent: both('firewallEvent', 1, { constant: 2 }),
  observationTimeMilliseconds: both('observationTimeMilliseconds', 8, 'flowEndMs'),
  initiatorOctets: both('initiatorOctets', 8, 'octetDeltaCount'),
  responderOctets: both('responderOctets', 8, 'reverseOctetDeltaCount'),
  // The router has one sampler, one default route and no BGP.
  selectorId: both('selectorId', 8, { constant: 1 }),
  samplerId: both('samplerId', 1, { constant: 1 }),
  ipNextHopIPv4Address: v4Only('ipNextHopIPv4Address', 4, NONE),
  bgpSourceAsNumber: both('bgpSourceAsNumber', 4, NONE),
  bgpDestinationAsNumber: both('bgpDestinationAsNumber', 4, NONE),
  sourceIPv4PrefixLength: v4Only('sourceIPv4PrefixLength', 1, NONE),
  destinationIPv4PrefixLength: v4Only('destinationIPv4PrefixLength', 1, NONE),
} as const satisfies Record<string, FlowField>;

export type FlowFieldName = keyof typeof FIELDS;
export const FLOW_FIELDS: Readonly<Record<FlowFieldName, FlowField>> = FIELDS;

/** How each unit is written: the end of the element's name, octets, and the change from milliseconds since 1970. */
const UNITS: Readonly<Record<Timestamps, { readonly suffix: string; readonly length: number }>> = {
  milliseconds: { suffix: 'Milliseconds', length: 8 },
  seconds: { suffix: 'Seconds', length: 4 },
  microseconds: { suffix: 'Microseconds', length: 8 },
  nanoseconds: { suffix: 'Nanoseconds', length: 8 },
  delta: { suffix: 'DeltaMicroseconds', length: 4 },
  'sys-uptime': { suffix: 'SysUpTime', length: 4 },
};

/** The field of a Template for these flows; `undefined` where they have none. */
export function wireFieldOf(name: FlowFieldName, kind: FlowKind, timestamps: Timestamps): WireField | undefined {
  const field = FLOW_FIELDS[name];
  if (!('time' in field)) {
    const { v4, v6 } = (kind.isNat64 && field.nat64) || field;
    return kind.ipVersion === 4 ? v4 : v6;
  }
  const { element, column, uptimeColumn } = field.time;
  const { suffix, length } = UNITS[timestamps];
  const wire = { element: element + suffix, length };
  if (timestamps === 'sys-uptime') return uptimeColumn === undefined ? undefined : { ...wire, source: uptimeColumn };
  return { ...wire, source: timestamps === 'delta' ? { column, change: 'us-before-export' } : column };
}
