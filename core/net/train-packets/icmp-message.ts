import { internetChecksum } from '../checksum.ts';
import { icmpTypeCodeOf } from '../icmp.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP, type Direction } from '../packet-train.ts';
import type { Conversation } from './conversation.ts';

export const ICMP_HEADER_LENGTH = 8;
const IPV4_HEADER_LENGTH = 20;
/** Of what follows its IP header an error shows this much of the packet it is about (RFC 792). */
const SHOWN_LENGTH = 8;
const FRAGMENTATION_NEEDED = 0x0304;
const TIME_EXCEEDED = 0x0b00;
/** The next hop is a tunnel over Ethernet (RFC 1191 section 4). */
const NEXT_HOP_MTU = 1_420;
const DONT_FRAGMENT = 0x4000;
const TTL_ON_THE_WAY = 52;

/** Writes a message (RFC 792) of `length` octets, data included: a query, its answer, or an error about a packet of `about`. */
export function writeIcmp(
  view: DataView,
  at: number,
  length: number,
  direction: Direction,
  conversation: Conversation,
  about: Conversation | undefined,
): void {
  const { connection, nearPort } = conversation;
  const octets = new Uint8Array(view.buffer, view.byteOffset + at, length).fill(0);
  const typeCode = icmpTypeCodeOf(connection, direction);
  view.setUint16(at, typeCode);
  if (about === undefined) {
    view.setUint16(at + 4, nearPort);
    const side = direction === 'up' ? conversation.up : conversation.down;
    view.setUint16(at + 6, ++side.messages & 0xffff);
    for (let index = ICMP_HEADER_LENGTH; index < length; index++) octets[index] = 8 + index;
  } else {
    if (typeCode === FRAGMENTATION_NEEDED) view.setUint16(at + 6, NEXT_HOP_MTU);
    if (length >= ICMP_HEADER_LENGTH + IPV4_HEADER_LENGTH + SHOWN_LENGTH)
      writeCause(view, at + ICMP_HEADER_LENGTH, direction === 'down', about, typeCode === TIME_EXCEEDED ? 1 : TTL_ON_THE_WAY);
  }
  view.setUint16(at + 2, internetChecksum(view, at, at + length, 0));
}

/** The headers of the packet an error is about, as they are called where the packets are captured. */
function writeCause(view: DataView, at: number, isUp: boolean, about: Conversation, timeToLive: number): void {
  const { connection, nearAddress, nearPort } = about;
  const { protocol, serverAddress, serverPort } = connection;
  const { lastOctets, lastChecksum, lastSequence, identification } = isUp ? about.up : about.down;
  view.setUint16(at, 0x4500);
  view.setUint16(at + 2, lastOctets);
  view.setUint16(at + 4, (identification - 1) & 0xffff);
  view.setUint16(at + 6, DONT_FRAGMENT);
  view.setUint8(at + 8, timeToLive);
  view.setUint8(at + 9, protocol);
  view.setUint32(at + 12, isUp ? nearAddress : serverAddress);
  view.setUint32(at + 16, isUp ? serverAddress : nearAddress);
  view.setUint16(at + 10, internetChecksum(view, at, at + IPV4_HEADER_LENGTH, 0));
  const transport = at + IPV4_HEADER_LENGTH;
  if (protocol !== PROTOCOL_TCP && protocol !== PROTOCOL_UDP) return;
  view.setUint16(transport, isUp ? nearPort : serverPort);
  view.setUint16(transport + 2, isUp ? serverPort : nearPort);
  if (protocol === PROTOCOL_TCP) view.setUint32(transport + 4, lastSequence);
  else {
    view.setUint16(transport + 4, lastOctets - IPV4_HEADER_LENGTH);
    view.setUint16(transport + 6, lastChecksum);
  }
}
