import type { CapturedFrame } from '../capture/captured-frame.ts';
import { isIcmpError, PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from '../icmp.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../packet-train.ts';
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6, LinkPayload, readLinkHeader } from './link-header.ts';
import { PacketView, type CarriedPacket, type Parsed } from './packet-view.ts';

const IPV4_HEADER_LENGTH = 20;
const IPV6_HEADER_LENGTH = 40;
/** Beside TCP and UDP: DCCP (RFC 4340), SCTP (RFC 9260) and UDP-Lite (RFC 3828) begin with two ports. */
const OTHERS_WITH_PORTS: readonly number[] = [33, 132, 136];
/** Extension headers that carry their length in units of 8 octets beyond the first 8 (RFC 8200 section 4, RFC 6275, RFC 7401, RFC 5533). */
const EXTENSION_HEADERS: readonly number[] = [0, 43, 60, 135, 139, 140];
const FRAGMENT_HEADER = 44;
/** Its length is in units of 4 octets, less 2 (RFC 4302 section 2.2). */
const AUTHENTICATION_HEADER = 51;
/** Echo Request and Reply, and the queries beside them in ICMPv4 (RFC 5508 section 3.1, RFC 4443 section 4). */
const ICMP_QUERIES: readonly number[] = [0, 8, 13, 14, 15, 16, 17, 18];
const ICMPV6_QUERIES: readonly number[] = [128, 129];
const ICMP_HEADER_LENGTH = 8;
/** Of what follows the IP header of a packet an error carries this much at least (RFC 792). */
const CARRIED_LENGTH = 8;

/**
 * Reads what a meter wants to know of the IP packet in each frame into `view`. Nothing is allocated and nothing is thrown,
 * whatever the octets; no octet outside the frame is looked at.
 */
export class PacketParser {
  readonly view = new PacketView();
  readonly #link = new LinkPayload();

  /** When the result is not `ip`, the view holds nothing of use. */
  parse(frame: CapturedFrame): Parsed {
    const { view } = this;
    if (!readLinkHeader(frame, view, this.#link)) return 'unknown-link-type';
    view.sourcePort = 0;
    view.destinationPort = 0;
    view.tcpFlags = 0;
    view.icmpTypeCode = 0;
    view.icmpIdentifier = 0;
    view.showsCarried = false;
    view.isLaterFragment = false;
    view.isFragment = false;
    if (this.#link.etherType === ETHERTYPE_IPV4) return this.#readIPv4(frame, this.#link.begin);
    if (this.#link.etherType === ETHERTYPE_IPV6) return this.#readIPv6(frame, this.#link.begin);
    return 'not-ip';
  }

  /** RFC 791 section 3.1. */
  #readIPv4(frame: CapturedFrame, at: number): Parsed {
    const { view } = this;
    const { octets, end } = frame;
    if (end - at < IPV4_HEADER_LENGTH) return 'cut-short';
    const headerLength = (byte(octets, at) & 0x0f) * 4;
    // Segmentation offload leaves 0 where the captured packet is longer than its header could say.
    const length = uint16(octets, at + 2) || frame.originalLength - (at - frame.begin);
    if (byte(octets, at) >> 4 !== 4 || headerLength < IPV4_HEADER_LENGTH || length < headerLength) return 'malformed';
    const fragment = uint16(octets, at + 6);
    view.ipVersion = 4;
    view.classOfService = byte(octets, at + 1);
    view.octets = length;
    view.ttl = byte(octets, at + 8);
    view.protocol = byte(octets, at + 9);
    view.nextHeader = view.protocol;
    view.sourceAddress = uint32(octets, at + 12);
    view.destinationAddress = uint32(octets, at + 16);
    view.payloadBegin = at + headerLength;
    view.payloadEnd = Math.min(end, at + length);
    // More Fragments and the Fragment Offset; Don't Fragment is none of ours.
    if ((fragment & 0x3fff) !== 0) this.#readFragment(uint16(octets, at + 4), (fragment & 0x1fff) * 8, (fragment & 0x2000) !== 0);
    if (view.isLaterFragment) return 'ip';
    readTransport(octets, view.payloadBegin, view.payloadEnd, view);
    if (view.protocol === PROTOCOL_ICMP && isIcmpError(view.icmpTypeCode))
      this.#readCarried(octets, view.payloadBegin + ICMP_HEADER_LENGTH, view.payloadEnd);
    return 'ip';
  }

  /** RFC 8200 section 3. */
  #readIPv6(frame: CapturedFrame, at: number): Parsed {
    const { view } = this;
    const { octets, end } = frame;
    if (end - at < IPV6_HEADER_LENGTH) return 'cut-short';
    if (byte(octets, at) >> 4 !== 6) return 'malformed';
    // 0 is a jumbogram (RFC 2675) or segmentation offload.
    const payloadLength = uint16(octets, at + 4) || Math.max(0, frame.originalLength - (at - frame.begin) - IPV6_HEADER_LENGTH);
    view.ipVersion = 6;
    view.classOfService = ((byte(octets, at) & 0x0f) << 4) | (byte(octets, at + 1) >> 4);
    view.octets = IPV6_HEADER_LENGTH + payloadLength;
    view.nextHeader = byte(octets, at + 6);
    view.ttl = byte(octets, at + 7);
    view.sourceAddress = 0;
    view.destinationAddress = 0;
    for (let offset = 0; offset < 32; offset += 4) view.ipv6Addresses.setUint32(offset, uint32(octets, at + 8 + offset));
    this.#readExtensions(octets, at + IPV6_HEADER_LENGTH, Math.min(end, at + view.octets), view.nextHeader);
    return 'ip';
  }

  /** Walks over the extension headers to the transport header; each takes 8 octets at least, so it comes to an end. */
  #readExtensions(octets: Uint8Array, from: number, end: number, firstHeader: number): void {
    const { view } = this;
    let at = from;
    let header = firstHeader;
    while (at + 8 <= end) {
      if (EXTENSION_HEADERS.includes(header)) {
        header = byte(octets, at);
        at += 8 + 8 * byte(octets, at + 1);
      } else if (header === AUTHENTICATION_HEADER) {
        header = byte(octets, at);
        at += Math.max(8, 8 + 4 * byte(octets, at + 1));
      } else if (header === FRAGMENT_HEADER) {
        header = byte(octets, at);
        const fragment = uint16(octets, at + 2);
        // Atomic fragments are whole (RFC 6946).
        if ((fragment & 0xfff9) !== 0) this.#readFragment(uint32(octets, at + 4), fragment & 0xfff8, (fragment & 1) !== 0);
        at += 8;
        if (view.isLaterFragment) break;
      } else break;
    }
    view.protocol = header;
    view.payloadBegin = at;
    view.payloadEnd = end;
    if (!view.isLaterFragment) readTransport(octets, at, end, view);
  }

  #readFragment(identification: number, offset: number, hasMore: boolean): void {
    const { view } = this;
    view.isFragment = true;
    view.isLaterFragment = offset !== 0;
    view.fragmentIdentification = identification;
    view.fragmentOffset = offset;
    view.hasMoreFragments = hasMore;
  }

  /** Later fragments have no ports, so nobody could say whose they are. */
  #readCarried(octets: Uint8Array, at: number, end: number): void {
    const { view } = this;
    const { carried } = view;
    if (end - at < IPV4_HEADER_LENGTH) return;
    const headerLength = (byte(octets, at) & 0x0f) * 4;
    const transport = at + headerLength;
    if (byte(octets, at) >> 4 !== 4 || headerLength < IPV4_HEADER_LENGTH || end - transport < CARRIED_LENGTH) return;
    if ((uint16(octets, at + 6) & 0x1fff) !== 0) return;
    carried.protocol = byte(octets, at + 9);
    carried.sourceAddress = uint32(octets, at + 12);
    carried.destinationAddress = uint32(octets, at + 16);
    carried.sourcePort = 0;
    carried.destinationPort = 0;
    carried.icmpTypeCode = 0;
    carried.icmpIdentifier = 0;
    readTransport(octets, transport, end, carried);
    view.showsCarried = true;
  }
}

/** Whether a transport header begins with two ports. */
export const hasPorts = (protocol: number): boolean =>
  protocol === PROTOCOL_TCP || protocol === PROTOCOL_UDP || OTHERS_WITH_PORTS.includes(protocol);

/** Fills the fields of the transport header, as far as there are octets before `end`. `into.protocol` says which header it is. */
function readTransport(octets: Uint8Array, at: number, end: number, into: PacketView | CarriedPacket): void {
  const { protocol } = into;
  if (end - at < 4) return;
  if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) {
    into.icmpTypeCode = uint16(octets, at);
    const queries = protocol === PROTOCOL_ICMP ? ICMP_QUERIES : ICMPV6_QUERIES;
    if (end - at >= 6 && queries.includes(byte(octets, at))) into.icmpIdentifier = uint16(octets, at + 4);
  } else if (hasPorts(protocol)) {
    into.sourcePort = uint16(octets, at);
    into.destinationPort = uint16(octets, at + 2);
    if (protocol === PROTOCOL_TCP && end - at >= 14) into.tcpFlags = byte(octets, at + 13);
  }
}

// Inside the frame: every caller has compared with its end.
const byte = (octets: Uint8Array, at: number): number => octets[at] as number;
const uint16 = (octets: Uint8Array, at: number): number => (byte(octets, at) << 8) | byte(octets, at + 1);
const uint32 = (octets: Uint8Array, at: number): number =>
  ((byte(octets, at) << 24) | (uint16(octets, at + 1) << 8) | byte(octets, at + 3)) >>> 0;
