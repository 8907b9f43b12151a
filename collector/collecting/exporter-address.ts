import { parseIPv4 } from '../../core/net/address.ts';
import { parseEndpoint } from '../../core/net/endpoint.ts';
import { parseIPv6, wordsOfIPv6 } from '../../core/net/ipv6-text.ts';
import { exactNumber, isIPv4, type StoredAddress } from '../../core/net/stored-address.ts';

/** Where an exporter sends from. */
export interface ExporterAddress {
  /** 0 when it is none. */
  readonly ipv4: number;
  /** Four words; `undefined` when it is none. */
  readonly ipv6: readonly number[] | undefined;
}

const NOBODY: ExporterAddress = { ipv4: 0, ipv6: undefined };
const IPV4_MAPPED = 0xffff;

/**
 * The address in `192.0.2.1:4739` or `[2001:db8::1]:4739`, without the zone a link-local one may have. A socket for both versions
 * tells an IPv4 address as `::ffff:192.0.2.1` (RFC 4291 section 2.5.5.2).
 */
export function exporterAddress(source: string): ExporterAddress {
  const text = parseEndpoint(source)?.address.split('%')[0] ?? '';
  const ipv4 = parseIPv4(text);
  if (ipv4 !== undefined) return { ipv4, ipv6: undefined };
  const octets = parseIPv6(text);
  if (octets === undefined) return NOBODY;
  const words = wordsOfIPv6(octets);
  const [first, second, third, last] = words;
  return first === 0 && second === 0 && third === IPV4_MAPPED ? { ipv4: last, ipv6: undefined } : { ipv4: 0, ipv6: words };
}

/** The number of an address that can be asked for; 0 is none. Of the lowest IPv6 ones, such as `::1`, there is none (core/net/stored-address.ts). */
export function askedAddress(address: ExporterAddress): StoredAddress {
  const number = storedExporter(address);
  return address.ipv6 !== undefined && isIPv4(number) ? 0 : number;
}

/** The address as one number, as the column `exporter` of the tables has it. */
export const storedExporter = ({ ipv4, ipv6 }: ExporterAddress): StoredAddress =>
  ipv6 === undefined ? ipv4 : exactNumber(ipv6.reduce((number, word) => (number << 32n) | BigInt(word), 0n));
