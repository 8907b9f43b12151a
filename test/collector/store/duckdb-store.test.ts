import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CollectedBatch } from '../../../collector/collecting/collected-batch.ts';
import { NatEventBatch } from '../../../collector/collecting/nat-event-batch.ts';
import { FLOWS, NAT_EVENTS, type StoredColumn } from '../../../collector/store/columns.ts';
import { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import { retentionSchema } from '../../../collector/store/retention/config.ts';

/** The greatest value of each sort of column. */
const MAX: Readonly<Record<string, number>> = {
  UTINYINT: 255,
  USMALLINT: 65_535,
  UINTEGER: 0xffffffff,
  UBIGINT: Number.MAX_SAFE_INTEGER,
  // Of each word.
  UHUGEINT: 0xffffffff,
};

/** A batch whose columns hold values that depend on row and column. */
function batchOf(rows: number, seed: number): CollectedBatch {
  const batch = new CollectedBatch(rows + 3);
  batch.length = rows;
  FLOWS.columns.forEach(({ from, type }, column) => fill(batch[from], rows, seed, column, type));
  return batch;
}

function eventsOf(rows: number, seed: number): NatEventBatch {
  const batch = new NatEventBatch(rows + 3);
  batch.length = rows;
  NAT_EVENTS.columns.forEach(({ from, type }, column) => fill(batch[from], rows, seed, column, type));
  return batch;
}

/** How many places a row has. */
const widthOf = (type: string): number => (type === 'UHUGEINT' ? 4 : 1);

function fill(values: Record<number, number>, rows: number, seed: number, column: number, type: string): void {
  const max = MAX[type] as number;
  // Some batches have no IPv6 address, others have them in some columns only.
  if (type === 'UHUGEINT' && (seed + column) % 3 === 0) return;
  for (let index = 0; index < widthOf(type) * rows; index++)
    values[index] = index % 7 === 0 ? max : (seed * 31 + index * 17 + column * 1_009) % max;
}

type Column = Float64Array | Uint32Array | Uint16Array | Uint8Array;

/** What a column holds, as the database shows it. */
function numbersOf(values: Column, { type }: Pick<StoredColumn<unknown>, 'type'>, rows: number): (number | bigint)[] {
  if (type !== 'UHUGEINT') return [...values.subarray(0, rows)];
  return Array.from({ length: rows }, (_, row) => {
    const hex = [...values.subarray(4 * row, 4 * row + 4)].map((word) => word.toString(16).padStart(8, '0')).join('');
    const number = BigInt(`0x${hex}`);
    return number < 2n ** 53n ? Number(number) : number;
  });
}

async function contentOf(store: DuckDbStore): Promise<Record<string, number[]>> {
  const content: Record<string, number[]> = { id: [] };
  for (const { from } of FLOWS.columns) content[from] = [];
  const columns = FLOWS.columns.map(({ from }) => from);
  await store.scan(columns, (rows) => {
    content.id?.push(...rows.id.subarray(0, rows.length));
    for (const { from, type } of FLOWS.columns) content[from]?.push(...rows[from].subarray(0, widthOf(type) * rows.length));
  });
  return content;
}

describe('DuckDbStore', () => {
  it('reads a scan to its end whatever is asked meanwhile', async () => {
    const store = await DuckDbStore.open(':memory:');
    const rows = 100_000;
    await store.append(batchOf(rows, 1));
    const asked: Promise<{ n: number }[]>[] = [];
    let scanned = 0;
    await store.scan(['sourcePort'], ({ length }) => {
      scanned += length;
      asked.push(store.query<{ n: number }>('SELECT count(*) AS n FROM flows'));
    });
    expect(scanned).toBe(rows);
    expect(await Promise.all(asked)).toEqual(asked.map(() => [{ n: rows }]));
    store.close();
  });

  it('stores rows, labels and what retention does at the same time', async () => {
    const store = await DuckDbStore.open(':memory:');
    const label = {
      exporter: { ipv4: 0xc0000201, ipv6: undefined },
      observationDomainId: 7,
      kind: 'application',
      learntAtUs: 1,
    } as const;
    const rounds = 60;
    for (let round = 0; round < rounds; round++) {
      const [, , counted] = await Promise.all([
        store.appendLabels(Array.from({ length: 40 }, (_, id) => ({ ...label, id, name: `${round} ${id}` }))),
        store.maintain(retentionSchema.parse({ flows: '1h' }), 0),
        store.append(batchOf(100, round)).then(() => store.query<{ rows: number }>('SELECT count(*) AS rows FROM flows')),
      ]);
      expect(counted).toEqual([{ rows: 100 * (round + 1) }]);
    }
    expect(await store.query('SELECT count(*) AS labels FROM labels')).toEqual([{ labels: 40 * rounds }]);
    store.close();
  });

  it('gives back every column of every row, in order, with ids counted from 0', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 4 }), async (sizes) => {
        const store = await DuckDbStore.open(':memory:');
        const batches = sizes.map((size, index) => batchOf(size, index));
        for (const batch of batches) await store.append(batch);
        const content = await contentOf(store);
        const rows = sizes.reduce((sum, size) => sum + size, 0);
        expect(content.id).toEqual(Array.from({ length: rows }, (_, row) => row));
        for (const { from, type } of FLOWS.columns) {
          const expected = batches.flatMap((batch) => [...batch[from].subarray(0, widthOf(type) * batch.length)]);
          expect(content[from]).toEqual(expected);
        }
        store.close();
      }),
      { numRuns: 6 },
    );
  });

  it('scans in the order of the ids what is more than one thread reads, also of one exporter and of no columns', async () => {
    const store = await DuckDbStore.open(':memory:');
    const [mine, other] = [batchOf(40_000, 1), batchOf(1, 2)];
    mine.exporter.fill(1);
    mine.observationDomainId.fill(7);
    other.exporter.fill(2);
    for (let batch = 0; batch < 5; batch++) for (const each of [mine, other]) await store.append(each);
    const [all, ofMine]: [number[], number[]] = [[], []];
    await store.scan([], ({ id, length }) => all.push(...id.subarray(0, length)));
    await store.scan(['sourcePort'], ({ id, length }) => ofMine.push(...id.subarray(0, length)), {
      address: 1,
      observationDomainId: 7,
    });
    expect(all.length).toBe(200_005);
    expect(all.every((id, row) => id === row)).toBe(true);
    expect(ofMine.join()).toBe(all.filter((id) => id % 40_001 !== 40_000).join());
    store.close();
  });

  it('keeps NAT events in a table of their own, with ids of their own', async () => {
    const store = await DuckDbStore.open(':memory:');
    const batches = [eventsOf(2_500, 1), eventsOf(0, 2), eventsOf(9, 3)];
    await store.append(batchOf(3, 1));
    for (const batch of batches) await store.appendNatEvents(batch);
    const rows = await store.query<Record<string, number | bigint>>('SELECT * FROM nat_events ORDER BY id');
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 2_509 }, (_, row) => row));
    for (const column of NAT_EVENTS.columns) {
      const { name, from } = column;
      const expected = batches.flatMap((batch) => numbersOf(batch[from], column, batch.length));
      expect(rows.map((row) => row[name])).toEqual(expected);
    }
    expect((await contentOf(store)).id).toEqual([0, 1, 2]);
    store.close();
  });

  it('has a column for each of a batch', () => {
    const columnsOf = (batch: object): string[] =>
      Object.entries(batch).flatMap(([name, value]) => (ArrayBuffer.isView(value) ? [name] : []));
    expect(FLOWS.columns.map(({ from }) => from).sort()).toEqual(columnsOf(new CollectedBatch(1)).sort());
    expect(NAT_EVENTS.columns.map(({ from }) => from).sort()).toEqual(columnsOf(new NatEventBatch(1)).sort());
  });

  it('shows an address of either version as one number', async () => {
    const store = await DuckDbStore.open(':memory:');
    const batch = new CollectedBatch(3);
    batch.length = 3;
    batch.ipVersion.set([4, 6, 6]);
    batch.sourceAddress[0] = 0x0a000105;
    batch.sourceIPv6.set([0x20010db8, 0, 0, 0x105], 4);
    // ::10.0.1.5, which the number alone would not tell from the first.
    batch.sourceIPv6.set([0, 0, 0, 0x0a000105], 8);
    batch.postNatSourceAddress.set([0, 0xcb007102, 0]);
    batch.exporterIPv6.set([0, 0, 0, 1]);
    await store.append(batch);
    expect(
      await store.query('SELECT source_address, post_nat_source_address, exporter, ip_version FROM flows ORDER BY id'),
    ).toEqual([
      { source_address: 0x0a000105, post_nat_source_address: 0, exporter: 1, ip_version: 4 },
      { source_address: (0x20010db8n << 96n) | 0x105n, post_nat_source_address: 0xcb007102, exporter: 0, ip_version: 6 },
      { source_address: 0x0a000105, post_nat_source_address: 0, exporter: 0, ip_version: 6 },
    ]);
    const sql = 'SELECT id FROM flows WHERE source_address = $address::UHUGEINT ORDER BY id';
    expect(await store.query(sql, { address: 0x0a000105 })).toEqual([{ id: 0 }, { id: 2 }]);
    store.close();
  });

  it('answers SQL with plain numbers and named parameters', async () => {
    const store = await DuckDbStore.open(':memory:');
    await store.append(batchOf(10, 1));
    expect(
      await store.query('SELECT count(*) AS rows, max(octets) AS most, max(octets) + 1 AS beyond FROM flows WHERE id < $id', {
        id: 8,
      }),
    ).toEqual([{ rows: 8, most: Number.MAX_SAFE_INTEGER, beyond: 2n ** 53n }]);
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

  it('refuses a file of another version', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'flow-store-'));
    try {
      const path = join(directory, 'old.duckdb');
      const instance = await DuckDBInstance.create(path);
      await (await instance.connect()).run('CREATE TABLE flows (id UBIGINT NOT NULL, exporter UINTEGER NOT NULL)');
      instance.closeSync();
      await expect(DuckDbStore.open(path)).rejects.toThrow(
        'its table flows has the columns of another version of flowlab; collect into a new file',
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
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
