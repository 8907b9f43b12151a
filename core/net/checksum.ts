/** The ones' complement of the ones' complement sum of 16-bit words (RFC 1071), `sum` already added. */
export function internetChecksum(view: DataView, from: number, to: number, sum: number): number {
  let offset = from;
  for (; offset + 1 < to; offset += 2) sum += view.getUint16(offset);
  if (offset < to) sum += view.getUint8(offset) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** What the pseudo header of TCP and UDP over IPv4 adds to their checksum (RFC 9293 section 3.1, RFC 768). */
export const pseudoHeaderSum = (source: number, destination: number, protocol: number, length: number): number =>
  (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff) + protocol + length;
