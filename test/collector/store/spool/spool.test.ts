import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CollectedBatch } from '../../../../collector/collecting/collected-batch.ts';
import { DuckDbStore } from '../../../../collector/store/duckdb-store.ts';
import { spoolSchema } from '../../../../collector/store/spool/config.ts';
import { readSegment, SegmentError, segmentOf, type SegmentRows } from '../../../../collector/store/spool/segment.ts';
import { NotStoredError } from '../../../../collector/store/flow-store.ts';
import { Spool } from '../../../../collector/store/spool/spool.ts';
import { StorageThread } from '../../../../collector/store/storage-thread.ts';
import { SpooledStore } from '../../../../collector/store/spooled-store.ts';
import { flowsOf } from '../../../contract/rows.ts';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'flowlab-spool-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const config = spoolSchema.parse({ minFreeOctets: 0 });
const sample = (): SegmentRows => new CollectedBatch(1) as unknown as SegmentRows;
const TSX = new URL('../../../../node_modules/tsx/dist/loader.mjs', import.meta.url).href;
const moduleText = (path: string): string => JSON.stringify(new URL(`../../../../${path}`, import.meta.url).href);
const asRows = (batch: CollectedBatch): SegmentRows => batch as unknown as SegmentRows;
const octetsOf = (batch: CollectedBatch): Uint8Array => Uint8Array.from(Buffer.concat(segmentOf('flows', asRows(batch))));

it.each([0, 1, 2, 7, 1_000])('a segment gives back the %i rows it was made of', (rows) => {
  const batch = flowsOf(rows, 3);
  batch.exportTimeS.fill(1_700_000_000, 0, rows);
  const { kind, rows: read } = readSegment(octetsOf(batch), sample);
  expect([kind, read.length]).toEqual(['flows', rows]);
  for (const [name, column] of Object.entries(read)) {
    if (typeof column === 'number') continue;
    const all = (batch as unknown as Record<string, Uint32Array>)[name]!;
    const width = all.length / batch.capacity;
    const written = [...all.subarray(0, width * rows)];
    const isAlike = rows > 0 && written.every((value, at) => value === written[at % width]);
    expect([...column], name).toEqual(isAlike ? written.slice(0, width) : written);
  }
});

it('no octet of a segment can be changed or missing without being noticed', () => {
  const octets = octetsOf(flowsOf(20, 1));
  for (let at = 0; at < octets.length; at += 7) {
    const changed = octets.slice();
    changed[at]! ^= 0x10;
    expect(() => readSegment(changed, sample), `octet ${at}`).toThrow(SegmentError);
    expect(() => readSegment(octets.slice(0, at), sample), `${at} octets`).toThrow(SegmentError);
  }
});

it('what was half written when a program ended is not there afterwards', async () => {
  const spool = new Spool(directory, config);
  spool.beginAfter(4);
  expect(await spool.write([Uint8Array.of(1, 2, 3)], 0)).toBe(5);
  writeFileSync(join(directory, '000000000006.segment.unfinished'), 'half');
  const again = new Spool(directory, config);
  expect(again.numbers).toEqual([5]);
  expect(readdirSync(directory)).toEqual(['000000000005.segment']);
  expect(await again.write([Uint8Array.of(4)], 0)).toBe(6);
});

it('takes no more than it may, and takes on when there is room', async () => {
  const spool = new Spool(directory, { ...config, maxOctets: 10 });
  await spool.write([new Uint8Array(8)], 0);
  await expect(spool.write([new Uint8Array(3)], 0)).rejects.toThrow(NotStoredError);
  expect(readdirSync(directory)).toHaveLength(1);
  spool.beginAfter(0);
  expect(await spool.write([new Uint8Array(3)], 0)).toBe(1);
});

it('makes no directory but its own', async () => {
  const nowhere = join(directory, 'nowhere');
  await expect(SpooledStore.open(join(nowhere, 'flows.duckdb'), config)).rejects.toThrow(/ENOENT/);
  expect(existsSync(nowhere)).toBe(false);
});

it('leaves a part of the disk free', async () => {
  const spool = new Spool(directory, { ...config, minFreeOctets: 2 ** 50 });
  await expect(spool.write([new Uint8Array(1)], 0)).rejects.toThrow(/keeps 1125899906842624 free/);
});

it('stores once what was kept before the program was killed', async () => {
  const path = join(directory, 'flows.duckdb');
  const first = await SpooledStore.open(path, config);
  await first.append(flowsOf(100, 1));
  await first.query('SELECT 1');
  await first.close();
  // A spool as a killed program leaves it: one segment the database has, one it does not, one damaged.
  const spool = new Spool(`${path}.spool`, config);
  await spool.write(segmentOf('flows', asRows(flowsOf(100, 1))), 0);
  await spool.write(segmentOf('flows', asRows(flowsOf(30, 2))), 0);
  await spool.write(segmentOf('flows', asRows(flowsOf(40, 2))), 0);
  truncateSync(spool.pathOf(2), 100);
  const again = await SpooledStore.open(path, config);
  expect(await again.query('SELECT count(*) AS "rows" FROM flows')).toEqual([{ rows: 130 }]);
  expect(again.damaged.segments).toBe(1);
  await again.close();
  expect(readdirSync(`${path}.spool`)).toEqual(['000000000002.segment.damaged']);
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

it('keeps on when the spool is small, since the database does not wait until it is full', async () => {
  const store = await SpooledStore.open(join(directory, 'flows.duckdb'), { ...config, maxOctets: 1_048_576 });
  for (let seed = 0; seed < 20; seed++) {
    await store.append(flowsOf(1_000, seed));
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  expect(await store.query('SELECT count(*) AS "rows" FROM flows')).toEqual([{ rows: 20_000 }]);
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
  await store.query('SELECT 1');
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
  const number = await spool.write(segmentOf('flows', asRows(flowsOf(25, 1))), 0);
  const ignore = (): void => undefined;
  const listener = { stored: ignore, damaged: ignore, retention: ignore, ended: ignore };
  const thread = await StorageThread.begin({ path: join(directory, 'flows.duckdb'), portionOctets: 1 }, listener);
  const segment = { kind: 'segment', number, path: spool.pathOf(number), octets: spool.octetsOf(number) } as const;
  thread.send(segment);
  thread.send(segment);
  const ask = (): Promise<readonly object[]> =>
    thread.ask((ticket) => ({ kind: 'query', ticket, sql: 'SELECT count(*) AS "rows" FROM flows', parameters: {} }));
  expect(await ask()).toEqual([{ rows: 25 }]);
  thread.send(segment);
  expect(await ask()).toEqual([{ rows: 25 }]);
  await thread.end();
});

it('writes to the disk itself when it is told to, in order', async () => {
  const spool = new Spool(directory, { ...config, sync: 'always' });
  const numbers = await Promise.all([1, 2, 3].map((octet) => spool.write([Uint8Array.of(octet)], 0)));
  expect(numbers).toEqual([0, 1, 2]);
});

it('keeps what did not fit out of the count of what is safe', async () => {
  const path = join(directory, 'flows.duckdb');
  const store = await SpooledStore.open(path, { ...config, minFreeOctets: 2 ** 50 });
  await expect(store.append(flowsOf(10, 1))).rejects.toThrow(NotStoredError);
  expect(store.state).toMatchObject({ kind: 'full' });
  expect(await store.query('SELECT count(*) AS "rows" FROM flows')).toEqual([{ rows: 0 }]);
  await store.close();
});

/** What a full disk does to a write, without a disk: the system refuses files longer than so many blocks. */
it('a file that cannot be written to its end leaves nothing behind', () => {
  const script = `
    import { Spool } from ${moduleText('collector/store/spool/spool.ts')};
    process.on('SIGXFSZ', () => undefined);
    const spool = new Spool(${JSON.stringify(directory)}, ${JSON.stringify(config)});
    await spool.write([new Uint8Array(1 << 22)], 0).then(() => console.log('kept'), (error) => console.log(error.message));
    await spool.write([new Uint8Array(1 << 10)], 0).then((number) => console.log('then', number));`;
  writeFileSync(join(directory, 'full.mts'), script);
  const output = execFileSync('sh', ['-c', `ulimit -f 1024; exec node --import ${TSX} ${join(directory, 'full.mts')}`], {
    encoding: 'utf8',
  });
  expect(output).toMatch(/^nothing can be written into .*: EFBIG|^nothing can be written into .*: only \d+ of 4194304 octets/);
  expect(output).toMatch(/then 0\n$/);
  expect(readdirSync(directory).filter((name) => name.includes('segment'))).toHaveLength(1);
});
