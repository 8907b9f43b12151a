import type { CapturedFrame } from '../capture/captured-frame.ts';
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from '../icmp.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../packet-train.ts';
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6, LinkPayload, readLinkHeader } from './link-header.ts';
import { PacketView, type Parsed } from './packet-view.ts';

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
    view.isLaterFragment = false;
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
    view.protocol = byte(octets, at + 9);
    view.sourceAddress = uint32(octets, at + 12);
    view.destinationAddress = uint32(octets, at + 16);
    view.isLaterFragment = (fragment & 0x1fff) !== 0;
    if (!view.isLaterFragment) this.#readTransport(octets, at + headerLength, Math.min(end, at + length));
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
    view.sourceAddress = 0;
    view.destinationAddress = 0;
    for (let offset = 0; offset < 32; offset += 4) view.ipv6Addresses.setUint32(offset, uint32(octets, at + 8 + offset));
    this.#readExtensions(octets, at + IPV6_HEADER_LENGTH, Math.min(end, at + view.octets), byte(octets, at + 6));
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
        view.isLaterFragment = uint16(octets, at + 2) >> 3 !== 0;
        at += 8;
        if (view.isLaterFragment) break;
      } else break;
    }
    view.protocol = header;
    if (!view.isLaterFragment) this.#readTransport(octets, at, end);
  }

  #readTransport(octets: Uint8Array, at: number, end: number): void {
    const { view } = this;
    const { protocol } = view;
    if (end - at < 4) return;
    if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) {
      view.icmpTypeCode = uint16(octets, at);
      const queries = protocol === PROTOCOL_ICMP ? ICMP_QUERIES : ICMPV6_QUERIES;
      if (end - at >= 6 && queries.includes(byte(octets, at))) view.icmpIdentifier = uint16(octets, at + 4);
    } else if (protocol === PROTOCOL_TCP || protocol === PROTOCOL_UDP || OTHERS_WITH_PORTS.includes(protocol)) {
      view.sourcePort = uint16(octets, at);
      view.destinationPort = uint16(octets, at + 2);
      if (protocol === PROTOCOL_TCP && end - at >= 14) view.tcpFlags = byte(octets, at + 13);
    }
  }
}

// Inside the frame: every caller has compared with its end.
const byte = (octets: Uint8Array, at: number): number => octets[at] as number;
const uint16 = (octets: Uint8Array, at: number): number => (byte(octets, at) << 8) | byte(octets, at + 1);
const uint32 = (octets: Uint8Array, at: number): number =>
  ((byte(octets, at) << 24) | (uint16(octets, at + 1) << 8) | byte(octets, at + 3)) >>> 0;
