import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CollectedBatch } from '../../../../collector/collecting/collected-batch.ts';
import { DuckDbStore } from '../../../../collector/store/duckdb-store.ts';
import { retentionSchema, type RetentionConfig } from '../../../../collector/store/retention/config.ts';
import { maintain } from '../../../../collector/store/retention/retention.ts';

const HOUR_US = 3_600_000_000;
const DAY_US = 24 * HOUR_US;
/** 2026-03-02T00:00:00Z. */
const MIDNIGHT_US = 1_772_409_600_000_000;

interface Flow {
  readonly atUs: number;
  readonly source: number;
  readonly octets: number;
  readonly interval: number;
}

const flows = fc.array(
  fc.record({
    atUs: fc.integer({ min: 0, max: 5 * HOUR_US }).map((us) => MIDNIGHT_US + us),
    source: fc.integer({ min: 1, max: 3 }),
    octets: fc.oneof(fc.integer({ min: 0, max: 1_500 }), fc.constant(Number.MAX_SAFE_INTEGER)),
    interval: fc.constantFrom(0, 1, 100),
  }),
  { maxLength: 40 },
);

function batchOf(rows: readonly Flow[]): CollectedBatch {
  const batch = new CollectedBatch(Math.max(1, rows.length));
  for (const { atUs, source, octets, interval } of rows) {
    const row = batch.length++;
    batch.receivedAtUs[row] = atUs;
    batch.sourceAddress[row] = source;
    batch.octetDeltaCount[row] = octets;
    batch.packetDeltaCount[row] = 2;
    batch.samplingInterval[row] = interval;
  }
  return batch;
}

/** Octets, packets, flows and estimated octets by hour and source, worked out without SQL. */
function sumsOf(rows: readonly Flow[]): Record<string, bigint[]> {
  const sums: Record<string, bigint[]> = {};
  for (const { atUs, source, octets, interval } of rows) {
    const key = `${Math.floor(atUs / HOUR_US) * 3_600_000} ${source}`;
    const [o, p, f, e] = (sums[key] ??= [0n, 0n, 0n, 0n]) as [bigint, bigint, bigint, bigint];
    sums[key] = [o + BigInt(octets), p + 2n, f + 1n, e + BigInt(octets) * BigInt(Math.max(1, interval))];
  }
  return sums;
}

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'retention-'));
  path = join(directory, 'flows.duckdb');
});
afterEach(() => rmSync(directory, { recursive: true }));

const config = (settings: object = {}): RetentionConfig => ({
  ...retentionSchema.parse({ flows: '30d', natEvents: '30d', ...settings }),
  portionRows: 7,
});

/** Does all that is due, and closes the file. */
async function maintainAll(rows: readonly Flow[], nowUs: number, settings: object = {}): Promise<void> {
  const store = await DuckDbStore.open(path);
  await store.append(batchOf(rows));
  while (await store.maintain(config(settings), nowUs));
  store.close();
}

async function query(sql: string): Promise<Record<string, number | bigint>[]> {
  const store = await DuckDbStore.open(path);
  const rows = await store.query<Record<string, number | bigint>>(sql);
  store.close();
  return rows;
}

async function rolledUp(store?: DuckDbStore): Promise<Record<string, bigint[]>> {
  const rows: Record<string, number | bigint>[] = await (store?.query('FROM flows_hourly') ?? query('FROM flows_hourly'));
  const sums = rows.map((row) => [
    `${row['hour_ms']} ${row['source_ipv4']}`,
    ['octets', 'packets', 'flows', 'estimated_octets'].map((name) => BigInt(row[name] as number)),
  ]);
  expect(new Set(sums.map(([key]) => key)).size).toBe(sums.length);
  return Object.fromEntries(sums) as Record<string, bigint[]>;
}

const fresh = (): void => {
  for (const suffix of ['', '.wal']) rmSync(path + suffix, { force: true });
};

describe('the hourly sums', () => {
  it('are those of the flows of every hour that is over, late ones too, each once', async () => {
    await fc.assert(
      fc.asyncProperty(flows, flows, async (first, late) => {
        const store = await DuckDbStore.open(':memory:');
        const maintainTo = async (nowUs: number): Promise<void> => {
          while (await store.maintain(config(), nowUs));
        };
        const now = MIDNIGHT_US + 3.5 * HOUR_US;
        await store.append(batchOf(first));
        await maintainTo(now);
        // Up to the first of the hour that runs.
        const running = first.findIndex(({ atUs }) => Math.floor((atUs - MIDNIGHT_US) / HOUR_US) === 3);
        expect(await rolledUp(store)).toEqual(sumsOf(first.slice(0, running < 0 ? first.length : running)));
        await store.append(batchOf(late));
        for (let time = 0; time < 2; time++) {
          await maintainTo(now + 3 * HOUR_US);
          expect(await rolledUp(store)).toEqual(sumsOf([...first, ...late]));
        }
        store.close();
      }),
      { numRuns: 15 },
    );
  });

  it('stay exact when everything is deleted and the ids begin anew', async () => {
    const flow = { atUs: MIDNIGHT_US, source: 1, octets: 5, interval: 1 };
    await maintainAll([flow, flow], MIDNIGHT_US + 40 * DAY_US);
    expect(await query('FROM flows')).toEqual([]);
    const later = { ...flow, atUs: MIDNIGHT_US + 40 * DAY_US };
    await maintainAll([later], MIDNIGHT_US + 41 * DAY_US);
    expect(await rolledUp()).toEqual(sumsOf([flow, flow, later]));
  });

  it('are deleted when the hour is over for longer than they are kept, and not before', async () => {
    const flow = { atUs: MIDNIGHT_US, source: 1, octets: 5, interval: 1 };
    const ends = MIDNIGHT_US + HOUR_US + 10 * DAY_US;
    await maintainAll([flow], ends, { rollups: '10d' });
    expect(Object.keys(await rolledUp())).toHaveLength(1);
    await maintainAll([], ends + 1_000, { rollups: '10d' });
    expect(Object.keys(await rolledUp())).toHaveLength(0);
  });
});

describe('the flows', () => {
  it('are kept for ever unless somebody says how long', async () => {
    const { flows: kept, natEvents } = retentionSchema.parse({});
    expect([kept, natEvents]).toEqual([Infinity, Infinity]);
    const flow = { atUs: MIDNIGHT_US, source: 1, octets: 5, interval: 1 };
    await maintainAll([flow], MIDNIGHT_US + 10_000 * DAY_US, { flows: 'off' });
    expect(await query('FROM flows')).toHaveLength(1);
  });

  it('are deleted when they are too old, all of those and no other', async () => {
    await fc.assert(
      fc.asyncProperty(flows, async (rows) => {
        const store = await DuckDbStore.open(':memory:');
        await store.append(batchOf(rows));
        const now = MIDNIGHT_US + DAY_US + 2.5 * HOUR_US;
        while (await store.maintain(config({ flows: '1d' }), now));
        const left = (await store.query<{ t: number }>('SELECT received_at_us AS t FROM flows ORDER BY id')).map(({ t }) => t);
        store.close();
        expect(left).toEqual(rows.map(({ atUs }) => atUs).filter((atUs) => atUs >= now - DAY_US));
      }),
      { numRuns: 15 },
    );
  });

  it('are kept for ever when that is off', async () => {
    await maintainAll([{ atUs: 0, source: 1, octets: 5, interval: 1 }], MIDNIGHT_US, { flows: 'off' });
    expect(await query('FROM flows')).toHaveLength(1);
  });

  it('are not deleted before they are summed up, however old', async () => {
    const rows = Array.from({ length: 20 }, () => ({ atUs: MIDNIGHT_US, source: 1, octets: 5, interval: 1 }));
    const store = await DuckDbStore.open(path);
    await store.append(batchOf(rows));
    for (let step = 0; step < 3; step++) {
      await store.maintain(config({ flows: '1h' }), MIDNIGHT_US + DAY_US);
      expect(await store.query('FROM flows')).toHaveLength(20);
    }
    while (await store.maintain(config({ flows: '1h' }), MIDNIGHT_US + DAY_US));
    expect(await store.query('FROM flows')).toHaveLength(0);
    store.close();
  });
});

it('neither doubles nor loses anything when it fails at any statement', async () => {
  const rows = Array.from({ length: 8 }, (_, at) => ({
    atUs: MIDNIGHT_US + at,
    source: (at % 3) + 1,
    octets: at,
    interval: 10,
  }));
  const now = MIDNIGHT_US + DAY_US;
  const settings = config({ flows: '1h' });
  const statements = await runUntil(rows, settings, now, Infinity);
  expect(statements).toBeGreaterThan(15);
  for (let failing = 0; failing < statements; failing++) {
    expect(await runUntil(rows, settings, now, failing)).toBe(failing);
    const store = await DuckDbStore.open(path);
    const [kept] = await store.query<{ count: number }>('SELECT count(*) AS count FROM flows');
    const summedUp = Object.values(await rolledUp(store)).reduce((sum, [, , count]) => sum + Number(count), 0);
    expect(Number(kept?.count) + summedUp).toBeGreaterThanOrEqual(rows.length);
    while (await store.maintain(settings, now));
    expect(await rolledUp(store)).toEqual(sumsOf(rows));
    expect(await store.query('FROM flows')).toEqual([]);
    store.close();
  }
});

/** Maintains a new file until the statement of that number, which is not run; the file is closed in the middle then. Returns how many were run. */
async function runUntil(rows: readonly Flow[], settings: RetentionConfig, nowUs: number, failing: number): Promise<number> {
  fresh();
  const store = await DuckDbStore.open(path);
  await store.append(batchOf(rows));
  store.close();
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  let statements = 0;
  const begin = (): void => {
    if (statements === failing) throw new Error('broken');
    statements++;
  };
  const breaking = {
    run: async (sql: string) => (begin(), connection.run(sql)),
    runAndReadAll: async (sql: string) => (begin(), connection.runAndReadAll(sql)),
  } as unknown as DuckDBConnection;
  const all = async (): Promise<void> => {
    while (await maintain(breaking, settings, nowUs));
  };
  await (failing === Infinity ? all() : expect(all()).rejects.toThrow('broken'));
  connection.closeSync();
  instance.closeSync();
  return statements;
}
