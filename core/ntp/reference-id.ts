import { parseIPv4 } from '../net/address.ts';
import { parseIPv6 } from '../net/ipv6-text.ts';

/** Up to four ASCII characters, left-justified and padded with zeros, as a reference identifier (RFC 5905 section 7.3). */
export function referenceIdOf(text: string): number {
  let id = 0;
  for (let index = 0; index < 4; index++) id = (id << 8) | (index < text.length ? text.charCodeAt(index) & 0x7f : 0);
  return id >>> 0;
}

/**
 * The reference identifier of a server that is kept by the one at `address` (RFC 5905 section 7.3): an IPv4 address itself, of an IPv6
 * one the first four octets of its MD5, which is passed in; `undefined` when the text is neither.
 */
export function referenceIdOfAddress(address: string, md5: (octets: Uint8Array) => Uint8Array): number | undefined {
  const octets = parseIPv6(address);
  if (octets === undefined) return parseIPv4(address);
  const digest = md5(octets);
  return new DataView(digest.buffer, digest.byteOffset).getUint32(0);
}

/** The reference identifier as text: printable ASCII as it is, zeros at the end left out, anything else as `?`. */
export function referenceIdText(id: number): string {
  let text = '';
  for (let shift = 24; shift >= 0 && (id << (24 - shift)) >>> 0 !== 0; shift -= 8) {
    const code = (id >>> shift) & 0xff;
    text += code > 0x20 && code < 0x7f ? String.fromCharCode(code) : '?';
  }
  return text;
}
