import { wordsOf } from './address-book.ts';
import { parseIPv6, wordsOfIPv6 } from './ipv6-text.ts';

export interface IPv6Prefix {
  /** The four words of its first address. */
  readonly words: readonly number[];
  readonly length: number;
}

/** The prefix in `2001:db8::/32` notation (RFC 4291 section 2.3), or `undefined` when it is none or has bits beyond its length. */
export function parseIPv6Prefix(text: string): IPv6Prefix | undefined {
  const [addressText = '', lengthText = '', ...rest] = text.split('/');
  const octets = parseIPv6(addressText);
  const length = /^\d{1,3}$/.test(lengthText) ? Number(lengthText) : -1;
  if (octets === undefined || length < 0 || length > 128 || rest.length > 0) return undefined;
  const words = wordsOfIPv6(octets);
  return words.every((word, index) => (word & ~maskOf(length, index)) === 0) ? { words, length } : undefined;
}

/** Whether the prefix holds the IPv6 address. */
export function ipv6PrefixHas({ words, length }: IPv6Prefix, address: number): boolean {
  const own = wordsOf(address);
  return words.every((word, index) => (((own[index] as number) ^ word) & maskOf(length, index)) === 0);
}

/** Ones where the prefix reaches into word number `index`. */
function maskOf(length: number, index: number): number {
  const bits = Math.min(32, Math.max(0, length - 32 * index));
  return bits === 0 ? 0 : 0xffffffff << (32 - bits);
}
