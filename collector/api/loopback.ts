import { parseIPv4 } from '../../core/net/address.ts';
import { parseIPv6 } from '../../core/net/ipv6-text.ts';

const LOOPBACK_NETWORK = 127;

/** Whether only this machine can reach the address: 127.0.0.0/8 (RFC 1122 section 3.2.1.3), ::1 (RFC 4291 section 2.5.3) or localhost. */
export function isLoopback(address: string): boolean {
  if (address.toLowerCase() === 'localhost') return true;
  const ipv4 = parseIPv4(address);
  if (ipv4 !== undefined) return ipv4 >>> 24 === LOOPBACK_NETWORK;
  const octets = parseIPv6(address);
  return octets !== undefined && octets.every((octet, index) => octet === (index === 15 ? 1 : 0));
}

/** Whether it is an address and no name, so that no server of names had a say in it. */
export const isAddress = (host: string): boolean => parseIPv4(host) !== undefined || parseIPv6(host) !== undefined;
