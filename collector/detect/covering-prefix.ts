import { formatStored, isIPv4, type StoredAddress } from '../../core/net/stored-address.ts';

/** The longest prefix that has both addresses, as `198.18.210.0/23`; one address alone without a length. */
export function coveringPrefix(lowest: StoredAddress, highest: StoredAddress): string {
  const bits = isIPv4(highest) ? 32 : 128;
  let length = bits;
  let [first, last] = [BigInt(lowest), BigInt(highest)];
  for (; first !== last; length--) [first, last] = [first >> 1n, last >> 1n];
  if (length === bits) return formatStored(lowest);
  return `${formatStored(first << BigInt(bits - length))}/${length}`;
}
