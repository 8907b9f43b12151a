import { elementByName } from '../../core/ipfix/registry/registry.ts';
import { VARIABLE_LENGTH, type FieldSpecifier, type Template } from '../../core/ipfix/template.ts';

/** One field of the Flow Record: the element's name, its length on the wire and the column of a `FlowBatch` it is filled from. */
type FlowField = readonly [element: string, length: number, column: string];

/** What the router says of a flow, in the order of the wire. */
const FLOW_FIELDS: readonly FlowField[] = [
  ['sourceIPv4Address', 4, 'sourceAddress'],
  ['destinationIPv4Address', 4, 'destinationAddress'],
  ['sourceTransportPort', 2, 'sourcePort'],
  ['destinationTransportPort', 2, 'destinationPort'],
  ['protocolIdentifier', 1, 'protocol'],
  ['ipClassOfService', 1, 'classOfService'],
  ['tcpControlBits', 2, 'tcpControlBits'],
  ['ingressInterface', 4, 'ingressInterface'],
  ['egressInterface', 4, 'egressInterface'],
  ['octetDeltaCount', 8, 'octetDeltaCount'],
  ['packetDeltaCount', 8, 'packetDeltaCount'],
  ['flowStartMilliseconds', 8, 'flowStartMs'],
  ['flowEndMilliseconds', 8, 'flowEndMs'],
  ['flowEndReason', 1, 'flowEndReason'],
  ['postNATSourceIPv4Address', 4, 'postNatSourceAddress'],
  ['postNATDestinationIPv4Address', 4, 'postNatDestinationAddress'],
  ['postNAPTSourceTransportPort', 2, 'postNaptSourcePort'],
  ['postNAPTDestinationTransportPort', 2, 'postNaptDestinationPort'],
  ['applicationId', 4, 'applicationId'],
];

const field = (name: string, length: number): FieldSpecifier => {
  const element = elementByName(name);
  if (element === undefined) throw new Error(`the registry has no element ${name}`);
  return { enterpriseNumber: 0, elementId: element.elementId, length };
};

/** Flow Records; Template IDs below 256 are reserved (RFC 7011 section 3.4.1). */
export const FLOW_TEMPLATE: Template = {
  id: 256,
  scopeFieldCount: 0,
  fields: FLOW_FIELDS.map(([name, length]) => field(name, length)),
};

/** The `FlowBatch` column behind each field of `FLOW_TEMPLATE`. */
export const FLOW_COLUMNS: readonly string[] = FLOW_FIELDS.map(([, , column]) => column);

/** Octets of a name, padded with zeros: routers send names of fixed length, and some collectors read no other. */
const APPLICATION_NAME_OCTETS = 24;

/** RFC 6759 section 4: the application's id is the scope, its name the value. */
export const APPLICATION_TEMPLATE: Template = {
  id: 257,
  scopeFieldCount: 1,
  fields: [field('applicationId', 4), field('applicationName', APPLICATION_NAME_OCTETS)],
};

/** RFC 5612: enterprise number for documentation; IANA has no element for the name a DNS answer gave to an address. */
export const DNS_NAME: FieldSpecifier = { enterpriseNumber: 32473, elementId: 1, length: VARIABLE_LENGTH };

/** Which name the inside asked for when DNS answered with this address. */
export const DNS_NAME_TEMPLATE: Template = {
  id: 258,
  scopeFieldCount: 1,
  fields: [field('destinationIPv4Address', 4), DNS_NAME],
};
