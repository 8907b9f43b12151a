import { CompactWriter, varint, zigzag } from './compact-writer.ts';

/*
 * A Parquet file of one group of rows, nothing compressed and nothing absent, by the format's description (parquet.thrift, Encodings.md):
 * the mark, the pages of each column, what is where, the length of that, the mark. It is what any reader of Parquet takes, made so that almost all of
 * it is memory as it lies there.
 */
const MARK = Buffer.from('PAR1');

const TYPES = { int32: 1, int64: 2 } as const;
const UNSIGNED = { 8: 11, 16: 12, 32: 13, 64: 14 } as const;
const ENCODINGS = { plain: 0, rle: 3, delta: 5, dictionary: 8 } as const;
const PAGES = { data: 0, dictionary: 2 } as const;
const UNCOMPRESSED = 0;
const REQUIRED = 0;
/** Values of a packed run come by eight. */
const GROUP = 8;

/** Differences come in blocks of a multiple of so many. */
const BLOCK = 128;

/** A page without its header. */
interface Page {
  readonly kind: keyof typeof PAGES;
  readonly encoding: 'plain' | 'delta' | 'dictionary';
  readonly values: number;
  readonly pieces: readonly Uint8Array[];
}

/** The values of a column, as one of the ways below makes them. */
export interface ParquetColumn {
  readonly name: string;
  /** How many octets a value takes, and of how many bits the unsigned number in them is. */
  readonly type: keyof typeof TYPES;
  readonly bits: keyof typeof UNSIGNED;
  readonly pages: readonly Page[];
}

type Kind = Pick<ParquetColumn, 'name' | 'type' | 'bits'>;

/** As many values as there are rows, one after the other as Parquet has them: in the octets of `type`, little-endian. */
export function plainColumn(kind: Kind, values: Uint8Array, rows: number): ParquetColumn {
  return { ...kind, pages: [{ kind: 'data', encoding: 'plain', values: rows, pieces: [values] }] };
}

/** The same value in every row. */
export function constantColumn(kind: Kind, value: Uint8Array, rows: number): ParquetColumn {
  // One bit would do for the number of the only value; a run of them is its length and that number.
  const run = Uint8Array.of(1, ...varint(rows * 2), 0);
  return { ...kind, pages: [dictionary(value, 1), { kind: 'data', encoding: 'dictionary', values: rows, pieces: [run] }] };
}

/** Octets, one for each row: numbers of eight bits in a table of all of them, which is how they take one octet and not four. */
export function octetColumn(name: string, values: Uint8Array): ParquetColumn {
  const groups = Math.ceil(values.length / GROUP);
  const head = Uint8Array.of(8, ...varint(groups * 2 + 1));
  const rest = new Uint8Array(groups * GROUP - values.length);
  const data: Page = { kind: 'data', encoding: 'dictionary', values: values.length, pieces: [head, values, rest] };
  return { name, type: 'int32', bits: 8, pages: [dictionary(ALL_OCTETS, 256), data] };
}

/**
 * The first value, and by how much more than `least` each is than the one before it: of one, two or four octets each, which is how a column that
 * changes little takes few. All of them in one block.
 */
export function deltaColumn(
  kind: Kind,
  first: number,
  least: number,
  more: Uint8Array | Uint16Array | Uint32Array,
): ParquetColumn {
  const block = Math.ceil(more.length / BLOCK) * BLOCK;
  const rows = more.length + 1;
  // Parquet has signed numbers, which wrap around.
  const [begin, step] = kind.type === 'int32' ? [first | 0, least | 0] : [first, least];
  const head = [...varint(block), ...varint(1), ...varint(rows), ...varint(zigzag(begin)), ...varint(zigzag(step))];
  const octets = new Uint8Array(more.buffer, more.byteOffset, more.byteLength);
  const rest = new Uint8Array(block * more.BYTES_PER_ELEMENT - more.byteLength);
  const pieces = [Uint8Array.of(...head, 8 * more.BYTES_PER_ELEMENT), octets, rest];
  return { ...kind, pages: [{ kind: 'data', encoding: 'delta', values: rows, pieces }] };
}

const dictionary = (values: Uint8Array, length: number): Page => ({
  kind: 'dictionary',
  encoding: 'plain',
  values: length,
  pieces: [values],
});

const ALL_OCTETS = new Uint8Array(Uint32Array.from({ length: 256 }, (_, value) => value).buffer);

/** Where in the file the pages of a column lie. */
interface Chunk {
  readonly column: ParquetColumn;
  readonly from: number;
  readonly dataFrom: number;
  readonly octets: number;
}

/** The pieces of a file, one after the other. */
export function parquetFile(columns: readonly ParquetColumn[], rows: number): Uint8Array[] {
  const pieces: Uint8Array[] = [MARK];
  let at = MARK.length;
  const add = (piece: Uint8Array): void => {
    pieces.push(piece);
    at += piece.length;
  };
  const chunks = columns.map((column): Chunk => {
    const from = at;
    let dataFrom = at;
    for (const page of column.pages) {
      if (page.kind === 'data') dataFrom = at;
      add(headerOf(page));
      page.pieces.forEach(add);
    }
    return { column, from, dataFrom, octets: at - from };
  });
  const footer = footerOf(chunks, rows);
  return [...pieces, footer, new Uint8Array(Uint32Array.of(footer.length).buffer), MARK];
}

function headerOf({ kind, encoding, values, pieces }: Page): Uint8Array {
  const octets = pieces.reduce((sum, { length }) => sum + length, 0);
  const header = new CompactWriter().i32(1, PAGES[kind]).i32(2, octets).i32(3, octets);
  if (kind === 'dictionary') return header.struct(7, (page) => page.i32(1, values).i32(2, ENCODINGS[encoding])).end();
  return header
    .struct(5, (page) => page.i32(1, values).i32(2, ENCODINGS[encoding]).i32(3, ENCODINGS.rle).i32(4, ENCODINGS.rle))
    .end();
}

function footerOf(chunks: readonly Chunk[], rows: number): Uint8Array {
  return new CompactWriter()
    .i32(1, 1)
    .structs(2, [undefined, ...chunks], (element, chunk) => {
      if (chunk === undefined) return void element.text(4, 'schema').i32(5, chunks.length);
      const { name, type, bits } = chunk.column;
      element.i32(1, TYPES[type]).i32(3, REQUIRED).text(4, name).i32(6, UNSIGNED[bits]);
    })
    .i64(3, rows)
    .structs(4, [chunks], (group) =>
      group
        .structs(1, chunks, (chunk, { column, from, dataFrom, octets }) =>
          chunk.i64(2, from).struct(3, (meta) => {
            const encodings = column.pages.map(({ encoding }) => ENCODINGS[encoding]);
            meta
              .i32(1, TYPES[column.type])
              .i32s(2, [...encodings, ENCODINGS.rle])
              .texts(3, [column.name]);
            meta.i32(4, UNCOMPRESSED).i64(5, rows).i64(6, octets).i64(7, octets).i64(9, dataFrom);
            if (column.pages.length > 1) meta.i64(11, from);
          }),
        )
        .i64(
          2,
          chunks.reduce((sum, { octets }) => sum + octets, 0),
        )
        .i64(3, rows),
    )
    .end();
}
