import { crc32 } from 'node:zlib';
import { LAYOUTS, nameOfPair, type SegmentKind } from './segment.ts';

/** What a segment's name says of it, so that nothing needs to be read for it. */
export interface SegmentName {
  /** They are stored in the order of their numbers. */
  readonly number: number;
  readonly kind: SegmentKind;
  /** The id of the first row. */
  readonly firstId: number;
  readonly rows: number;
  /** As `checksumOf` has it. */
  readonly checksum: number;
}

const NAME = /^(\d{12})\.(flows|natEvents)\.(\d+)\+(\d+)\.([\da-f]{8})\.parquet$/;

/** `000000000007.flows.81920+16384.0f3a5c11.parquet` */
export const nameOf = ({ number, kind, firstId, rows, checksum }: SegmentName): string =>
  `${`${number}`.padStart(12, '0')}.${kind}.${firstId}+${rows}.${checksum.toString(16).padStart(8, '0')}.parquet`;

/** `undefined` when it is no name of a segment. */
export function parseName(name: string): SegmentName | undefined {
  const [, number, kind, firstId, rows, checksum] = NAME.exec(name) ?? [];
  if (kind === undefined) return undefined;
  return {
    number: Number(number),
    kind: kind as SegmentKind,
    firstId: Number(firstId),
    rows: Number(rows),
    checksum: Number.parseInt(checksum as string, 16),
  };
}

/** CRC-32 of its octets, begun with the names and types of the columns and with those that lie together: a segment of another version of flowlab must not be taken for one of this. */
export const checksumOf = (kind: SegmentKind, pieces: readonly Uint8Array[]): number =>
  pieces.reduce((crc, piece) => crc32(piece, crc), FINGERPRINTS[kind]);

function fingerprint(kind: SegmentKind): number {
  const { columns, pairs } = LAYOUTS[kind];
  return crc32([...columns.map(({ name, type }) => `${name} ${type}`), ...pairs.map(nameOfPair)].join());
}

const FINGERPRINTS: Readonly<Record<SegmentKind, number>> = { flows: fingerprint('flows'), natEvents: fingerprint('natEvents') };
