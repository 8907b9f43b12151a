import type { CaptureFormat } from './capture-format.ts';
import { CapturedFrame, CaptureMistakes } from './captured-frame.ts';
import { OctetQueue } from './octet-queue.ts';
import { PcapFormat } from './pcap-format.ts';
import { PcapngFormat, SECTION_HEADER_BLOCK } from './pcapng-format.ts';

/** A record or block longer than this is taken for nonsense unless told otherwise; no link has frames near it. */
const MAX_RECORD_OCTETS = 16_777_216;

/**
 * Reads a capture, pcap or pcapng, as its octets come: from a file or a pipe, in pieces of any size. Never throws, whatever
 * the octets; what is wrong with them is counted in `mistakes` with its place.
 */
export class CaptureReader {
  /** The frame `next` has found; filled anew by each call. */
  readonly frame = new CapturedFrame();
  readonly mistakes = new CaptureMistakes();
  /** Octets behind a mistake after which nothing can be found. */
  unreadOctets = 0;
  readonly #maxRecordOctets: number;
  readonly #queue = new OctetQueue();
  #format: CaptureFormat | undefined;
  #isLost = false;

  constructor(options: { readonly maxRecordOctets?: number } = {}) {
    this.#maxRecordOctets = options.maxRecordOctets ?? MAX_RECORD_OCTETS;
  }

  /** More octets of the stream. */
  handle(octets: Uint8Array): void {
    if (this.#isLost) this.unreadOctets += octets.length;
    else this.#queue.append(octets);
  }

  /** Where more octets of the stream may be written, so that they need not be copied: `least` or more. Then `filled` is to be called. */
  room(least: number): Uint8Array {
    return this.#queue.room(least);
  }

  /** So many octets were written into `room`. */

  filled(count: number): void {
    if (this.#isLost) this.unreadOctets += count;
    else this.#queue.filled(count);
  }

  /** Reads on to the next frame. Returns false when more octets are needed for it. */
  next(): boolean {
    while (!this.#isLost) {
      const format = (this.#format ??= this.#recognise());
      if (format === undefined) return false;
      const step = format.read(this.#queue, this.frame, this.mistakes);
      if (step === 'frame') return true;
      if (step === 'wait') return false;
      if (step === 'lost') this.#giveUp();
    }
    return false;
  }

  /** The stream has ended. */
  end(): void {
    if (this.#isLost || this.#queue.length === 0) return;
    this.mistakes.add(this.#format === undefined ? 'not-a-capture' : 'cut-short', this.#queue.position);
    this.#giveUp();
  }

  #recognise(): CaptureFormat | undefined {
    const { view, from, position } = this.#queue;
    if (this.#queue.length < 4) return undefined;
    if (view.getUint32(from) === SECTION_HEADER_BLOCK) return new PcapngFormat(this.#maxRecordOctets);
    const format = PcapFormat.of(view, from, this.#maxRecordOctets);
    if (format !== undefined) return format;
    this.mistakes.add('not-a-capture', position);
    this.#giveUp();
    return undefined;
  }

  #giveUp(): void {
    this.#isLost = true;
    this.unreadOctets += this.#queue.length;
    this.#queue.consume(this.#queue.length);
  }
}
