import { elementByName } from '../ipfix/registry/registry.ts';
import type { Template } from '../ipfix/template.ts';

/** Name of the element that means the same as a field, and the field's octets. */
type NamedField = readonly [name: string, length: number];

/** The fields that begin a record in every version without Templates, in the order of the wire: 36 octets. */
export const BEGINNING = [
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
] as const;

/** What v5 and v7 have in common: all but the padding, or what stands in its place, at the end. */
export const V5_AND_V7_FIELDS = [
  ...BEGINNING,
  ['paddingOctets', 1],
  ['tcpControlBits', 1],
  ['protocolIdentifier', 1],
  ['ipClassOfService', 1],
  ['bgpSourceAsNumber', 2],
  ['bgpDestinationAsNumber', 2],
  ['sourceIPv4PrefixLength', 1],
  ['destinationIPv4PrefixLength', 1],
] as const;

/** Of a record of NetFlow v5. */
export const V5_FIELDS = [...V5_AND_V7_FIELDS, ['paddingOctets', 2]] as const;

/** A record as if it were announced: no Template is ever sent, both sides know it. */
export const fixedRecord = (fields: readonly NamedField[]): Template => ({
  id: 0,
  scopeFieldCount: 0,
  fields: fields.map(([name, length]) => ({ enterpriseNumber: 0, elementId: elementByName(name)?.elementId ?? 0, length })),
});

/** The record of NetFlow v5, 48 octets. */
export const V5_RECORD: Template = fixedRecord(V5_FIELDS);
