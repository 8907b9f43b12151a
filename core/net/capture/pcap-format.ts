import { NS_PER_S } from '../../time/instant.ts';
import type { CaptureFormat, Step } from './capture-format.ts';
import type { CapturedFrame, CaptureMistakes } from './captured-frame.ts';
import type { OctetQueue } from './octet-queue.ts';

const FILE_HEADER_LENGTH = 24;
const RECORD_HEADER_LENGTH = 16;
const MAGIC_MICROSECONDS = 0xa1b2c3d4;
const MAGIC_NANOSECONDS = 0xa1b23c4d;

/** Classic capture files: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.txt. */
export class PcapFormat implements CaptureFormat {
  readonly #littleEndian: boolean;
  readonly #nsPerUnit: number;
  readonly #maxRecordOctets: number;
  #linkType = -1;

  /** The format of a stream that begins with these four octets, or `undefined`. */
  static of(magic: DataView, offset: number, maxRecordOctets: number): PcapFormat | undefined {
    for (const littleEndian of [true, false]) {
      const number = magic.getUint32(offset, littleEndian);
      if (number === MAGIC_MICROSECONDS) return new PcapFormat(littleEndian, 1_000, maxRecordOctets);
      if (number === MAGIC_NANOSECONDS) return new PcapFormat(littleEndian, 1, maxRecordOctets);
    }
    return undefined;
  }

  private constructor(littleEndian: boolean, nsPerUnit: number, maxRecordOctets: number) {
    this.#littleEndian = littleEndian;
    this.#nsPerUnit = nsPerUnit;
    this.#maxRecordOctets = maxRecordOctets;
  }

  read(queue: OctetQueue, frame: CapturedFrame, mistakes: CaptureMistakes): Step {
    if (this.#linkType < 0) return this.#readFileHeader(queue);
    if (queue.length < RECORD_HEADER_LENGTH) return 'wait';
    const { view, from } = queue;
    const length = view.getUint32(from + 8, this.#littleEndian);
    if (length > this.#maxRecordOctets) {
      mistakes.add('bad-length', queue.position);
      return 'lost';
    }
    if (queue.length < RECORD_HEADER_LENGTH + length) return 'wait';
    const ns = view.getUint32(from + 4, this.#littleEndian) * this.#nsPerUnit;
    frame.timeS = view.getUint32(from, this.#littleEndian);
    frame.timeNs = ns;
    if (ns >= NS_PER_S) carryOver(frame);
    frame.octets = queue.octets;
    frame.begin = from + RECORD_HEADER_LENGTH;
    frame.end = frame.begin + length;
    frame.originalLength = view.getUint32(from + 12, this.#littleEndian);
    frame.linkType = this.#linkType;
    queue.consume(RECORD_HEADER_LENGTH + length);
    return 'frame';
  }

  #readFileHeader(queue: OctetQueue): Step {
    if (queue.length < FILE_HEADER_LENGTH) return 'wait';
    // The upper half tells of frame check sequences (section 4).
    this.#linkType = queue.view.getUint32(queue.from + 20, this.#littleEndian) & 0xffff;
    queue.consume(FILE_HEADER_LENGTH);
    return 'passed';
  }
}

/** Some writers let the fraction run over a second. */
function carryOver(frame: CapturedFrame): void {
  frame.timeS += Math.floor(frame.timeNs / NS_PER_S);
  frame.timeNs %= NS_PER_S;
}
