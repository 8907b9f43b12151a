import { formatIPv4 } from '../net/address.ts';
import { CapturedFrame } from '../net/capture/captured-frame.ts';
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from '../net/icmp.ts';
import { formatIPv6Groups } from '../net/ipv6-text.ts';
import { hasPorts, PacketParser } from '../net/packet/packet-parser.ts';
import { PROTOCOL_TCP } from '../net/packet-train.ts';

/** What begins the sampled octets (header_protocol of the sFlow version 5 memo, section 5.3), as the link type of a capture. */
const LINK_TYPES: Readonly<Record<number, number>> = { 1: 1, 11: 228, 12: 229 };
/** header_protocol, frame_length, stripped and the length of the header come before it, each a word. */
const HEADER_AT = 16;

/** The fields of a sampled packet's headers, as far as the sample reaches. */
export interface SampledHeader {
  srcMac?: string;
  dstMac?: string;
  /** Identifiers of the two outer VLAN tags, the outermost first. */
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

/** Makes `frame` the packet in a record of a sampled header (format 0:1). Returns false for a link that is not known, or a record cut short. */
export function takeSampledHeader(record: Uint8Array, frame: CapturedFrame): boolean {
  if (record.length < HEADER_AT) return false;
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  const linkType = LINK_TYPES[view.getUint32(0)];
  if (linkType === undefined) return false;
  frame.octets = record;
  frame.begin = HEADER_AT;
  frame.end = Math.min(record.length, HEADER_AT + view.getUint32(12));
  frame.originalLength = view.getUint32(4);
  frame.linkType = linkType;
  return true;
}

const frame = new CapturedFrame();
const parser = new PacketParser();

/** Reads the packet in a record of a sampled header; an empty result for a link that is not known. Never throws, whatever the octets. */
export function readSampledHeader(record: Uint8Array): SampledHeader {
  const header: SampledHeader = {};
  if (!takeSampledHeader(record, frame)) return header;
  const parsed = parser.parse(frame);
  readLink(header);
  if (parsed === 'ip') readPacket(header);
  return header;
}

function readLink(header: SampledHeader): void {
  const { linkType, begin, end } = frame;
  if (linkType !== LINK_TYPES[1] || end - begin < 14) return;
  const { sourceMac, destinationMac, vlanTags, vlanId, innerVlanId, etherType } = parser.view;
  header.srcMac = macText(sourceMac);
  header.dstMac = macText(destinationMac);
  if (vlanTags > 0) header.vlans = [vlanId, innerVlanId].slice(0, vlanTags);
  // The sample may end within a tag.
  if (etherType > 0) header.etherType = etherType;
}

function readPacket(header: SampledHeader): void {
  const { view } = parser;
  const { ipVersion, protocol, icmpTypeCode } = view;
  header.ttl = view.ttl;
  header.proto = view.nextHeader;
  if (ipVersion === 4) {
    header.tos = view.classOfService;
    header.ipLength = view.octets;
    header.src = formatIPv4(view.sourceAddress);
    header.dst = formatIPv4(view.destinationAddress);
  } else {
    header.src = formatIPv6Groups(new Uint8Array(view.ipv6Addresses.buffer, 0, 16));
    header.dst = formatIPv6Groups(new Uint8Array(view.ipv6Addresses.buffer, 16, 16));
  }
  const transport = view.payloadEnd - view.payloadBegin;
  if (view.isLaterFragment || transport < 4) return;
  if (hasPorts(protocol)) {
    header.sport = view.sourcePort;
    header.dport = view.destinationPort;
    if (protocol === PROTOCOL_TCP && transport >= 14) header.tcpFlags = view.tcpFlags;
  } else if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) {
    header.icmpType = icmpTypeCode >> 8;
    header.icmpCode = icmpTypeCode & 0xff;
  }
}

const macText = (mac: number): string => (mac.toString(16).padStart(12, '0').match(/../g) ?? []).join(':');
