import { crc32 } from 'node:zlib';

/**
 * Datagrams as they came, one behind the other: what receiving hands on to decoding, in memory and on disk. A block names all its sources, so
 * each can be read by itself. All numbers are little-endian, and everything begins at a multiple of eight octets.
 *
 *   head      word, octets of the block, CRC-32 of all that is behind it, datagrams; then its number (64-bit float)
 *   source    octets of its text with the highest bit, its index; then the text
 *   datagram  octets of its payload, index of its source; then microseconds since 1970 (64-bit float); then the payload
 */
const WORD = 0x31_4a_4c_46;
export const HEAD_OCTETS = 24;
/** Blocks begin at a multiple of so many octets of their file. */
export const ALIGNMENT = 8;
const CHECKED_FROM = 12;
const ENTRY_OCTETS = 8;
const TIME_OCTETS = 8;
const IS_SOURCE = 0x80_00_00_00;
/** Longer payloads, and texts of sources, than UDP has are no entries. */
const MOST_OCTETS = 65_535;

const padded = (octets: number): number => Math.ceil(octets / ALIGNMENT) * ALIGNMENT;

/** Whoever is shown the datagrams of a block; `payload` is written over when it returns. */
export type OnDatagram = (payload: Uint8Array, source: string, receivedAtUs: number) => void;

/** What the head of a block says. */
export interface BlockHead {
  readonly number: number;
  readonly octets: number;
  readonly checksum: number;
  readonly datagrams: number;
}

/** Fills blocks one after the other, in memory it is given. */
export class BlockWriter {
  #octets: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #at = HEAD_OCTETS;
  #datagrams = 0;
  readonly #sources = new Map<string, number>();
  #latest: string | undefined;
  #latestIndex = 0;

  /** Those in the block that was begun. */
  get datagrams(): number {
    return this.#datagrams;
  }

  /** Begins a block in this memory, which must have room for the largest datagram. */
  begin(octets: Uint8Array): void {
    this.#octets = octets;
    this.#view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
    this.#at = HEAD_OCTETS;
    this.#datagrams = 0;
    this.#sources.clear();
    this.#latest = undefined;
  }

  /** Returns whether there was room. `source` is in ASCII. */
  add(payload: Uint8Array, source: string, receivedAtUs: number): boolean {
    const { length } = payload;
    const ofSource = source === this.#latest ? 0 : ENTRY_OCTETS + padded(source.length);
    const at = this.#at;
    if (at + ofSource + ENTRY_OCTETS + TIME_OCTETS + padded(length) > this.#octets.length) return false;
    const index = ofSource === 0 ? this.#latestIndex : this.#indexOf(source);
    const from = this.#at;
    this.#view.setUint32(from, length, true);
    this.#view.setUint32(from + 4, index, true);
    this.#view.setFloat64(from + ENTRY_OCTETS, receivedAtUs, true);
    this.#octets.set(payload, from + ENTRY_OCTETS + TIME_OCTETS);
    this.#at = from + ENTRY_OCTETS + TIME_OCTETS + padded(length);
    this.#datagrams++;
    return true;
  }

  /** The block, ready to be read. It lasts until another one is begun in its memory. */
  finish(number: number): Uint8Array {
    const block = this.#octets.subarray(0, this.#at);
    this.#view.setUint32(0, WORD, true);
    this.#view.setUint32(4, block.length, true);
    this.#view.setUint32(12, this.#datagrams, true);
    this.#view.setFloat64(16, number, true);
    this.#view.setUint32(8, crc32(block.subarray(CHECKED_FROM)), true);
    return block;
  }

  #indexOf(source: string): number {
    let index = this.#sources.get(source);
    if (index === undefined) {
      index = this.#sources.size;
      this.#sources.set(source, index);
      this.#view.setUint32(this.#at, (source.length | IS_SOURCE) >>> 0, true);
      this.#view.setUint32(this.#at + 4, index, true);
      const at = this.#at + ENTRY_OCTETS;
      for (let place = 0; place < source.length; place++) this.#octets[at + place] = source.charCodeAt(place);
      this.#at = at + padded(source.length);
    }
    this.#latest = source;
    this.#latestIndex = index;
    return index;
  }
}

/** `undefined` when these octets begin with no head of a block. */
export function headOf(octets: Uint8Array): BlockHead | undefined {
  if (octets.length < HEAD_OCTETS) return undefined;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const length = view.getUint32(4, true);
  if (view.getUint32(0, true) !== WORD || length < HEAD_OCTETS) return undefined;
  return {
    octets: length,
    checksum: view.getUint32(8, true),
    datagrams: view.getUint32(12, true),
    number: view.getFloat64(16, true),
  };
}

/** Whether these octets are the whole of the block that was written. */
export const isWhole = (block: Uint8Array, { octets, checksum }: BlockHead): boolean =>
  block.length === octets && crc32(block.subarray(CHECKED_FROM)) === checksum;

/** Reads whole blocks. */
export class BlockReader {
  /** Every payload is shown in the same memory, so that whoever reads them needs no views of his own. */
  readonly #payload = new Uint8Array(65_536);
  readonly #views: (Uint8Array | undefined)[] = [];

  /** Shows the datagrams in their order. What is no entry ends it: octets of others get that far only with their checksum. */
  read(block: Uint8Array, onDatagram: OnDatagram): void {
    const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
    const sources: string[] = [];
    let at = HEAD_OCTETS;
    while (at + ENTRY_OCTETS <= block.length) {
      const word = view.getUint32(at, true);
      const index = view.getUint32(at + 4, true);
      const length = (word & ~IS_SOURCE) >>> 0;
      const isSource = word >= IS_SOURCE;
      const from = at + ENTRY_OCTETS + (isSource ? 0 : TIME_OCTETS);
      if (length > MOST_OCTETS || from + length > block.length) return;
      if (isSource) sources[index] = String.fromCharCode(...block.subarray(from, from + length));
      else onDatagram(this.#copied(block, from, length), sources[index] ?? '', view.getFloat64(at + ENTRY_OCTETS, true));
      at = from + padded(length);
    }
  }

  #copied(block: Uint8Array, from: number, length: number): Uint8Array {
    const payload = (this.#views[length] ??= this.#payload.subarray(0, length));
    payload.set(block.subarray(from, from + length));
    return payload;
  }
}
