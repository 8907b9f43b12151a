import { formatIPv4 } from '../net/address.ts';
import { formatIPv6Groups } from '../net/ipv6-text.ts';

/** What begins the sampled octets: header_protocol of the sFlow version 5 memo, section 5.3. */
const HEADER_PROTOCOL = { ethernet: 1, ipv4: 11, ipv6: 12 } as const;
const ETHERTYPE = { ipv4: 0x0800, ipv6: 0x86dd } as const;
/** IEEE 802.1Q, 802.1ad, and what was used before 802.1ad. */
const VLAN_TAGS: readonly number[] = [0x8100, 0x88a8, 0x9100];
const PROTOCOL = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132 } as const;
const PROTOCOLS_WITH_PORTS: readonly number[] = [PROTOCOL.tcp, PROTOCOL.udp, PROTOCOL.sctp];
/** Hop-by-Hop, Routing and Destination Options (RFC 8200 section 4) carry their length in units of 8 octets beyond the first. */
const EXTENSION_HEADERS: readonly number[] = [0, 43, 60];

/** The fields of a sampled packet's headers, as far as the sample reaches. */
export interface SampledHeader {
  srcMac?: string;
  dstMac?: string;
  /** Identifiers of the VLAN tags, the outermost first. */
  vlans?: number[];
  etherType?: number;
  src?: string;
  dst?: string;
  /** As in the IP header: of IPv6 the first Next Header, though extension headers may follow. */
  proto?: number;
  tos?: number;
  ttl?: number;
  /** Octets of the IP packet by its own header (IPv4). */
  ipLength?: number;
  sport?: number;
  dport?: number;
  tcpFlags?: number;
  icmpType?: number;
  icmpCode?: number;
}

/** Reads the sampled octets; an empty result for a link that is not known. Never throws, whatever the octets. */
export function readSampledHeader(protocol: number, octets: Uint8Array): SampledHeader {
  const header: SampledHeader = {};
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  if (protocol === HEADER_PROTOCOL.ethernet) readEthernet(view, header);
  else if (protocol === HEADER_PROTOCOL.ipv4) readIPv4(view, 0, header);
  else if (protocol === HEADER_PROTOCOL.ipv6) readIPv6(view, 0, header);
  return header;
}

function readEthernet(view: DataView, header: SampledHeader): void {
  if (view.byteLength < 14) return;
  header.dstMac = macText(view, 0);
  header.srcMac = macText(view, 6);
  let at = 12;
  const vlans: number[] = [];
  while (VLAN_TAGS.includes(view.getUint16(at)) && at + 6 <= view.byteLength) {
    vlans.push(view.getUint16(at + 2) & 0x0fff);
    at += 4;
  }
  if (vlans.length > 0) header.vlans = vlans;
  // The sample may end within a tag.
  if (VLAN_TAGS.includes(view.getUint16(at))) return;
  header.etherType = view.getUint16(at);
  if (header.etherType === ETHERTYPE.ipv4) readIPv4(view, at + 2, header);
  if (header.etherType === ETHERTYPE.ipv6) readIPv6(view, at + 2, header);
}

function readIPv4(view: DataView, at: number, header: SampledHeader): void {
  if (view.byteLength - at < 20 || view.getUint8(at) >> 4 !== 4) return;
  header.tos = view.getUint8(at + 1);
  header.ipLength = view.getUint16(at + 2);
  header.ttl = view.getUint8(at + 8);
  header.proto = view.getUint8(at + 9);
  header.src = formatIPv4(view.getUint32(at + 12));
  header.dst = formatIPv4(view.getUint32(at + 16));
  const isLaterFragment = (view.getUint16(at + 6) & 0x1fff) !== 0;
  if (!isLaterFragment) readTransport(view, at + 4 * (view.getUint8(at) & 0x0f), header.proto, header);
}

function readIPv6(view: DataView, at: number, header: SampledHeader): void {
  if (view.byteLength - at < 40 || view.getUint8(at) >> 4 !== 6) return;
  header.proto = view.getUint8(at + 6);
  header.ttl = view.getUint8(at + 7);
  header.src = formatIPv6Groups(octetsAt(view, at + 8, 16));
  header.dst = formatIPv6Groups(octetsAt(view, at + 24, 16));
  let next = header.proto;
  let from = at + 40;
  while (EXTENSION_HEADERS.includes(next) && from + 8 <= view.byteLength) {
    next = view.getUint8(from);
    from += 8 + 8 * view.getUint8(from + 1);
  }
  readTransport(view, from, next, header);
}

function readTransport(view: DataView, at: number, protocol: number, header: SampledHeader): void {
  if (view.byteLength - at < 4) return;
  if (PROTOCOLS_WITH_PORTS.includes(protocol)) {
    header.sport = view.getUint16(at);
    header.dport = view.getUint16(at + 2);
    if (protocol === PROTOCOL.tcp && view.byteLength - at >= 14) header.tcpFlags = view.getUint8(at + 13);
  } else if (protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmpv6) {
    header.icmpType = view.getUint8(at);
    header.icmpCode = view.getUint8(at + 1);
  }
}

const octetsAt = (view: DataView, offset: number, length: number): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset + offset, length);

const macText = (view: DataView, offset: number): string =>
  Array.from(octetsAt(view, offset, 6), (octet) => octet.toString(16).padStart(2, '0')).join(':');
