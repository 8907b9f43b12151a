import type { Column } from '../../collecting/collected-rows.ts';
import type { StoredColumn, TableLayout } from '../columns.ts';
import { writeValues, writeWholeNumbers } from '../whole-numbers.ts';

/** What each sort of column is in ClickHouse, and its octets a row. Addresses of 128 bits lie as on the wire, so that `IPv6NumToString` shows them. */
export const CLICKHOUSE_TYPES: Readonly<
  Record<StoredColumn<unknown>['type'], { readonly name: string; readonly octets: number }>
> = {
  UTINYINT: { name: 'UInt8', octets: 1 },
  USMALLINT: { name: 'UInt16', octets: 2 },
  UINTEGER: { name: 'UInt32', octets: 4 },
  UBIGINT: { name: 'UInt64', octets: 8 },
  UHUGEINT: { name: 'FixedString(16)', octets: 16 },
};

/**
 * Rows `from` to `to` of a batch as one block of the format Native: how many columns and rows, then each column with name, type and
 * values, lowest octet first. `firstId` is the id of the first row, the others count on.
 */
export function nativeBlock<Batch>(
  { columns }: TableLayout<Batch>,
  batch: Batch,
  from: number,
  to: number,
  firstId: number,
): Uint8Array {
  const rows = to - from;
  const block = new BlockWriter(columns.length + 1, rows);
  writeWholeNumbers(wordsOf(block.column('id', 'UBIGINT')), rows, (row) => firstId + row);
  for (const { name, type, from: source } of columns) {
    const octets = block.column(name, type);
    const values = batch[source] as Column;
    if (type === 'UBIGINT') writeValues(wordsOf(octets), values, from, rows);
    else if (type === 'UHUGEINT') writeWords(octets, values.subarray(4 * from, 4 * to));
    else octets.set(octetsOf(values.subarray(from, to)));
  }
  return block.finish();
}

class BlockWriter {
  readonly #rows: number;
  readonly #parts: Uint8Array[];

  constructor(columns: number, rows: number) {
    this.#rows = rows;
    this.#parts = [Uint8Array.of(...varUint(columns), ...varUint(rows))];
  }

  /** The octets of one more column, all 0. */
  column(name: string, type: StoredColumn<unknown>['type']): Uint8Array {
    const { name: typeName, octets } = CLICKHOUSE_TYPES[type];
    const values = new Uint8Array(octets * this.#rows);
    this.#parts.push(Uint8Array.of(...text(name), ...text(typeName)), values);
    return values;
  }

  finish(): Uint8Array {
    const block = new Uint8Array(this.#parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of this.#parts) {
      block.set(part, at);
      at += part.length;
    }
    return block;
  }
}

const encoder = new TextEncoder();

const text = (value: string): number[] => {
  const octets = encoder.encode(value);
  return [...varUint(octets.length), ...octets];
};

/** LEB128. */
function varUint(value: number): number[] {
  const octets = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) octets.push((value % 0x80) | 0x80);
  return [...octets, value];
}

const octetsOf = ({ buffer, byteOffset, byteLength }: Column): Uint8Array => new Uint8Array(buffer, byteOffset, byteLength);

const wordsOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Uint32Array =>
  new Uint32Array(buffer, byteOffset, byteLength / 4);

function writeWords(octets: Uint8Array, words: Column): void {
  const view = new DataView(octets.buffer, octets.byteOffset);
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as number;
    if (word !== 0) view.setUint32(4 * index, word);
  }
}
