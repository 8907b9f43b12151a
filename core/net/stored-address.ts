import { formatIPv4, parseIPv4 } from './address.ts';
import { formatIPv6, parseIPv6 } from './ipv6-text.ts';

/**
 * An address a collector is told, of anybody: one whole number, below 2^32 the 32 bits of an IPv4 address and else the 128 of an
 * IPv6 one; 0 is none. The lowest IPv6 addresses (::/96) have no number: `::1` never leaves its host, the others are given up
 * (RFC 4291 sections 2.5.3 and 2.5.5.1). A number is a `bigint` only where another would not be exact, so that equal addresses are
 * equal keys.
 */
export type StoredAddress = number | bigint;

const IPV6_OCTETS = 16;
const IPV4_END = 2 ** 32;

/** Whether it is of IPv4, or none. */
export const isIPv4 = (address: StoredAddress): boolean => address < IPV4_END;

/** A number where it is exact, below 2^53, else the same as it is. */
export function exactNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The text of an address, IPv6 by RFC 5952. */
export function formatStored(address: StoredAddress): string {
  if (isIPv4(address)) return formatIPv4(Number(address));
  const octets = new Uint8Array(IPV6_OCTETS);
  const view = new DataView(octets.buffer);
  view.setBigUint64(0, BigInt(address) >> 64n);
  view.setBigUint64(8, BigInt.asUintN(64, BigInt(address)));
  return formatIPv6(octets);
}

/** The address of a text, or `undefined` when it is none of either version or has no number. */
export function parseStored(text: string): StoredAddress | undefined {
  const octets = parseIPv6(text);
  if (octets === undefined) return parseIPv4(text);
  const view = new DataView(octets.buffer, octets.byteOffset);
  const address = (view.getBigUint64(0) << 64n) | view.getBigUint64(8);
  return isIPv4(address) ? undefined : exactNumber(address);
}

/** All addresses of a prefix, the last one included. */
export interface AddressRange {
  readonly first: StoredAddress;
  readonly last: StoredAddress;
}

/** The range of `10.0.0.0/8`, of `2001:db8::/32` or of one address alone; `undefined` when the text is neither. */
export function parseRange(text: string): AddressRange | undefined {
  const [addressText = '', lengthText, ...rest] = text.split('/');
  const address = parseStored(addressText);
  if (address === undefined || rest.length > 0) return undefined;
  const bits = addressText.includes(':') ? 128 : 32;
  const length = lengthText === undefined ? bits : /^\d{1,3}$/.test(lengthText) ? Number(lengthText) : -1;
  if (length < 0 || length > bits) return undefined;
  const size = 1n << BigInt(bits - length);
  const first = (BigInt(address) / size) * size;
  // It would hold all of IPv4.
  if (bits === 128 && isIPv4(first)) return undefined;
  return { first: exactNumber(first), last: exactNumber(first + size - 1n) };
}

/** The prefix of a range that is one: `10.0.0.0/8`. */
export function formatRange({ first, last }: AddressRange): string {
  const size = BigInt(last) - BigInt(first) + 1n;
  const bits = isIPv4(first) ? 32 : 128;
  return `${formatStored(first)}/${bits - (size.toString(2).length - 1)}`;
}

export const rangeHas = ({ first, last }: AddressRange, address: StoredAddress): boolean => address >= first && address <= last;
