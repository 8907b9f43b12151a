import { CollectedBatch } from '../../collector/collecting/collected-batch.ts';
import type { CollectedRows, Column } from '../../collector/collecting/collected-rows.ts';
import { NatEventBatch } from '../../collector/collecting/nat-event-batch.ts';
import { FLOWS, NAT_EVENTS, type StoredColumn } from '../../collector/store/columns.ts';

/** The greatest value of each sort of column; of each word of an address. */
const MAX: Readonly<Record<StoredColumn<unknown>['type'], number>> = {
  UTINYINT: 255,
  USMALLINT: 65_535,
  UINTEGER: 0xffffffff,
  UBIGINT: Number.MAX_SAFE_INTEGER,
  UHUGEINT: 0xffffffff,
};

/** 2026-03-02T23:59:58Z, so that a batch of some thousand rows has two days in it. */
const BEFORE_MIDNIGHT_US = 1_772_495_998_000_000;

type Typed = Pick<StoredColumn<unknown>, 'type'>;

/** How many places a row has. */
export const widthOf = ({ type }: Typed): number => (type === 'UHUGEINT' ? 4 : 1);

/** Flow Records whose columns hold values that depend on row, column and seed; the batch has more room than rows. */
export const flowsOf = (rows: number, seed: number): CollectedBatch =>
  filled(new CollectedBatch(rows + 3), FLOWS.columns, rows, seed);

/** The same of NAT events. */
export const eventsOf = (rows: number, seed: number): NatEventBatch =>
  filled(new NatEventBatch(rows + 3), NAT_EVENTS.columns, rows, seed);

function filled<Batch extends CollectedRows>(
  batch: Batch,
  columns: readonly StoredColumn<Batch>[],
  rows: number,
  seed: number,
): Batch {
  batch.length = rows;
  columns.forEach((column, index) => fill(batch[column.from] as Column, column, rows, seed + 31 * index));
  receive(batch.receivedAtUs, rows);
  return batch;
}

/** What a column holds, as the store shows it. */
export function numbersOf(values: Column, column: Typed, rows: number): (number | bigint)[] {
  if (column.type !== 'UHUGEINT') return [...values.subarray(0, rows)];
  return Array.from({ length: rows }, (_, row) => {
    const hex = [...values.subarray(4 * row, 4 * row + 4)].map((word) => word.toString(16).padStart(8, '0')).join('');
    const number = BigInt(`0x${hex}`);
    return number < 2n ** 53n ? Number(number) : number;
  });
}

function fill(values: Column, column: Typed, rows: number, seed: number): void {
  const max = MAX[column.type];
  // Some batches have no IPv6 address, others have them in some columns only.
  if (column.type === 'UHUGEINT' && seed % 3 === 0) return;
  for (let index = 0; index < widthOf(column) * rows; index++)
    values[index] = index % 7 === 0 ? max : (seed * 1_009 + index * 17) % max;
}

/** Times of a collector's clock: a millisecond from row to row. */
function receive(receivedAtUs: Float64Array, rows: number): void {
  for (let row = 0; row < rows; row++) receivedAtUs[row] = BEFORE_MIDNIGHT_US + 1_000 * row;
}
