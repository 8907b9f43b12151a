import { numberOfIPv6 } from '../../core/net/address-book.ts';
import type { IPv6Prefix } from '../../core/net/ipv6-prefix.ts';
import type { Random } from '../../core/random/random.ts';

const WORD_MAX = 0xffff_ffff;
/** The subnet-router anycast address has nothing but zeros here (RFC 4291 section 2.6.1), reserved ones begin with this (RFC 5453). */
const RESERVED_WORD = 0xfdff_ffff;

/**
 * The address a device makes for itself: the prefix and an Interface Identifier that looks like chance and stays the same in one
 * network (RFC 7217). `random` is the device's own, for nothing else.
 */
export function ipv6AddressOf({ words }: IPv6Prefix, random: Random): number {
  let upper = random.int(0, WORD_MAX);
  while (upper === 0 || upper === RESERVED_WORD) upper = random.int(0, WORD_MAX);
  return numberOfIPv6([words[0] as number, words[1] as number, upper, random.int(0, WORD_MAX)]);
}
