import { elementByName } from '../ipfix/registry/registry.ts';
import type { Template } from '../ipfix/template.ts';

/** Name of the element that means the same as a field of NetFlow v5, and the field's octets, in the order of the wire. */
export const V5_FIELDS = [
  ['sourceIPv4Address', 4],
  ['destinationIPv4Address', 4],
  ['ipNextHopIPv4Address', 4],
  ['ingressInterface', 2],
  ['egressInterface', 2],
  ['packetDeltaCount', 4],
  ['octetDeltaCount', 4],
  ['flowStartSysUpTime', 4],
  ['flowEndSysUpTime', 4],
  ['sourceTransportPort', 2],
  ['destinationTransportPort', 2],
  ['paddingOctets', 1],
  ['tcpControlBits', 1],
  ['protocolIdentifier', 1],
  ['ipClassOfService', 1],
  ['bgpSourceAsNumber', 2],
  ['bgpDestinationAsNumber', 2],
  ['sourceIPv4PrefixLength', 1],
  ['destinationIPv4PrefixLength', 1],
  ['paddingOctets', 2],
] as const;

/** The record of NetFlow v5, 48 octets, as if it were announced: no Template is ever sent, both sides know it. */
export const V5_RECORD: Template = {
  id: 0,
  scopeFieldCount: 0,
  fields: V5_FIELDS.map(([name, length]) => ({ enterpriseNumber: 0, elementId: elementByName(name)?.elementId ?? 0, length })),
};
