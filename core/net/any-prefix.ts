import { parseIPv4 } from './address.ts';
import { parseIPv6 } from './ipv6-text.ts';

/** A prefix of IPv6 addresses; of IPv4 ones as they are in `::ffff:0:0/96` (RFC 4291 section 2.5.5.2), so that a socket of either kind tells the same. */
export interface AnyPrefix {
  /** 16 of them. */
  readonly octets: Uint8Array;
  /** How many bits of them count. */
  readonly bits: number;
}

const MAPPED_BITS = 96;

/** Reads `192.0.2.0/24`, `2001:db8::/32` or an address alone; `undefined` when the text is neither. */
export function parseAnyPrefix(text: string): AnyPrefix | undefined {
  const [, address = '', length] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const octets = mappedOctets(address);
  if (octets === undefined) return undefined;
  const most = address.includes(':') ? 128 : 32;
  const bits = length === undefined ? most : Number(length);
  return bits > most ? undefined : { octets, bits: 128 - most + bits };
}

/** The 16 octets of an address as a socket tells it, with a zone or without; of an IPv4 one as it is mapped; `undefined` when it is none. */
export function mappedOctets(address: string): Uint8Array | undefined {
  const ipv4 = parseIPv4(address);
  if (ipv4 === undefined) return parseIPv6(address.replace(/%.*$/, ''));
  const octets = new Uint8Array(16);
  new DataView(octets.buffer).setUint32(12, ipv4);
  return octets.fill(0xff, MAPPED_BITS / 8 - 2, MAPPED_BITS / 8);
}

/** Whether the prefix holds the address of `mappedOctets`. One of IPv6 such as `::/0` has no IPv4 addresses in it, though they are written there. */
export function anyPrefixHas({ octets: prefix, bits }: AnyPrefix, octets: Uint8Array): boolean {
  if (bits < MAPPED_BITS && isMapped(octets)) return false;
  const whole = bits >>> 3;
  for (let index = 0; index < whole; index++) if (prefix[index] !== octets[index]) return false;
  const rest = 8 - (bits & 7);
  return rest === 8 || (prefix[whole] as number) >>> rest === (octets[whole] as number) >>> rest;
}

const isMapped = (octets: Uint8Array): boolean =>
  octets[10] === 0xff && octets[11] === 0xff && octets.subarray(0, 10).every((octet) => octet === 0);
