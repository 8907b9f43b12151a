import type { DuckDBVector } from '@duckdb/node-api';
import { endianness } from 'node:os';
import type { Column } from '../collecting/collected-rows.ts';
import type { StoredColumn } from './columns.ts';
import { wholeNumber, writeWholeNumbers } from './whole-numbers.ts';

/** Numbers of several words lie in DuckDB's vectors as in the machine's memory. */
const IS_LITTLE_ENDIAN = endianness() === 'LE';

/** The memory behind a vector, which the library does not speak of: `items` of whole numbers, `dataView` of those of 128 bits. */
interface Memory {
  readonly items?: Uint8Array | Uint16Array | Uint32Array | BigUint64Array;
  readonly dataView?: DataView;
}

/**
 * Writes rows `from` to `from + count` of a column into a vector of so many rows. Straight into its memory where that is as it is known to be,
 * else value by value, which takes four times as long.
 */
export function fillVector(
  vector: DuckDBVector,
  type: StoredColumn<unknown>['type'],
  values: Column,
  from: number,
  count: number,
): void {
  const { items, dataView } = vector as unknown as Memory;
  if (type === 'UHUGEINT') {
    if (IS_LITTLE_ENDIAN && dataView?.byteLength === 16 * count) fillAddresses(wordsOf(dataView), values, from, count);
    else for (let row = 0; row < count; row++) vector.setItem(row, numberOfWords(values, 4 * (from + row)));
  } else if (type === 'UBIGINT') {
    fillWhole(vector, count, (row) => wholeNumber(values[from + row] as number));
  } else if (items !== undefined && !(items instanceof BigUint64Array) && items.length === count) {
    items.set(values.subarray(from, from + count));
  } else {
    for (let row = 0; row < count; row++) vector.setItem(row, values[from + row] as number);
  }
  vector.flush();
}

/** Writes `first`, `first + 1`, ... into a vector of UBIGINT. */
export function fillCounting(vector: DuckDBVector, first: number, count: number): void {
  fillWhole(vector, count, (row) => first + row);
  vector.flush();
}

function fillWhole(vector: DuckDBVector, count: number, valueOf: (row: number) => number): void {
  const { items } = vector as unknown as Memory;
  if (IS_LITTLE_ENDIAN && items instanceof BigUint64Array && items.length === count)
    writeWholeNumbers(wordsOf(items), count, valueOf);
  else for (let row = 0; row < count; row++) vector.setItem(row, BigInt(valueOf(row)));
}

const wordsOf = ({ buffer, byteOffset, byteLength }: DataView | BigUint64Array): Uint32Array =>
  new Uint32Array(buffer, byteOffset, byteLength / 4);

/** The words of an address go from the highest to the lowest, those of a number in memory the other way. */
function fillAddresses(words: Uint32Array, values: Column, from: number, count: number): void {
  for (let row = 0; row < count; row++) {
    const at = 4 * (from + row);
    words[4 * row] = values[at + 3] as number;
    words[4 * row + 1] = values[at + 2] as number;
    words[4 * row + 2] = values[at + 1] as number;
    words[4 * row + 3] = values[at] as number;
  }
}

function numberOfWords(words: Column, at: number): bigint {
  let number = 0n;
  for (let word = 0; word < 4; word++) number = (number << 32n) | BigInt(words[at + word] as number);
  return number;
}
