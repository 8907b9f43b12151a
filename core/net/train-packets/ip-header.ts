import { internetChecksum } from '../checksum.ts';
import { wordsOf, isIPv6 } from '../address-book.ts';

const IPV4_HEADER_LENGTH = 20;
const IPV6_HEADER_LENGTH = 40;
const DONT_FRAGMENT = 0x4000;

/** What an IP header tells; both addresses are of one version. */
export interface IpHeader {
  readonly source: number;
  readonly destination: number;
  readonly protocol: number;
  /** The octet once called type of service, in IPv6 the traffic class. */
  readonly classOfService: number;
  /** Hops the packet may still take. */
  readonly hops: number;
  /** Of the whole packet. */
  readonly octets: number;
  /** The IPv4 Identification; the datagrams are atomic, so it could be anything (RFC 6864 section 4.1). */
  readonly identification: number;
  /** The IPv6 Flow Label: 20 bits, the same in all packets of a side (RFC 6437 section 2). */
  readonly flowLabel: number;
}

/** Octets of the header of packets between such addresses. */
export const ipHeaderLength = (address: number): number => (isIPv6(address) ? IPV6_HEADER_LENGTH : IPV4_HEADER_LENGTH);

/** Writes the header at `at`. Returns what the pseudo header adds to the checksum of TCP and UDP. */
export function writeIpHeader(view: DataView, at: number, header: IpHeader): number {
  const isV6 = isIPv6(header.source);
  if (isV6) writeIPv6Header(view, at, header);
  else writeIPv4Header(view, at, header);
  const length = ipHeaderLength(header.source);
  // The addresses end either header (RFC 9293 section 3.1, RFC 8200 section 8.1).
  const addresses = ~internetChecksum(view, at + (isV6 ? 8 : 12), at + length, 0) & 0xffff;
  return addresses + header.protocol + header.octets - length;
}

/** RFC 791 section 3.1. */
function writeIPv4Header(view: DataView, at: number, { source, destination, ...header }: IpHeader): void {
  view.setUint16(at, 0x4500 | header.classOfService);
  view.setUint16(at + 2, header.octets);
  view.setUint16(at + 4, header.identification);
  view.setUint16(at + 6, DONT_FRAGMENT);
  view.setUint8(at + 8, header.hops);
  view.setUint8(at + 9, header.protocol);
  view.setUint16(at + 10, 0);
  view.setUint32(at + 12, source);
  view.setUint32(at + 16, destination);
  view.setUint16(at + 10, internetChecksum(view, at, at + IPV4_HEADER_LENGTH, 0));
}

/** RFC 8200 section 3: it has no checksum. */
function writeIPv6Header(view: DataView, at: number, { source, destination, ...header }: IpHeader): void {
  view.setUint32(at, 0x6000_0000 | (header.classOfService << 20) | header.flowLabel);
  view.setUint16(at + 4, header.octets - IPV6_HEADER_LENGTH);
  view.setUint8(at + 6, header.protocol);
  view.setUint8(at + 7, header.hops);
  [...wordsOf(source), ...wordsOf(destination)].forEach((word, index) => view.setUint32(at + 8 + 4 * index, word));
}
