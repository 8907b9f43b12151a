import { widthOf, type CollectedRows, type Column } from '../../collecting/collected-rows.ts';
import { FLOWS, NAT_EVENTS, type StoredColumn, type TableLayout } from '../columns.ts';
import {
  constantColumn,
  deltaColumn,
  octetColumn,
  parquetFile,
  plainColumn,
  type ParquetColumn,
} from '../parquet/parquet-file.ts';
import { wholeNumber, writeValues } from '../whole-numbers.ts';
import { DeltaFinder } from './deltas.ts';

/** Which table a segment's rows belong to. */
export type SegmentKind = 'flows' | 'natEvents';

/** Rows as a batch has them: columns by name. What a thread can be given. */
export interface SegmentRows {
  readonly length: number;
  readonly capacity: number;
  /** Columns that are known to be 0 in every row. */
  readonly empty?: ReadonlySet<string>;
  readonly [column: string]: Column | number | ReadonlySet<string> | undefined;
}

/** A column of rows of any kind. */
export interface SegmentColumn {
  readonly name: string;
  readonly type: StoredColumn<unknown>['type'];
  readonly from: string;
}

/** Two columns of 16 bits that lie in one of 32, for Parquet has no numbers of 16: the upper half first. */
type Pair = readonly [upper: string, lower: string];

/** The columns of a kind of rows, which of them lie together, and how its table shows addresses. */
interface SegmentLayout {
  readonly columns: readonly SegmentColumn[];
  readonly pairs: readonly Pair[];
  readonly addresses: TableLayout<unknown>['addresses'];
}

export const LAYOUTS: Readonly<Record<SegmentKind, SegmentLayout>> = {
  flows: {
    ...FLOWS,
    pairs: [
      ['source_port', 'destination_port'],
      ['post_napt_source_port', 'tcp_control_bits'],
    ],
  },
  natEvents: {
    ...NAT_EVENTS,
    pairs: [
      ['inside_port', 'public_port'],
      ['port_range_start', 'port_range_end'],
    ],
  },
};

/** The rows of a batch that a segment of that kind takes. */
export function segmentRows(kind: SegmentKind, batch: CollectedRows): SegmentRows {
  const names = LAYOUTS[kind].columns.map(({ from }) => from);
  const columns = batch as unknown as Readonly<Record<string, Column>>;
  return {
    ...Object.fromEntries(names.map((name) => [name, columns[name] as Column])),
    length: batch.length,
    capacity: batch.capacity,
    empty: new Set(names.filter((name) => batch.writtenColumns?.has(name) === false)),
  };
}

export const nameOfPair = (pair: Pair): string => pair.join('_and_');

/** The id of a segment's first row: those of the others count on from it. */
export const FIRST_ID = 'first_id';

/** An address of 128 bits, which Parquet has no numbers for, is two of 64. */
export const halvesOf = (name: string): { readonly high: string; readonly low: string } => ({
  high: `${name}_high`,
  low: `${name}_low`,
});

/** A column of numbers, and what its values become: so many words of the file, written from a row of the batch. */
interface Written {
  readonly name: string;
  readonly type: 'int32' | 'int64';
  readonly bits: 8 | 16 | 32 | 64;
  write(words: Uint32Array, values: Column, rows: number): void;
}

/**
 * Makes segments: Parquet files of the rows of a batch, without compression, which the database reads as they are. Columns that are alike in every
 * row are one value, such as change little their differences, and most of the others the batch's own memory. The memory of the rest is used
 * again for the next segment.
 */
export class SegmentMaker {
  readonly #deltas = new DeltaFinder();
  readonly #words = new Map<string, Uint32Array>();

  /** The pieces of a file, one after the other. They last until the next segment is made. */
  make(kind: SegmentKind, rows: SegmentRows, firstId: number): Uint8Array[] {
    const { columns, pairs } = LAYOUTS[kind];
    const from = new Map(columns.map((column) => [column.name, column.from]));
    const single = columns.filter(({ name }) => !pairs.some((pair) => pair.includes(name)));
    const written = [
      this.#written(FIRST_ID_COLUMN, Float64Array.of(firstId), 1, rows.length),
      ...single.flatMap((column) => this.#columnsOf(column, rows)),
      ...pairs.map((pair) => {
        const [upper, lower] = pair.map((name) => rows[from.get(name) as string]) as [Column, Column];
        return this.#pairOf(nameOfPair(pair), upper, lower, rows.length);
      }),
    ];
    return parquetFile(written, rows.length);
  }

  #pairOf(name: string, upper: Column, lower: Column, rows: number): ParquetColumn {
    const kind = { name, type: 'int32', bits: 32 } as const;
    const isConstant = rows > 0 && isAlike(upper.subarray(0, rows), 1) && isAlike(lower.subarray(0, rows), 1);
    const words = this.#memory(name, isConstant ? 1 : rows);
    for (let row = 0; row < words.length; row++) words[row] = ((upper[row] as number) << 16) | (lower[row] as number);
    return isConstant ? constantColumn(kind, octetsOf(words), rows) : plainColumn(kind, octetsOf(words), rows);
  }

  #columnsOf({ name, type, from }: SegmentColumn, rows: SegmentRows): ParquetColumn[] {
    const column = rows[from] as Column;
    const width = widthOf(column, rows);
    const values = column.subarray(0, width * rows.length);
    const isEmpty = rows.empty?.has(from) === true;
    const distinct = isEmpty || isAlike(values, width) ? 1 : rows.length;
    if (type === 'UTINYINT' && distinct > 1) return [octetColumn(name, octetsOf(values))];
    return WRITTEN[type](name).map((written) => this.#written(written, values, distinct, rows.length));
  }

  #written({ name, type, bits, write }: Written, values: Column, distinct: number, rows: number): ParquetColumn {
    const kind = { name, type, bits } as const;
    const words = type === 'int64' ? 2 : 1;
    if (distinct === 1 && rows > 0) {
      const value = new Uint32Array(words);
      write(value, values, 1);
      return constantColumn(kind, octetsOf(value), rows);
    }
    // Halves of addresses are no values of the batch.
    const deltas =
      bits >= 32 && values.length === rows ? this.#deltas.find(values, this.#memory(`deltas of ${name}`, 2 * rows)) : undefined;
    if (deltas !== undefined) return deltaColumn(kind, wholeNumber(values[0] as number), deltas.least, deltas.more);
    // What lies in memory as it goes into the file need not be written anew.
    if (values instanceof Uint32Array && bits === 32) return plainColumn(kind, octetsOf(values), rows);
    const memory = this.#memory(name, words * rows);
    write(memory, values, rows);
    return plainColumn(kind, octetsOf(memory), rows);
  }

  #memory(name: string, words: number): Uint32Array {
    let memory = this.#words.get(name);
    if (memory === undefined || memory.length < words) this.#words.set(name, (memory = new Uint32Array(words)));
    return memory.subarray(0, words);
  }
}

const small =
  (bits: 8 | 16 | 32) =>
  (name: string): Written[] => [
    { name, type: 'int32', bits, write: (words, values, rows) => words.set(values.subarray(0, rows)) },
  ];

const big = (name: string): Written[] => [
  { name, type: 'int64', bits: 64, write: (words, values, rows) => writeValues(words, values, 0, rows) },
];

/** The words of an address go from the highest to the lowest, those of a number in the file the other way. */
const half = (name: string, highest: number): Written => ({
  name,
  type: 'int64',
  bits: 64,
  write: (words, values, rows) => {
    for (let row = 0; row < rows; row++) {
      words[2 * row] = values[4 * row + highest + 1] as number;
      words[2 * row + 1] = values[4 * row + highest] as number;
    }
  },
});

const WRITTEN: Readonly<Record<StoredColumn<unknown>['type'], (name: string) => Written[]>> = {
  // Octets that differ take a way of their own.
  UTINYINT: small(8),
  USMALLINT: small(16),
  UINTEGER: small(32),
  UBIGINT: big,
  UHUGEINT: (name) => [half(halvesOf(name).high, 0), half(halvesOf(name).low, 2)],
};

const FIRST_ID_COLUMN = big(FIRST_ID)[0] as Written;

function isAlike(values: Column, width: number): boolean {
  const octets = octetsOf(values);
  const rowOctets = width * values.BYTES_PER_ELEMENT;
  return octets.subarray(rowOctets).equals(octets.subarray(0, octets.length - rowOctets));
}

const octetsOf = ({ buffer, byteOffset, byteLength }: Column): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
