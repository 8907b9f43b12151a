import type { CapturedFrame } from '../capture/captured-frame.ts';
import type { PacketView } from './packet-view.ts';

export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_IPV6 = 0x86dd;

/** Of https://www.tcpdump.org/linktypes.html. */
const LINKTYPE = { null: 0, ethernet: 1, raw: 101, loop: 108, sll: 113, ipv4: 228, ipv6: 229, sll2: 276 } as const;
/** What some systems write for LINKTYPE_RAW: their own DLT_RAW. */
const DLT_RAW_BSD = 12;
const DLT_RAW_OPENBSD = 14;
/** IEEE 802.1Q, 802.1ad, and what was used before 802.1ad. */
const VLAN_TAGS: readonly number[] = [0x8100, 0x88a8, 0x9100];
const VLAN_TAG_LENGTH = 4;
/** AF_INET is 2 everywhere; AF_INET6 differs between Linux, NetBSD and OpenBSD, FreeBSD, and macOS. */
const FAMILY_IPV4 = 2;
const FAMILIES_IPV6: readonly number[] = [10, 24, 28, 30];

/** Where the packet of a frame begins, and its EtherType; one is filled again and again. */
export class LinkPayload {
  begin = 0;
  /** 0 when the link does not carry IP here. */
  etherType = 0;
}

/**
 * Finds the packet behind the link-layer header, and fills the view's MAC addresses and VLAN. Returns false for a link type
 * that is not known; a frame too short for its header is one without IP.
 */
export function readLinkHeader(frame: CapturedFrame, view: PacketView, payload: LinkPayload): boolean {
  view.vlanId = 0;
  view.innerVlanId = 0;
  view.vlanTags = 0;
  view.etherType = 0;
  view.sourceMac = 0;
  view.destinationMac = 0;
  payload.etherType = 0;
  const { octets, begin, end } = frame;
  switch (frame.linkType) {
    case LINKTYPE.ethernet:
      if (end - begin < 14) return true;
      view.destinationMac = uint48(octets, begin);
      view.sourceMac = uint48(octets, begin + 6);
      readEtherType(frame, begin + 12, begin + 14, view, payload);
      return true;
    case LINKTYPE.sll:
      if (end - begin >= 16) readEtherType(frame, begin + 14, begin + 16, view, payload);
      return true;
    case LINKTYPE.sll2:
      if (end - begin >= 20) readEtherType(frame, begin, begin + 20, view, payload);
      return true;
    case LINKTYPE.null:
    case LINKTYPE.loop:
      if (end - begin >= 4) readFamily(octets, begin, payload);
      return true;
    case LINKTYPE.raw:
    case DLT_RAW_BSD:
    case DLT_RAW_OPENBSD:
    case LINKTYPE.ipv4:
    case LINKTYPE.ipv6:
      if (end > begin) readVersion(octets, begin, payload);
      return true;
    default:
      return false;
  }
}

/** The EtherType at `typeAt`, or behind the VLAN tags that begin there. */
function readEtherType(frame: CapturedFrame, typeAt: number, packetAt: number, view: PacketView, payload: LinkPayload): void {
  const { octets, end } = frame;
  let type = uint16(octets, typeAt);
  let at = packetAt;
  for (; VLAN_TAGS.includes(type) && at + VLAN_TAG_LENGTH <= end; view.vlanTags++) {
    if (view.vlanTags === 0) view.vlanId = uint16(octets, at) & 0x0fff;
    if (view.vlanTags === 1) view.innerVlanId = uint16(octets, at) & 0x0fff;
    type = uint16(octets, at + 2);
    at += VLAN_TAG_LENGTH;
  }
  payload.etherType = type;
  if (!VLAN_TAGS.includes(type)) view.etherType = type;
  payload.begin = at;
}

/** Four octets in the byte order of whoever captured (LINKTYPE_NULL) or of the network (LINKTYPE_LOOP). */
function readFamily(octets: Uint8Array, at: number, payload: LinkPayload): void {
  const family = uint16(octets, at) === 0 ? uint16(octets, at + 2) : (octets[at] as number);
  payload.begin = at + 4;
  if (family === FAMILY_IPV4) payload.etherType = ETHERTYPE_IPV4;
  if (FAMILIES_IPV6.includes(family)) payload.etherType = ETHERTYPE_IPV6;
}

function readVersion(octets: Uint8Array, at: number, payload: LinkPayload): void {
  const version = (octets[at] as number) >> 4;
  payload.begin = at;
  if (version === 4) payload.etherType = ETHERTYPE_IPV4;
  if (version === 6) payload.etherType = ETHERTYPE_IPV6;
}

const uint16 = (octets: Uint8Array, at: number): number => ((octets[at] as number) << 8) | (octets[at + 1] as number);

const uint48 = (octets: Uint8Array, at: number): number =>
  uint16(octets, at) * 2 ** 32 + uint16(octets, at + 2) * 65_536 + uint16(octets, at + 4);
