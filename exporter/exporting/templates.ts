import type { FieldValue } from '../../core/ipfix/record-values.ts';
import { elementByName } from '../../core/ipfix/registry/registry.ts';
import { formatAddress, isIPv6 } from '../../core/net/address-book.ts';
import { VARIABLE_LENGTH, type FieldSpecifier, type Template } from '../../core/ipfix/template.ts';

/** The specifier of an element by its name. */
export function field(name: string, length: number): FieldSpecifier {
  const element = elementByName(name);
  if (element === undefined) throw new Error(`the registry has no element ${name}`);
  return { enterpriseNumber: element.enterpriseNumber, elementId: element.elementId, length };
}

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
/** The same of IPv6 addresses. */
export const DNS_NAME_IPV6_TEMPLATE: Template = {
  id: 532,
  scopeFieldCount: 1,
  fields: [field('destinationIPv6Address', 16), DNS_NAME],
};

/** The record that tells the name of an IPv4 or IPv6 address, and its Template. */
export const dnsNameRecord = (address: number, name: string): { template: Template; values: readonly FieldValue[] } =>
  isIPv6(address)
    ? { template: DNS_NAME_IPV6_TEMPLATE, values: [formatAddress(address), name] }
    : { template: DNS_NAME_TEMPLATE, values: [address, name] };
