import { formatIPv4, parseIPv4 } from './address.ts';
import { formatIPv6, parseIPv6, wordsOfIPv6 } from './ipv6-text.ts';

/**
 * Inside the house an address is one safe integer, so that it can be a key, and an endpoint still fits into one
 * (`endpointNumber`). IPv4 addresses are their own numbers. Each IPv6 address gets a number of its own when it is first named, as
 * texts are interned: equal addresses have equal numbers, and the order of numbers means nothing. The book never forgets, so only
 * the simulation's own addresses may enter it; what a stranger says is looked up with `findIPv6`.
 */

/** Numbers below this are IPv4. The lower 32 bits of an IPv6 address's number tell which one it is. */
export const FIRST_IPV6 = 2 ** 32;

/** An IPv6 address is four 32-bit words, the most significant first. */
const WORDS = 4;

const words: number[] = [];
const numbers = new Map<string, number>();

/** Whether the address is an IPv6 one. */
export const isIPv6 = (address: number): boolean => address >= FIRST_IPV6;

/** The number of the IPv6 address whose four words begin at `at`. */
export function numberOfIPv6(of: ArrayLike<number>, at = 0): number {
  const key = keyOf(of, at);
  let number = numbers.get(key);
  if (number === undefined) {
    number = FIRST_IPV6 + words.length / WORDS;
    for (let word = 0; word < WORDS; word++) words.push((of[at + word] as number) >>> 0);
    numbers.set(key, number);
  }
  return number;
}

/** `::`, which is nobody's address (RFC 4291 section 2.5.2). */
export const UNSPECIFIED_IPV6 = numberOfIPv6([0, 0, 0, 0]);

/** The number of the IPv6 address whose four words begin at `at`, or `undefined` when it has none. */
export const findIPv6 = (of: ArrayLike<number>, at = 0): number | undefined => numbers.get(keyOf(of, at));

/** Writes the four words of an IPv6 address to `into`, from `at` on. */
export function copyIPv6(address: number, into: Record<number, number>, at = 0): void {
  const from = (address - FIRST_IPV6) * WORDS;
  for (let word = 0; word < WORDS; word++) into[at + word] = words[from + word] as number;
}

/** The four words of an IPv6 address. */
export function wordsOf(address: number): number[] {
  const own: number[] = [];
  copyIPv6(address, own);
  return own;
}

/** The number of an IPv4 or IPv6 address in text, or `undefined` when it is neither. */
export function parseAddress(text: string): number | undefined {
  const octets = parseIPv6(text);
  return octets === undefined ? parseIPv4(text) : numberOfIPv6(wordsOfIPv6(octets));
}

/** The text of an address, IPv6 by RFC 5952. */
export function formatAddress(address: number): string {
  if (!isIPv6(address)) return formatIPv4(address);
  const octets = new DataView(new ArrayBuffer(4 * WORDS));
  wordsOf(address).forEach((word, index) => octets.setUint32(4 * index, word));
  return formatIPv6(new Uint8Array(octets.buffer));
}

function keyOf(of: ArrayLike<number>, at: number): string {
  return `${of[at] as number},${of[at + 1] as number},${of[at + 2] as number},${of[at + 3] as number}`;
}
