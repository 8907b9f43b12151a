import { closeSync, openSync, readSync } from 'node:fs';
import { CollectedBatch } from '../../collecting/collected-batch.ts';
import { NatEventBatch } from '../../collecting/nat-event-batch.ts';
import { readSegment, SegmentError, type Segment, type SegmentKind, type SegmentRows } from './segment.ts';

/** Where a segment lies. */
export interface SegmentFile {
  readonly number: number;
  readonly path: string;
  readonly octets: number;
}

/** Rows stored in one transaction, unless a segment has more. */
const TRANSACTION_ROWS = 524_288;

const SAMPLES: Readonly<Record<SegmentKind, SegmentRows>> = {
  flows: new CollectedBatch(1) as unknown as SegmentRows,
  natEvents: new NatEventBatch(1) as unknown as SegmentRows,
};

/** Reads segments into memory that is used again and again: a fresh piece for each would cost more than to read it. */
export class SegmentReader {
  #octets = new Uint8Array(0);

  /** The rows last until the next is read. Throws a `SegmentError` when it is not whole or not of this version. */
  read({ path, octets }: SegmentFile): Segment {
    const file = openSync(path, 'r');
    try {
      if (octets > this.#octets.length) this.#octets = new Uint8Array(octets);
      let at = 0;
      for (let read = -1; at < octets && read !== 0; at += read) read = readSync(file, this.#octets, at, octets - at, at);
      return readSegment(this.#octets.subarray(0, at), (kind) => SAMPLES[kind]);
    } finally {
      closeSync(file);
    }
  }
}

/** As many segments, from the first of `files` on, as go into one transaction; each is read when it is its turn. */
export class SegmentPortion implements Iterable<Segment> {
  /** How many of the files it was, and the number of the last: known when all are read. */
  taken = 0;
  last = -1;
  readonly damaged: { readonly number: number; readonly why: string }[] = [];
  readonly #files: readonly SegmentFile[];
  readonly #reader: SegmentReader;

  constructor(files: readonly SegmentFile[], reader: SegmentReader) {
    this.#files = files;
    this.#reader = reader;
  }

  *[Symbol.iterator](): Iterator<Segment> {
    for (let rows = 0; this.taken < this.#files.length && rows < TRANSACTION_ROWS; this.taken++) {
      const file = this.#files[this.taken] as SegmentFile;
      this.last = file.number;
      try {
        const segment = this.#reader.read(file);
        rows += segment.rows.length;
        yield segment;
      } catch (error) {
        if (!(error instanceof SegmentError)) throw error;
        this.damaged.push({ number: file.number, why: error.message });
      }
    }
  }
}
