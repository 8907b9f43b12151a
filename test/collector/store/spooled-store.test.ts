import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import { spoolSchema } from '../../../collector/store/spool/config.ts';
import { segmentRows, type SegmentRows } from '../../../collector/store/spool/segment.ts';
import { NotStoredError } from '../../../collector/store/flow-store.ts';
import { Spool, type SegmentFile } from '../../../collector/store/spool/spool.ts';
import { StorageThread } from '../../../collector/store/storage-thread.ts';
import { SpooledStore } from '../../../collector/store/spooled-store.ts';
import { eventsOf, flowsOf } from '../../contract/rows.ts';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'flowlab-spool-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const config = spoolSchema.parse({ minFreeOctets: 0 });
const TSX = new URL('../../../node_modules/tsx/dist/loader.mjs', import.meta.url).href;
const moduleText = (path: string): string => JSON.stringify(new URL(`../../../${path}`, import.meta.url).href);
const rowsOf = (rows: number, seed = 1): SegmentRows => segmentRows('flows', flowsOf(rows, seed));
const writtenTo = (spool: Spool, rows: number, seed = 1): Promise<SegmentFile> => spool.write('flows', rowsOf(rows, seed), 0);
const namesIn = (spool: Spool): string[] => spool.segments.map(({ path }) => basename(path));

it('makes no directory but its own', async () => {
  const nowhere = join(directory, 'nowhere');
  await expect(SpooledStore.open(join(nowhere, 'flows.duckdb'), config)).rejects.toThrow(/No such file/);
  expect(existsSync(nowhere)).toBe(false);
});

it.each(['*', '**', '[a]', '[', '\\', '{a,b}', "'", '"', '%', '#', 'a=b', ' '])(
  'keeps, shows and stores whatever the path has, such as %s',
  async (sign) => {
    mkdirSync(join(directory, `a${sign}b`));
    const path = join(directory, `a${sign}b`, `c${sign}d.duckdb`);
    const store = await SpooledStore.open(path, config);
    await store.append(flowsOf(20, 1));
    expect(await store.query('SELECT count(*) AS "rows" FROM flows')).toEqual([{ rows: 20 }]);
    await store.close();
    const stored = await DuckDbStore.open(path);
    expect(await stored.query('SELECT count(*) AS "rows" FROM flows')).toEqual([{ rows: 20 }]);
    stored.close();
  },
);

it('refuses a path whose end DuckDB would not see', async () => {
  const refusal = 'its path has a "?", which DuckDB takes for the end of it: choose another';
  await expect(SpooledStore.open(join(directory, 'a?b.duckdb'), config)).rejects.toThrow(refusal);
  await expect(DuckDbStore.open(join(directory, 'a?b', 'c.duckdb'))).rejects.toThrow(refusal);
  expect(readdirSync(directory)).toEqual([]);
});

it('stores once what was kept before the program was killed', async () => {
  const path = join(directory, 'flows.duckdb');
  const first = await SpooledStore.open(path, config);
  await first.append(flowsOf(100, 1));
  await first.query('SELECT 1');
  await first.close();
  // A spool as a killed program leaves it: one segment the database has, one it does not, one damaged, and one behind it.
  const spool = new Spool(`${path}.spool`, config);
  await writtenTo(spool, 100);
  await writtenTo(spool, 30, 2);
  const damaged = await writtenTo(spool, 40, 2);
  truncateSync(damaged.path, 100);
  await writtenTo(spool, 5, 3);
  const again = await SpooledStore.open(path, config);
  expect(await again.query('SELECT count(*) AS "rows" FROM flows')).toEqual([{ rows: 135 }]);
  expect(again.damaged.segments).toBe(1);
  await again.close();
  expect(readdirSync(`${path}.spool`)).toEqual([`${basename(damaged.path)}.damaged`]);
  const stored = await DuckDbStore.open(path);
  const [ids] = await stored.query('SELECT count(DISTINCT id) AS ids, max(id) AS last FROM flows');
  expect(ids).toEqual({ ids: 135, last: 174 });
  stored.close();
});

it('stores what is alike in some segments and not in others as if it came in one piece', { timeout: 20_000 }, async () => {
  const batches = [1, 1, 2, 3, 3, 1].map((seed, nth) => {
    const batch = flowsOf(nth === 4 ? 2_048 : 5_000, seed);
    batch.exportTimeS.fill(1_700_000_000 + seed);
    batch.octetDeltaCount.fill(seed * 2 ** 40);
    if (nth % 2 === 0) batch.sourceIPv6.set(Array.from({ length: 4 * batch.capacity }, (_, word) => seed + (word % 4)));
    if (seed === 3) batch.destinationIPv6.fill(0);
    return batch;
  });
  const inOnePiece = await DuckDbStore.open(':memory:');
  const spooled = await SpooledStore.open(join(directory, 'flows.duckdb'), config);
  for (const batch of batches) for (const store of [inOnePiece, spooled]) await store.append(batch);
  const all = 'SELECT * FROM flows ORDER BY id';
  expect(await spooled.query(all)).toEqual(await inOnePiece.query(all));
  await spooled.close();
  inOnePiece.close();
});

it('keeps on when the spool is small: what is stored makes room', { timeout: 30_000 }, async () => {
  const path = join(directory, 'flows.duckdb');
  const store = await SpooledStore.open(path, { ...config, maxOctets: 1_048_576 });
  for (let seed = 0; seed < 20; seed++) {
    // Five of them are more than it may have.
    await expect.poll(() => readdirSync(`${path}.spool`).length, { timeout: 20_000 }).toBeLessThan(4);
    await store.append(flowsOf(1_000, seed));
  }
  expect(await store.query('SELECT count(*) AS "rows" FROM flows')).toEqual([{ rows: 20_000 }]);
  await store.close();
});

it('stores no longer than it may when it is closed, and leaves the rest to the next run', async () => {
  const path = join(directory, 'flows.duckdb');
  const first = await SpooledStore.open(path, { ...config, closeMs: 0 });
  await first.append(flowsOf(1_000, 1));
  await first.close();
  expect(first.waitingRows).toBe(1_000);
  expect(readdirSync(`${path}.spool`)).toHaveLength(1);
  const again = await SpooledStore.open(path, config);
  expect(again.waitingRows).toBe(1_000);
  expect(await again.query('SELECT count(*) AS "rows" FROM flows')).toEqual([{ rows: 1_000 }]);
  await again.close();
  expect(again.waitingRows).toBe(0);
  expect(existsSync(`${path}.spool`)).toBe(false);
});

it('keeps no memory for segments that are gone', async () => {
  const path = join(directory, 'flows.duckdb');
  const store = await SpooledStore.open(path, config);
  for (let seed = 0; seed < 20; seed++) {
    await store.append(flowsOf(10, seed));
    await store.query('SELECT sum(octets) FROM flows');
  }
  await expect.poll(() => readdirSync(`${path}.spool`), { timeout: 10_000 }).toEqual([]);
  const kept = "SELECT tag FROM duckdb_memory() WHERE memory_usage_bytes > 0 AND tag IN ('EXTERNAL_FILE_CACHE', 'OBJECT_CACHE')";
  expect(await store.query(kept)).toEqual([]);
  await store.close();
});

it('lets the database have so much memory', async () => {
  const store = await SpooledStore.open(join(directory, 'flows.duckdb'), config, { limits: { memoryOctets: 2 ** 28 } });
  expect(await store.query(`SELECT current_setting('memory_limit') AS "limit"`)).toEqual([{ limit: '256.0 MiB' }]);
  await store.close();
});

it('begins the database anew when it fails, and stores everything once', { timeout: 30_000 }, async () => {
  const path = join(directory, 'flows.duckdb');
  const store = await SpooledStore.open(path, config);
  await store.append(flowsOf(10, 1));
  await expect.poll(() => readdirSync(`${path}.spool`), { timeout: 10_000 }).toEqual([]);
  // What the next rows need is gone, as after a fault of the disk; it comes back before the second try is over.
  await store.query('ALTER TABLE flows RENAME TO hidden');
  await store.append(flowsOf(20, 2));
  await expect
    .poll(() => store.state, { timeout: 10_000 })
    .toMatchObject({ kind: 'full', reason: expect.stringMatching(/flows/) });
  await store.append(flowsOf(30, 3));
  await expect.poll(() => store.state.kind, { timeout: 20_000 }).toBe('storing');
  expect(await store.query('SELECT count(*) AS "rows" FROM flows')).toEqual([{ rows: 50 }]);
  expect(await store.query('SELECT count(*) AS "rows" FROM hidden')).toEqual([{ rows: 10 }]);
  await store.close();
});

it('ends while the database cannot be had, whenever it is closed, and leaves what is kept', { timeout: 60_000 }, () => {
  // A program of its own: it must come to its end by itself.
  const script = `
    import { writeFileSync } from 'node:fs';
    import { setTimeout as pause } from 'node:timers/promises';
    import { SpooledStore } from ${moduleText('collector/store/spooled-store.ts')};
    import { flowsOf } from ${moduleText('test/contract/rows.ts')};
    await Promise.all([0, 480, 520, 560, 600, 650, 700, 800].map(async (ms) => {
      const path = ${JSON.stringify(directory)} + '/' + ms + '.duckdb';
      const store = await SpooledStore.open(path, ${JSON.stringify(config)});
      await store.query('ALTER TABLE flows RENAME TO hidden');
      await store.append(flowsOf(20, 2));
      while (store.state.kind !== 'full') await pause(5);
      writeFileSync(path, 'no database');
      await pause(ms);
      await store.close();
    }));
    console.log('closed');`;
  writeFileSync(join(directory, 'ends.mts'), script);
  const output = execFileSync(process.execPath, ['--import', TSX, join(directory, 'ends.mts')], {
    encoding: 'utf8',
    timeout: 50_000,
  });
  expect(output).toBe('closed\n');
  expect(readdirSync(join(directory, '560.duckdb.spool'))).toHaveLength(1);
});

it('stores a segment once that is sent twice', async () => {
  const spool = new Spool(join(directory, 'spool'), config);
  const file = await writtenTo(spool, 25);
  const stored: number[] = [];
  const ignore = (): void => undefined;
  const listener = { stored: (number: number) => void stored.push(number), damaged: ignore, retention: ignore, ended: ignore };
  const task = { path: join(directory, 'flows.duckdb'), portionOctets: 1, mostOctets: 1 };
  const thread = await StorageThread.begin(task, listener);
  thread.send({ kind: 'segment', file, isOld: false });
  thread.send({ kind: 'segment', file, isOld: true });
  const ask = (): Promise<readonly object[]> =>
    thread.ask((ticket) => ({ kind: 'query', ticket, sql: 'SELECT count(*) AS "rows" FROM flows', parameters: {} }));
  expect(await ask()).toEqual([{ rows: 25 }]);
  await expect.poll(() => stored).toEqual([0]);
  thread.send({ kind: 'segment', file, isOld: true });
  expect(await ask()).toEqual([{ rows: 25 }]);
  await thread.end();
});

it('leaves everything where it is when it is only asked', async () => {
  const path = join(directory, 'flows.duckdb');
  (await DuckDbStore.open(path)).close();
  const spool = new Spool(`${path}.spool`, config);
  truncateSync((await writtenTo(spool, 10)).path, 50);
  await writtenTo(spool, 20);
  const store = await SpooledStore.open(path, config, { isOnlyAsked: true });
  expect(await store.query('SELECT count(*) AS "rows" FROM flows')).toEqual([{ rows: 20 }]);
  await store.close();
  expect(readdirSync(`${path}.spool`).sort()).toEqual(namesIn(spool));
});

it('is left alone by another program that is refused the database', async () => {
  const path = join(directory, 'flows.duckdb');
  const store = await SpooledStore.open(path, config);
  const intrude = (): string =>
    execFileSync(process.execPath, ['--import', TSX, '--input-type=module', '-e', script], { encoding: 'utf8', timeout: 20_000 });
  const script = `
    import { SpooledStore } from ${moduleText('collector/store/spooled-store.ts')};
    await SpooledStore.open(${JSON.stringify(path)}, ${JSON.stringify(config)}).catch(() => console.log('refused'));`;
  expect(intrude()).toBe('refused\n');
  await store.append(flowsOf(10, 1));
  await store.close();
});

it('stores no more once it is closed, and ends without a fault', async () => {
  const spool = new Spool(join(directory, 'spool'), config);
  const ignore = (): void => undefined;
  const ended: string[] = [];
  const listener = { stored: ignore, damaged: ignore, retention: ignore, ended: (why: string) => void ended.push(why) };
  const path = join(directory, 'flows.duckdb');
  const thread = await StorageThread.begin({ path, portionOctets: 1, mostOctets: 1 }, listener);
  for (const rows of [5_000, 5, 6]) thread.send({ kind: 'segment', file: await writtenTo(spool, rows), isOld: false });
  await thread.ask((ticket) => ({ kind: 'close', ticket, withinMs: 60_000 }));
  await expect.poll(() => ended, { timeout: 5_000 }).toEqual(['the storage thread has ended']);
  const store = await DuckDbStore.open(path);
  expect(await store.query('SELECT count(*) AS "rows" FROM flows')).toEqual([{ rows: 5_011 }]);
  store.close();
});

it('can be asked for what waits as for what is stored, and in the order of the ids', { timeout: 20_000 }, async () => {
  const home = join(directory, `it's [a] *strange* place`, 'protocol=6');
  mkdirSync(home, { recursive: true });
  const path = join(home, 'wh"at ever.duckdb');
  const inOnePiece = await DuckDbStore.open(':memory:');
  const store = await SpooledStore.open(path, config);
  const all = 'SELECT * FROM flows ORDER BY id';
  const answers: object[][] = [];
  for (let seed = 1; seed <= 12; seed++) {
    for (const each of [store, inOnePiece]) {
      await each.append(flowsOf(500 + seed, seed));
      await each.appendNatEvents(eventsOf(seed, seed));
    }
    answers.push(await store.query(all));
    expect(answers.at(-1)).toEqual(await inOnePiece.query(all));
    expect(await store.query('SELECT * FROM nat_events ORDER BY id')).toEqual(
      await inOnePiece.query('SELECT * FROM nat_events ORDER BY id'),
    );
    // Some of what waits is stored between the questions.
    if (seed % 4 === 0) await expect.poll(() => readdirSync(`${path}.spool`), { timeout: 10_000 }).toEqual([]);
  }
  expect(readdirSync(`${path}.spool`)).toEqual([]);
  await store.append(flowsOf(40, 13));
  const ids: number[] = [];
  await store.scan(['octetDeltaCount', 'sourceIPv6'], (rows) => ids.push(...rows.id.subarray(0, rows.length)));
  expect(ids).toEqual(Array.from({ length: ids.length }, (_, id) => id));
  expect(ids.length).toBe((answers.at(-1) as object[]).length + 40);
  await store.close();
  inOnePiece.close();
});

it('keeps what did not fit out of the count of what is safe', async () => {
  const path = join(directory, 'flows.duckdb');
  const store = await SpooledStore.open(path, { ...config, minFreeOctets: 2 ** 50 });
  await expect(store.append(flowsOf(10, 1))).rejects.toThrow(NotStoredError);
  expect(store.state).toMatchObject({ kind: 'full' });
  expect(await store.query('SELECT count(*) AS "rows" FROM flows')).toEqual([{ rows: 0 }]);
  await store.close();
});
