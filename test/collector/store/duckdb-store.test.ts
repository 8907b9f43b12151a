import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CollectedBatch } from '../../../collector/collecting/collected-batch.ts';
import { NatEventBatch } from '../../../collector/collecting/nat-event-batch.ts';
import { FLOW_COLUMNS, NAT_EVENT_COLUMNS } from '../../../collector/store/columns.ts';
import { DuckDbStore } from '../../../collector/store/duckdb-store.ts';

/** The greatest value of each sort of column. */
const MAX: Readonly<Record<string, number>> = {
  UTINYINT: 255,
  USMALLINT: 65_535,
  UINTEGER: 0xffffffff,
  UBIGINT: Number.MAX_SAFE_INTEGER,
};

/** A batch whose columns hold values that depend on row and column. */
function batchOf(rows: number, seed: number): CollectedBatch {
  const batch = new CollectedBatch(rows + 3);
  batch.length = rows;
  FLOW_COLUMNS.forEach(({ from, type }, column) => fill(batch[from], rows, seed, column, type));
  return batch;
}

function eventsOf(rows: number, seed: number): NatEventBatch {
  const batch = new NatEventBatch(rows + 3);
  batch.length = rows;
  NAT_EVENT_COLUMNS.forEach(({ from, type }, column) => fill(batch[from], rows, seed, column, type));
  return batch;
}

function fill(values: Record<number, number>, rows: number, seed: number, column: number, type: string): void {
  const max = MAX[type] as number;
  for (let row = 0; row < rows; row++) values[row] = row % 7 === 0 ? max : (seed * 31 + row * 17 + column * 1_009) % max;
}

async function contentOf(store: DuckDbStore): Promise<Record<string, number[]>> {
  const content: Record<string, number[]> = { id: [] };
  for (const { from } of FLOW_COLUMNS) content[from] = [];
  await store.scan((rows) => {
    content.id?.push(...rows.id.subarray(0, rows.length));
    for (const { from } of FLOW_COLUMNS) content[from]?.push(...rows[from].subarray(0, rows.length));
  });
  return content;
}

describe('DuckDbStore', () => {
  it('gives back every column of every row, in order, with ids counted from 0', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 4 }), async (sizes) => {
        const store = await DuckDbStore.open(':memory:');
        const batches = sizes.map((size, index) => batchOf(size, index));
        for (const batch of batches) await store.append(batch);
        const content = await contentOf(store);
        const rows = sizes.reduce((sum, size) => sum + size, 0);
        expect(content.id).toEqual(Array.from({ length: rows }, (_, row) => row));
        for (const { from } of FLOW_COLUMNS) {
          expect(content[from]).toEqual(batches.flatMap((batch) => [...batch[from].subarray(0, batch.length)]));
        }
        store.close();
      }),
      { numRuns: 12 },
    );
  });

  it('keeps NAT events in a table of their own, with ids of their own', async () => {
    const store = await DuckDbStore.open(':memory:');
    const batches = [eventsOf(2_500, 1), eventsOf(0, 2), eventsOf(9, 3)];
    await store.append(batchOf(3, 1));
    for (const batch of batches) await store.appendNatEvents(batch);
    const rows = await store.query<Record<string, number>>('SELECT * FROM nat_events ORDER BY id');
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 2_509 }, (_, row) => row));
    for (const { name, from } of NAT_EVENT_COLUMNS) {
      const expected = batches.flatMap((batch) => [...batch[from].subarray(0, batch.length)]);
      expect(rows.map((row) => row[name])).toEqual(expected);
    }
    expect((await contentOf(store)).id).toEqual([0, 1, 2]);
    store.close();
  });

  it('has a column for each of a batch', () => {
    const columnsOf = (batch: object): string[] =>
      Object.entries(batch).flatMap(([name, value]) => (ArrayBuffer.isView(value) ? [name] : []));
    expect(FLOW_COLUMNS.map(({ from }) => from).sort()).toEqual(columnsOf(new CollectedBatch(1)).sort());
    expect(NAT_EVENT_COLUMNS.map(({ from }) => from).sort()).toEqual(columnsOf(new NatEventBatch(1)).sort());
  });

  it('answers SQL with plain numbers and named parameters', async () => {
    const store = await DuckDbStore.open(':memory:');
    await store.append(batchOf(10, 1));
    expect(await store.query('SELECT count(*) AS rows, max(octets) AS most FROM flows WHERE id < $id', { id: 8 })).toEqual([
      { rows: 8, most: Number.MAX_SAFE_INTEGER },
    ]);
    store.close();
  });

  it('stores what cannot be exact as the greatest number that is', async () => {
    const store = await DuckDbStore.open(':memory:');
    const batch = new CollectedBatch(2);
    batch.length = 2;
    batch.octetDeltaCount.set([2 ** 64, 1.5]);
    await store.append(batch);
    expect((await contentOf(store)).octetDeltaCount).toEqual([Number.MAX_SAFE_INTEGER, 1]);
    store.close();
  });

  it('goes on after the rows a file holds already', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'flow-store-'));
    try {
      const path = join(directory, 'flows.duckdb');
      for (const seed of [1, 2]) {
        const store = await DuckDbStore.open(path);
        await store.append(batchOf(3, seed));
        await store.appendNatEvents(eventsOf(2, seed));
        store.close();
      }
      const store = await DuckDbStore.open(path);
      expect(await store.query('SELECT id FROM nat_events ORDER BY id')).toEqual([{ id: 0 }, { id: 1 }, { id: 2 }, { id: 3 }]);
      expect((await contentOf(store)).id).toEqual([0, 1, 2, 3, 4, 5]);
      store.close();
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
