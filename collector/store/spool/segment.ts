import { crc32 } from 'node:zlib';
import { FLOWS, NAT_EVENTS } from '../columns.ts';
import { widthOf, type CollectedRows, type Column } from '../../collecting/collected-rows.ts';

/** Which table a segment's rows belong to. */
export type SegmentKind = 'flows' | 'natEvents';

/** Rows as a segment has them: columns by name. A column that was read has but one row when all are alike. */
export interface SegmentRows {
  readonly length: number;
  readonly [column: string]: Column | number;
}

/** One kind of rows, as many as were kept at once. */
export interface Segment {
  readonly kind: SegmentKind;
  readonly rows: SegmentRows;
}

/** What is wrong with octets that are no segment. */
export class SegmentError extends Error {}

/*
 * A segment: 16 octets of header (mark, version and kind, rows, CRC-32 of what follows), then for each column of the table a word that says how
 * it is stored, and the octets, filled up to 8: all of them, or those of the first row when all rows are alike. Numbers are as the machine has them:
 * a spool does not leave it.
 */
const MARK = 0x534c_4f46;
const VERSION = 1;
const HEADER_OCTETS = 16;
const ALIGNMENT = 8;
const ALIKE = 1;
const WHOLE = 2;
const KINDS: readonly SegmentKind[] = ['flows', 'natEvents'];

interface SegmentColumn {
  readonly type: string;
  readonly from: string;
}

const COLUMNS: Readonly<Record<SegmentKind, readonly SegmentColumn[]>> = { flows: FLOWS.columns, natEvents: NAT_EVENTS.columns };

/** Names and types of the columns as a number: a segment of another version of flowlab must not be taken for one of this. */
const fingerprint = (columns: readonly SegmentColumn[]): number =>
  crc32(columns.map(({ type, from }) => `${from} ${type}`).join());
const FINGERPRINTS: Readonly<Record<SegmentKind, number>> = {
  flows: fingerprint(COLUMNS.flows),
  natEvents: fingerprint(COLUMNS.natEvents),
};

/** The pieces of a segment, one after the other; they are views of the batch's own memory. */
export function segmentOf(kind: SegmentKind, rows: SegmentRows): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (const { from } of COLUMNS[kind]) {
    const column = rows[from] as Column;
    const width = widthOf(column, rows as unknown as CollectedRows);
    const all = octetsOf(column.subarray(0, width * rows.length));
    const rowOctets = width * column.BYTES_PER_ELEMENT;
    const isAlike = rows.length > 0 && all.subarray(rowOctets).equals(all.subarray(0, all.length - rowOctets));
    const kept = isAlike ? all.subarray(0, rowOctets) : all;
    pieces.push(wordOf(isAlike ? ALIKE : WHOLE), kept);
    const beyond = kept.length % ALIGNMENT;
    if (beyond > 0) pieces.push(new Uint8Array(ALIGNMENT - beyond));
  }
  const header = new Uint32Array(HEADER_OCTETS / 4);
  header.set([MARK, VERSION * 256 + KINDS.indexOf(kind), rows.length]);
  header[3] = pieces.reduce((crc, piece) => crc32(piece, crc), crc32(octetsOf(header.subarray(1, 3)), FINGERPRINTS[kind]));
  return [octetsOf(header), ...pieces];
}

/** The rows of a segment, as views of its octets. Throws a `SegmentError` when it is not whole or not of this version. */
export function readSegment(octets: Uint8Array, sample: (kind: SegmentKind) => SegmentRows): Segment {
  const header = octets.length < HEADER_OCTETS ? undefined : new Uint32Array(octets.buffer, octets.byteOffset, HEADER_OCTETS / 4);
  const kind = KINDS[(header?.[1] ?? 0xff) & 0xff];
  if (header?.[0] !== MARK || kind === undefined) throw new SegmentError('it is no segment of flowlab');
  const crc = crc32(octets.subarray(HEADER_OCTETS), crc32(octetsOf(header.subarray(1, 3)), FINGERPRINTS[kind]));
  if (crc !== header[3]) throw new SegmentError('it was not written to its end, or by another version of flowlab');
  const length = header[2] as number;
  const columns = sample(kind);
  const rows: Record<string, Column | number> = { length };
  let at = HEADER_OCTETS;
  for (const { from } of COLUMNS[kind]) {
    const form = new Uint32Array(octets.buffer, octets.byteOffset + at, 1)[0];
    at += ALIGNMENT;
    const like = columns[from] as Column;
    const width = widthOf(like, columns as unknown as CollectedRows);
    const Type = like.constructor as new (buffer: ArrayBufferLike, offset: number, items: number) => Column;
    const stored = new Type(octets.buffer, octets.byteOffset + at, width * (form === ALIKE ? 1 : length));
    rows[from] = stored;
    at += Math.ceil(stored.byteLength / ALIGNMENT) * ALIGNMENT;
  }
  return { kind, rows: rows as unknown as SegmentRows };
}

const octetsOf = ({ buffer, byteOffset, byteLength }: Column): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);

const wordOf = (form: number): Uint8Array => octetsOf(Uint32Array.of(form, 0));
