import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CollectedBatch } from '../../../collector/collecting/collected-batch.ts';
import { COLUMNS } from '../../../collector/store/columns.ts';
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
  COLUMNS.forEach(({ from, type }, column) => {
    const max = MAX[type] as number;
    for (let row = 0; row < rows; row++) batch[from][row] = row % 7 === 0 ? max : (seed * 31 + row * 17 + column * 1_009) % max;
  });
  return batch;
}

async function contentOf(store: DuckDbStore): Promise<Record<string, number[]>> {
  const content: Record<string, number[]> = { id: [] };
  for (const { from } of COLUMNS) content[from] = [];
  await store.scan((rows) => {
    content.id?.push(...rows.id.subarray(0, rows.length));
    for (const { from } of COLUMNS) content[from]?.push(...rows[from].subarray(0, rows.length));
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
        for (const { from } of COLUMNS) {
          expect(content[from]).toEqual(batches.flatMap((batch) => [...batch[from].subarray(0, batch.length)]));
        }
        store.close();
      }),
      { numRuns: 12 },
    );
  });

  it('has a column for each of a batch', () => {
    const columns = Object.entries(new CollectedBatch(1)).filter(([, value]) => ArrayBuffer.isView(value));
    expect(COLUMNS.map(({ from }) => from).sort()).toEqual(columns.map(([name]) => name).sort());
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
        store.close();
      }
      const store = await DuckDbStore.open(path);
      expect((await contentOf(store)).id).toEqual([0, 1, 2, 3, 4, 5]);
      store.close();
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
