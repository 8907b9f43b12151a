import { TCP_RST, TCP_SYN } from '../packet-train.ts';
import type { Side, TcpNumbers } from './conversation.ts';

export const TCP_HEADER_LENGTH = 20;
/** Maximum segment size, SACK permitted, timestamps, window scale (RFC 9293 section 3.2, RFC 2018, RFC 7323): as systems of today send them. */
const SYN_OPTIONS_LENGTH = 20;
const TIMESTAMP_OPTION_LENGTH = 12;
const WINDOW_SCALE = 7;
const SYN_WINDOW = 64_240;
/** 6 MiB when scaled: what receivers of today grow to, so that no transfer is held up by it. */
const WINDOW = 49_152;
const NOP = 1;

/** Octets of the header and its options in a packet that leaves `room` for TCP: what does not fit is left out. */
export function tcpHeaderLength(flags: number, room: number): number {
  if ((flags & TCP_RST) !== 0) return TCP_HEADER_LENGTH;
  const options = (flags & TCP_SYN) === 0 ? TIMESTAMP_OPTION_LENGTH : SYN_OPTIONS_LENGTH;
  return room >= TCP_HEADER_LENGTH + options ? TCP_HEADER_LENGTH + options : TCP_HEADER_LENGTH;
}

/** What a header says. */
interface TcpSegment extends TcpNumbers {
  /** Options included. */
  readonly headerLength: number;
  readonly flags: number;
  /** The maximum segment size its SYN offers. */
  readonly mss: number;
}

/** Writes the header (RFC 9293 section 3.1) at `at`, all but the ports and the checksum. */
export function writeTcpHeader(
  view: DataView,
  at: number,
  { headerLength, flags, mss, sequence, acknowledgement }: TcpSegment,
  sender: Side,
  peer: Side,
): void {
  const isSyn = (flags & TCP_SYN) !== 0;
  view.setUint32(at + 4, sequence);
  view.setUint32(at + 8, acknowledgement);
  view.setUint8(at + 12, (headerLength / 4) << 4);
  view.setUint8(at + 13, flags);
  // A segment with nothing new to say is one that says the window has grown; else it would ask for a retransmission.
  view.setUint16(at + 14, isSyn ? SYN_WINDOW : (flags & TCP_RST) !== 0 ? 0 : WINDOW + (sender.repeats % 16_384));
  if (headerLength === TCP_HEADER_LENGTH) return;
  let option = at + TCP_HEADER_LENGTH;
  if (isSyn) {
    view.setUint32(option, 0x0204_0000 | mss);
    view.setUint16(option + 4, 0x0402);
    view.setUint16(option + 16, NOP * 256 + 3);
    view.setUint16(option + 18, 3 * 256 + WINDOW_SCALE);
    option += 6;
  } else {
    view.setUint16(option, NOP * 257);
    option += 2;
  }
  view.setUint16(option, 0x080a);
  view.setUint32(option + 2, sender.timestamp);
  view.setUint32(option + 6, acknowledgement === 0 ? 0 : peer.timestamp);
}
