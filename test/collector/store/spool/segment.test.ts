import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Column } from '../../../../collector/collecting/collected-rows.ts';
import { FLOWS, NAT_EVENTS, type StoredColumn } from '../../../../collector/store/columns.ts';
import { SegmentMaker, type SegmentKind, type SegmentRows } from '../../../../collector/store/spool/segment.ts';
import { deltaColumn } from '../../../../collector/store/parquet/parquet-file.ts';
import { eventsOf, flowsOf } from '../../../contract/rows.ts';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'flowlab-segment-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const COLUMNS: Readonly<Record<SegmentKind, readonly StoredColumn<never>[]>> = {
  flows: FLOWS.columns as unknown as StoredColumn<never>[],
  natEvents: NAT_EVENTS.columns as unknown as StoredColumn<never>[],
};

/** What a reader of Parquet that is not ours finds in a segment. */
async function readBack(octets: Uint8Array): Promise<Record<string, bigint[]>> {
  const path = join(directory, 'segment.parquet');
  writeFileSync(path, octets);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(`FROM read_parquet('${path}')`);
  const columns = Object.fromEntries(
    reader.columnNames().map((name, index) => [name, reader.getColumns()[index]?.map((value) => BigInt(value as number)) ?? []]),
  );
  connection.closeSync();
  instance.closeSync();
  return columns;
}

/** A column, in whatever columns of the file its values lie: 128 bits in two of 64, two of 16 in one of 32. */
function columnOf(read: Readonly<Record<string, bigint[]>>, name: string): bigint[] | undefined {
  const low = read[`${name}_low`];
  if (low !== undefined) return read[`${name}_high`]?.map((high, row) => (high << 64n) | (low[row] as bigint));
  const isUpper = (pair: string): boolean => pair.startsWith(`${name}_and_`);
  const pair = Object.keys(read).find((each) => isUpper(each) || each.endsWith(`_and_${name}`));
  if (pair === undefined) return read[name];
  return read[pair]?.map((both) => (isUpper(pair) ? both >> 16n : both & 0xffffn));
}

/** The value of a row, as a whole number. */
function valueOf(column: Column, type: string, row: number): bigint {
  if (type !== 'UHUGEINT') return BigInt(Math.min(Math.max(0, Math.trunc(column[row] as number)), Number.MAX_SAFE_INTEGER));
  return [0, 1, 2, 3].reduce((number, word) => (number << 32n) | BigInt(column[4 * row + word] as number), 0n);
}

it.each([
  ['flows', 1],
  ['flows', 2],
  ['flows', 7],
  ['flows', 1_001],
  ['natEvents', 1],
  ['natEvents', 1_000],
] as const)('a segment of %s gives back the %i rows it was made of', async (kind, rows) => {
  const batch = (kind === 'flows' ? flowsOf(rows, 3) : eventsOf(rows, 3)) as unknown as SegmentRows;
  (batch['exportTimeS'] as Column).fill(1_700_000_000, 0, rows);
  const maker = new SegmentMaker();
  // The second is made in the memory of the first.
  maker.make(kind, batch, 1);
  const read = await readBack(Buffer.concat(maker.make(kind, batch, 9_007_199_254_000_000)));
  const every = Array.from({ length: rows }, (_, row) => row);
  expect(read['first_id']).toEqual(every.map(() => 9_007_199_254_000_000n));
  for (const { name, type, from } of COLUMNS[kind]) {
    const expected = every.map((row) => valueOf(batch[from] as Column, type, row));
    expect(columnOf(read, name), name).toEqual(expected);
  }
});

it('a column that is the same in every row takes a few octets, whatever it is', () => {
  const batch = flowsOf(1_000, 1);
  for (const { from } of FLOWS.columns) batch[from].fill(7);
  const octets = Buffer.concat(new SegmentMaker().make('flows', batch as unknown as SegmentRows, 0)).length;
  expect(octets).toBeLessThan(10_000);
});

it('differences of 32 bits are signed and wrap around, as other readers of Parquet expect', () => {
  const [head] =
    deltaColumn({ name: 'n', type: 'int32', bits: 32 }, 0xffffffff, -0xffffffff, Uint8Array.of(0)).pages[0]?.pieces ?? [];
  // A block of 128 in one piece, two values, -1 and +1 as signs in the lowest bit have them, eight bits each.
  expect([...(head as Uint8Array)]).toEqual([0x80, 1, 1, 2, 1, 2, 8]);
});
