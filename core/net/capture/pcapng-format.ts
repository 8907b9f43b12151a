import type { CaptureFormat, Step } from './capture-format.ts';
import type { CapturedFrame, CaptureMistakes } from './captured-frame.ts';
import type { OctetQueue } from './octet-queue.ts';
import { Timescale } from './timescale.ts';

export const SECTION_HEADER_BLOCK = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION_BLOCK = 1;
const OBSOLETE_PACKET_BLOCK = 2;
const SIMPLE_PACKET_BLOCK = 3;
const ENHANCED_PACKET_BLOCK = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** Type, total length, and total length again at the end. */
const LEAST_BLOCK_LENGTH = 12;
const LEAST_SECTION_HEADER_LENGTH = 28;
const PACKET_HEADER_LENGTH = 20;
const OPTION_TIME_RESOLUTION = 9;
const OPTION_TIME_OFFSET = 14;
/** Interfaces kept for one section; packets of more are counted as mistakes. */
const MOST_INTERFACES = 4_096;

interface CaptureInterface {
  readonly linkType: number;
  /** 0 for no limit. */
  readonly snapLength: number;
  readonly timescale: Timescale;
}

/** pcapng: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.txt. Other blocks than those with packets are passed by. */
export class PcapngFormat implements CaptureFormat {
  readonly #maxBlockOctets: number;
  #littleEndian = true;
  #interfaces: CaptureInterface[] = [];

  constructor(maxBlockOctets: number) {
    this.#maxBlockOctets = maxBlockOctets;
  }

  read(queue: OctetQueue, frame: CapturedFrame, mistakes: CaptureMistakes): Step {
    if (queue.length < LEAST_BLOCK_LENGTH) return 'wait';
    const { view, from } = queue;
    // The same in both byte orders (section 4.1).
    const isSection = view.getUint32(from) === SECTION_HEADER_BLOCK;
    if (isSection && !this.#readByteOrder(view, from)) {
      mistakes.add('not-a-capture', queue.position);
      return 'lost';
    }
    const length = view.getUint32(from + 4, this.#littleEndian);
    const least = isSection ? LEAST_SECTION_HEADER_LENGTH : LEAST_BLOCK_LENGTH;
    if (length < least || length % 4 !== 0 || length > this.#maxBlockOctets) {
      mistakes.add('bad-length', queue.position);
      return 'lost';
    }
    if (queue.length < length) return 'wait';
    if (view.getUint32(from + length - 4, this.#littleEndian) !== length) mistakes.add('lengths-differ', queue.position);
    if (isSection) this.#interfaces = [];
    const step = this.#readBlock(queue, from + 8, from + length - 4, frame, mistakes);
    queue.consume(length);
    return step;
  }

  #readByteOrder(view: DataView, from: number): boolean {
    this.#littleEndian = view.getUint8(from + 8) === (BYTE_ORDER_MAGIC & 0xff);
    return view.getUint32(from + 8, this.#littleEndian) === BYTE_ORDER_MAGIC;
  }

  #readBlock(queue: OctetQueue, body: number, end: number, frame: CapturedFrame, mistakes: CaptureMistakes): Step {
    switch (queue.view.getUint32(body - 8, this.#littleEndian)) {
      case INTERFACE_DESCRIPTION_BLOCK:
        this.#readInterface(queue.view, body, end);
        return 'passed';
      case ENHANCED_PACKET_BLOCK:
      case OBSOLETE_PACKET_BLOCK:
        return this.#readPacket(queue, body, end, frame, mistakes);
      case SIMPLE_PACKET_BLOCK:
        return this.#readSimplePacket(queue, body, end, frame, mistakes);
      default:
        return 'passed';
    }
  }

  /** Section 4.2. */
  #readInterface(view: DataView, body: number, end: number): void {
    if (end - body < 8 || this.#interfaces.length === MOST_INTERFACES) return;
    let resolution: number | undefined;
    let offsetS: number | undefined;
    for (let at = body + 8; at + 4 <= end;) {
      const code = view.getUint16(at, this.#littleEndian);
      const length = view.getUint16(at + 2, this.#littleEndian);
      if (code === 0 || at + 4 + length > end) break;
      if (code === OPTION_TIME_RESOLUTION && length === 1) resolution = view.getUint8(at + 4);
      if (code === OPTION_TIME_OFFSET && length === 8) offsetS = Number(view.getBigInt64(at + 4, this.#littleEndian));
      at += 4 + Math.ceil(length / 4) * 4;
    }
    this.#interfaces.push({
      linkType: view.getUint16(body, this.#littleEndian),
      snapLength: view.getUint32(body + 4, this.#littleEndian),
      timescale: new Timescale(resolution, offsetS),
    });
  }

  /** Section 4.3, and the block it replaced (appendix A), whose interface number is 16 bits long. */
  #readPacket(queue: OctetQueue, body: number, end: number, frame: CapturedFrame, mistakes: CaptureMistakes): Step {
    const { view } = queue;
    if (end - body < PACKET_HEADER_LENGTH) return mistake(mistakes, 'packet-overruns-block', queue);
    const isObsolete = view.getUint32(body - 8, this.#littleEndian) === OBSOLETE_PACKET_BLOCK;
    const index = isObsolete ? view.getUint16(body, this.#littleEndian) : view.getUint32(body, this.#littleEndian);
    const source = this.#interfaces[index];
    const length = view.getUint32(body + 12, this.#littleEndian);
    if (source === undefined) return mistake(mistakes, 'unknown-interface', queue);
    if (length > end - body - PACKET_HEADER_LENGTH) return mistake(mistakes, 'packet-overruns-block', queue);
    const high = view.getUint32(body + 4, this.#littleEndian);
    source.timescale.stamp(frame, high, view.getUint32(body + 8, this.#littleEndian));
    frame.originalLength = view.getUint32(body + 16, this.#littleEndian);
    return place(frame, queue, body + PACKET_HEADER_LENGTH, length, source.linkType);
  }

  /** Section 4.4: the first interface's, without a time of its own, so it keeps that of the packet before it. */
  #readSimplePacket(queue: OctetQueue, body: number, end: number, frame: CapturedFrame, mistakes: CaptureMistakes): Step {
    const source = this.#interfaces[0];
    if (end - body < 4) return mistake(mistakes, 'packet-overruns-block', queue);
    if (source === undefined) return mistake(mistakes, 'unknown-interface', queue);
    frame.originalLength = queue.view.getUint32(body, this.#littleEndian);
    const limit = source.snapLength === 0 ? frame.originalLength : Math.min(frame.originalLength, source.snapLength);
    return place(frame, queue, body + 4, Math.min(limit, end - body - 4), source.linkType);
  }
}

function place(frame: CapturedFrame, queue: OctetQueue, begin: number, length: number, linkType: number): Step {
  frame.octets = queue.octets;
  frame.begin = begin;
  frame.end = begin + length;
  frame.linkType = linkType;
  return 'frame';
}

function mistake(mistakes: CaptureMistakes, code: 'packet-overruns-block' | 'unknown-interface', queue: OctetQueue): Step {
  mistakes.add(code, queue.position);
  return 'passed';
}
