import { formatIPv4 } from '../address.ts';
import type { CapturedFrame } from '../capture/captured-frame.ts';
import { formatIPv6 } from '../ipv6-text.ts';
import { PROTOCOL_UDP } from '../packet-train.ts';
import { PacketParser } from './packet-parser.ts';
import type { PacketView } from './packet-view.ts';
import { Reassembly, type ReassemblyLimits } from './reassembly.ts';

const UDP_HEADER_LENGTH = 8;

/** A datagram found in a capture. */
export interface UdpDatagram {
  /** Text of the sender's address, IPv6 by RFC 5952. */
  readonly sourceAddress: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Less than was sent when the capture kept less. Lies in the frame's memory unless it was put together from fragments. */
  readonly payload: Uint8Array;
}

/** Finds the UDP datagrams in the frames of a capture; fragmented ones come with their last fragment. */
export class UdpReader {
  /** Frames that held no UDP: other protocols, or nothing that could be read. */
  otherFrames = 0;
  readonly reassembly: Reassembly;
  readonly #parser = new PacketParser();

  constructor(limits: ReassemblyLimits) {
    this.reassembly = new Reassembly(limits);
  }

  /** The datagram that the frame completes, if it does. */
  read(frame: CapturedFrame): UdpDatagram | undefined {
    const { view } = this.#parser;
    if (this.#parser.parse(frame) !== 'ip' || view.protocol !== PROTOCOL_UDP || view.payloadBegin > view.payloadEnd) {
      return void this.otherFrames++;
    }
    const piece = frame.octets.subarray(view.payloadBegin, view.payloadEnd);
    const octets = view.isFragment ? this.#reassemble(view, piece, frame.timeS) : piece;
    if (octets === undefined) return undefined;
    if (octets.length < UDP_HEADER_LENGTH) return void this.otherFrames++;
    const header = new DataView(octets.buffer, octets.byteOffset);
    // RFC 768; shorter than its header is nonsense, or 0 where segmentation was left to the interface.
    const length = header.getUint16(4);
    return {
      sourceAddress: sourceOf(view),
      sourcePort: header.getUint16(0),
      destinationPort: header.getUint16(2),
      payload: octets.subarray(UDP_HEADER_LENGTH, length < UDP_HEADER_LENGTH ? octets.length : Math.min(length, octets.length)),
    };
  }

  #reassemble(view: PacketView, piece: Uint8Array, nowS: number): Uint8Array | undefined {
    const destination =
      view.ipVersion === 4 ? view.destinationAddress : formatIPv6(new Uint8Array(view.ipv6Addresses.buffer, 16, 16));
    const key = `${sourceOf(view)} ${destination} ${view.fragmentIdentification}`;
    return this.reassembly.add(key, view.fragmentOffset, piece, view.hasMoreFragments, nowS);
  }
}

const sourceOf = (view: PacketView): string =>
  view.ipVersion === 4 ? formatIPv4(view.sourceAddress) : formatIPv6(new Uint8Array(view.ipv6Addresses.buffer, 0, 16));
