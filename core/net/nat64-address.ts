import { wordsOf, isIPv6, numberOfIPv6 } from './address-book.ts';
import type { IPv6Prefix } from './ipv6-prefix.ts';

/** The only length of a prefix that leaves an IPv4 address in one piece, at the end (RFC 6052 section 2.2). */
export const NAT64_PREFIX_LENGTH = 96;

/** What an IPv6 header is longer than one of IPv4 (RFC 8200 section 3, RFC 791 section 3.1): a packet grows by it on its way inside. */
export const HEADER_DIFFERENCE_OCTETS = 20;

/** The IPv6 address by which NAT64 knows an IPv4 one: the prefix, then the address (RFC 6052 section 2.2). */
export const embedIPv4 = ({ words }: IPv6Prefix, ipv4: number): number =>
  numberOfIPv6([words[0] as number, words[1] as number, words[2] as number, ipv4]);

/** The IPv4 address that ends an address `embedIPv4` has made. */
export const embeddedIPv4 = (address: number): number => (wordsOf(address)[3] as number) >>> 0;

/** Whether IPv6 inside is IPv4 outside: of the inside endpoint and its public one only the first has an IPv6 address. */
export const isNat64 = (insideAddress: number, publicAddress: number): boolean => isIPv6(insideAddress) && !isIPv6(publicAddress);
