import { exactNumber } from '../../../core/net/stored-address.ts';

/** A column of a block: `octets` are the values of all rows, one after the other. */
export interface NativeColumn {
  readonly name: string;
  readonly type: string;
  readonly octets: Uint8Array;
}

export interface NativeBlock {
  readonly rows: number;
  readonly columns: readonly NativeColumn[];
}

/** Octets of a value of each type that has always as many. */
const WIDTHS: Readonly<Record<string, number>> = {
  UInt8: 1,
  Int8: 1,
  Bool: 1,
  UInt16: 2,
  Int16: 2,
  Date: 2,
  UInt32: 4,
  Int32: 4,
  Float32: 4,
  DateTime: 4,
  UInt64: 8,
  Int64: 8,
  Float64: 8,
  UInt128: 16,
  Int128: 16,
};

/** The blocks of an answer in the format Native, each when its last octet is there. Throws an Error of one sentence for types it cannot read. */
export async function* nativeBlocks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<NativeBlock> {
  let buffer = new Uint8Array(65_536);
  let length = 0;
  for await (const chunk of chunks) {
    if (length + chunk.length > buffer.length) {
      const larger = new Uint8Array(2 * (length + chunk.length));
      larger.set(buffer.subarray(0, length));
      buffer = larger;
    }
    buffer.set(chunk, length);
    length += chunk.length;
    let begin = 0;
    for (let end = endOfBlock(buffer, begin, length); end !== undefined; end = endOfBlock(buffer, begin, length)) {
      yield readBlock(buffer.slice(begin, end));
      begin = end;
    }
    buffer.copyWithin(0, begin, length);
    length -= begin;
  }
  if (length > 0)
    throw new Error(`the answer ends in the middle: ${new TextDecoder().decode(buffer.subarray(0, Math.min(length, 200)))}`);
}

/** The rows of a block as objects: whole numbers below 2^53 as numbers, others as bigint, 16 octets as the number they are. */
export function rowsOf({ rows, columns }: NativeBlock): Record<string, unknown>[] {
  const values = columns.map((column) => valuesOf(column, rows));
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(columns.map(({ name }, index) => [name, values[index]?.[row]])),
  );
}

const readBlock = (octets: Uint8Array): NativeBlock => {
  const cursor = new Cursor(octets, 0, octets.length);
  const columns = cursor.varUint();
  const rows = cursor.varUint();
  return {
    rows,
    columns: Array.from({ length: columns }, () => {
      const [name, type] = [cursor.text(), cursor.text()];
      const begin = cursor.at;
      skipValues(cursor, type, rows);
      return { name, type, octets: octets.subarray(begin, cursor.at) };
    }),
  };
};

/** Where the block that begins at `begin` ends; `undefined` when not all of it is there. */
function endOfBlock(octets: Uint8Array, begin: number, length: number): number | undefined {
  const cursor = new Cursor(octets, begin, length);
  const columns = cursor.varUint();
  const rows = cursor.varUint();
  for (let column = 0; column < columns && !cursor.isBeyond; column++) {
    cursor.skip(cursor.varUint());
    const type = cursor.text();
    if (!cursor.isBeyond) skipValues(cursor, type, rows);
  }
  return cursor.isBeyond ? undefined : cursor.at;
}

function skipValues(cursor: Cursor, type: string, rows: number): void {
  const inner = nullable(type);
  if (inner !== undefined) cursor.skip(rows);
  const width = widthOf(inner ?? type);
  if (width !== undefined) cursor.skip(width * rows);
  else for (let row = 0; row < rows && !cursor.isBeyond; row++) cursor.skip(cursor.varUint());
}

const nullable = (type: string): string | undefined => /^Nullable\((.*)\)$/.exec(type)?.[1];

/** `undefined` for texts, which have lengths of their own. */
function widthOf(type: string): number | undefined {
  if (type === 'String') return undefined;
  const [, base = type, size] = /^(\w+)(?:\((.*)\))?$/.exec(type) ?? [];
  const width = base === 'FixedString' ? Number(size) : WIDTHS[base];
  if (width === undefined) throw new Error(`a column of type ${type} cannot be read here; ask for toString() of it`);
  return width;
}

/** Reads lengths and texts; beyond the end everything is 0 and `isBeyond` tells. */
class Cursor {
  at: number;
  readonly #octets: Uint8Array;
  readonly #end: number;

  constructor(octets: Uint8Array, at: number, end: number) {
    this.#octets = octets;
    this.at = at;
    this.#end = end;
  }

  get isBeyond(): boolean {
    return this.at > this.#end;
  }

  skip(octets: number): void {
    this.at += octets;
  }

  varUint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      if (this.at >= this.#end) {
        this.at = this.#end + 1;
        return 0;
      }
      const octet = this.#octets[this.at++] as number;
      value += (octet & 0x7f) * factor;
      if (octet < 0x80) return value;
    }
  }

  text(): string {
    const begin = this.at + 0;
    const length = this.varUint();
    const from = this.at;
    this.skip(length);
    return this.isBeyond || from < begin ? '' : decoder.decode(this.#octets.subarray(from, this.at));
  }
}

const decoder = new TextDecoder();

function valuesOf({ type, octets }: NativeColumn, rows: number): unknown[] {
  const inner = nullable(type);
  if (inner !== undefined) {
    const values = valuesOf({ name: '', type: inner, octets: octets.subarray(rows) }, rows);
    return values.map((value, row) => (octets[row] === 0 ? value : null));
  }
  const width = widthOf(type);
  if (width === undefined) {
    const cursor = new Cursor(octets, 0, octets.length);
    return Array.from({ length: rows }, () => cursor.text());
  }
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  return Array.from({ length: rows }, (_, row) => valueAt(view, width * row, type, width));
}

function valueAt(view: DataView, at: number, type: string, width: number): unknown {
  switch (type.replace(/\(.*/, '')) {
    case 'FixedString':
      return width === 16 ? bigEndian(view, at) : decoder.decode(new Uint8Array(view.buffer, view.byteOffset + at, width));
    case 'Float32':
      return view.getFloat32(at, true);
    case 'Float64':
      return view.getFloat64(at, true);
    case 'Bool':
      return view.getUint8(at) !== 0;
    case 'Date':
      return new Date(view.getUint16(at, true) * 86_400_000);
    case 'DateTime':
      return new Date(view.getUint32(at, true) * 1_000);
    default:
      return wholeNumber(view, at, width, type.startsWith('Int'));
  }
}

const bigEndian = (view: DataView, at: number): number | bigint =>
  exactNumber((view.getBigUint64(at) << 64n) | view.getBigUint64(at + 8));

function wholeNumber(view: DataView, at: number, width: number, isSigned: boolean): number | bigint {
  let value = 0n;
  for (let octet = width - 1; octet >= 0; octet--) value = (value << 8n) | BigInt(view.getUint8(at + octet));
  return exactNumber(isSigned ? BigInt.asIntN(8 * width, value) : value);
}
