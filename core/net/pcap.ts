/**
 * Classic capture files with nanoseconds, as Wireshark reads them: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.txt.
 * Packets begin with their IPv4 header (LINKTYPE_RAW), so no made-up Ethernet addresses are needed.
 */

import { internetChecksum, pseudoHeaderSum } from './checksum.ts';

const MAGIC_NANOSECONDS = 0xa1b23c4d;
const LINKTYPE_RAW = 101;
const SNAP_LENGTH = 262_144;
const FILE_HEADER_LENGTH = 24;
/** Octets before each packet of a file. */
export const RECORD_HEADER_LENGTH = 16;
const IPV4_HEADER_LENGTH = 20;
const UDP_HEADER_LENGTH = 8;
const PROTOCOL_UDP = 17;
/** "Don't Fragment": such a datagram is atomic (RFC 6864 section 4.1). */
const DONT_FRAGMENT = 0x4000;
const TTL = 64;

/** The longest payload one IPv4 datagram carries over UDP. */
export const MAX_UDP_PAYLOAD_LENGTH = 65_535 - IPV4_HEADER_LENGTH - UDP_HEADER_LENGTH;

export interface CapturedDatagram {
  /** When it was captured, since 1970. */
  readonly time: { readonly s: number; readonly ns: number };
  /** Unsigned 32-bit integers. */
  readonly sourceAddress: number;
  readonly sourcePort: number;
  readonly destinationAddress: number;
  readonly destinationPort: number;
  /** The IPv4 Identification; its low 16 bits are taken. */
  readonly identification: number;
  readonly payload: Uint8Array;
}

/** What a capture file begins with. */
export function fileHeader(): Uint8Array {
  const view = new DataView(new ArrayBuffer(FILE_HEADER_LENGTH));
  view.setUint32(0, MAGIC_NANOSECONDS, true);
  view.setUint16(4, 2, true); // version 2.4
  view.setUint16(6, 4, true);
  view.setUint32(16, SNAP_LENGTH, true);
  view.setUint32(20, LINKTYPE_RAW, true);
  return new Uint8Array(view.buffer);
}

/** One packet record: record header, IPv4 header, UDP header, payload. Throws a RangeError when IPv4 cannot carry the payload. */
export function udpPacket(datagram: CapturedDatagram): Uint8Array {
  const { payload, time } = datagram;
  if (payload.length > MAX_UDP_PAYLOAD_LENGTH)
    throw new RangeError(`a UDP payload of ${payload.length} octets does not fit IPv4`);
  const packetLength = IPV4_HEADER_LENGTH + UDP_HEADER_LENGTH + payload.length;
  const octets = new Uint8Array(RECORD_HEADER_LENGTH + packetLength);
  writeRecordHeader(new DataView(octets.buffer), time, packetLength);
  const packet = new DataView(octets.buffer, RECORD_HEADER_LENGTH);
  octets.set(payload, RECORD_HEADER_LENGTH + IPV4_HEADER_LENGTH + UDP_HEADER_LENGTH);
  writeIPv4Header(packet, datagram);
  writeUdpHeader(packet, datagram);
  return octets;
}

/** The header of a packet that was captured whole. */
export function writeRecordHeader(view: DataView, time: CapturedDatagram['time'], packetLength: number): void {
  view.setUint32(0, time.s, true);
  view.setUint32(4, time.ns, true);
  view.setUint32(8, packetLength, true);
  view.setUint32(12, packetLength, true);
}

/** RFC 791 section 3.1. */
function writeIPv4Header(packet: DataView, { identification, sourceAddress, destinationAddress }: CapturedDatagram): void {
  packet.setUint8(0, 0x45);
  packet.setUint16(2, packet.byteLength);
  packet.setUint16(4, identification & 0xffff);
  packet.setUint16(6, DONT_FRAGMENT);
  packet.setUint8(8, TTL);
  packet.setUint8(9, PROTOCOL_UDP);
  packet.setUint32(12, sourceAddress);
  packet.setUint32(16, destinationAddress);
  packet.setUint16(10, internetChecksum(packet, 0, IPV4_HEADER_LENGTH, 0));
}

/** RFC 768; its checksum covers a pseudo header and is never sent as 0, which would mean "none". */
function writeUdpHeader(
  packet: DataView,
  { sourceAddress, sourcePort, destinationAddress, destinationPort }: CapturedDatagram,
): void {
  const length = packet.byteLength - IPV4_HEADER_LENGTH;
  packet.setUint16(IPV4_HEADER_LENGTH, sourcePort);
  packet.setUint16(IPV4_HEADER_LENGTH + 2, destinationPort);
  packet.setUint16(IPV4_HEADER_LENGTH + 4, length);
  const pseudoHeader = pseudoHeaderSum(sourceAddress, destinationAddress, PROTOCOL_UDP, length);
  const checksum = internetChecksum(packet, IPV4_HEADER_LENGTH, packet.byteLength, pseudoHeader);
  packet.setUint16(IPV4_HEADER_LENGTH + 6, checksum === 0 ? 0xffff : checksum);
}
