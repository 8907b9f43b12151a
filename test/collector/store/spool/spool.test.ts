import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { spoolSchema } from '../../../../collector/store/spool/config.ts';
import { SegmentThread } from '../../../../collector/store/spool/segment-thread.ts';
import { SegmentWriter } from '../../../../collector/store/spool/segment-writer.ts';
import { segmentRows, type SegmentRows } from '../../../../collector/store/spool/segment.ts';
import { NotStoredError } from '../../../../collector/store/flow-store.ts';
import { isWhole, Spool, type SegmentFile } from '../../../../collector/store/spool/spool.ts';
import { eventsOf, flowsOf } from '../../../contract/rows.ts';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'flowlab-spool-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const config = spoolSchema.parse({ minFreeOctets: 0 });
const TSX = new URL('../../../../node_modules/tsx/dist/loader.mjs', import.meta.url).href;
const moduleText = (path: string): string => JSON.stringify(new URL(`../../../../${path}`, import.meta.url).href);
const rowsOf = (rows: number, seed = 1): SegmentRows => segmentRows('flows', flowsOf(rows, seed));
const NONE = { flows: 0, natEvents: 0 };
const writtenTo = (spool: Spool, rows: number, seed = 1): Promise<SegmentFile> => spool.write('flows', rowsOf(rows, seed), 0);
const namesIn = (spool: Spool): string[] => spool.segments.map(({ path }) => basename(path));

it('no octet of a segment can be changed or missing without being noticed', async () => {
  const segment = await writtenTo(new Spool(directory, config), 20);
  const octets = readFileSync(segment.path);
  expect(isWhole(segment)).toBe(true);
  for (let at = 0; at < octets.length; at += 97) {
    const changed = Buffer.from(octets);
    changed[at]! ^= 0x10;
    for (const wrong of [changed, octets.subarray(0, at)]) {
      writeFileSync(segment.path, wrong);
      expect(isWhole(segment), `octet ${at}`).toBe(false);
    }
  }
});

it('what was half written when a program ended is not there afterwards', async () => {
  const spool = new Spool(directory, config);
  spool.beginAfter(4, { flows: 100, natEvents: 0 });
  const { number, firstId } = await writtenTo(spool, 3);
  expect([number, firstId]).toEqual([5, 100]);
  writeFileSync(join(directory, '000000000006.flows.103+1.00000000.parquet.unfinished'), 'half');
  const again = new Spool(directory, config);
  expect(again.segments).toEqual(spool.segments);
  expect(readdirSync(directory)).toEqual(namesIn(spool));
  expect(await writtenTo(again, 1)).toMatchObject({ number: 6, firstId: 103 });
});

it('each kind of rows has ids of its own', async () => {
  const spool = new Spool(directory, config);
  await writtenTo(spool, 3);
  expect(await spool.write('natEvents', segmentRows('natEvents', eventsOf(5, 1)), 0)).toMatchObject({ number: 1, firstId: 0 });
  expect(await writtenTo(spool, 4)).toMatchObject({ number: 2, firstId: 3 });
});

it('begins with no spool it does not understand', () => {
  writeFileSync(join(directory, '000000000001.segment'), 'of another version');
  expect(() => new Spool(directory, config)).toThrow(
    /000000000001\.segment is no segment of this version of flowlab; move it away/,
  );
});

it('takes no more than it may, and takes on when there is room', async () => {
  const maxOctets = 1.5 * (await writtenTo(new Spool(directory, config), 500)).octets;
  const spool = new Spool(directory, { ...config, maxOctets });
  await expect(writtenTo(spool, 500)).rejects.toThrow(NotStoredError);
  expect(readdirSync(directory)).toHaveLength(1);
  spool.beginAfter(0, NONE);
  expect(await writtenTo(spool, 500)).toMatchObject({ number: 1, firstId: 500 });
});

it('leaves a part of the disk free', async () => {
  const spool = new Spool(directory, { ...config, minFreeOctets: 2 ** 50 });
  await expect(writtenTo(spool, 1)).rejects.toThrow(/keeps 1125899906842624 free/);
});

it('writes to the disk itself when it is told to, in order', async () => {
  const spool = new Spool(directory, { ...config, sync: 'always' });
  const segments = await Promise.all([1, 2, 3].map((rows) => writtenTo(spool, rows)));
  expect(segments.map(({ number, firstId }) => [number, firstId])).toEqual([
    [0, 0],
    [1, 1],
    [2, 3],
  ]);
  expect(segments.every(isWhole)).toBe(true);
});

it('has nothing of a segment the disk does not say is safe', async () => {
  const fail = (path: string): void => {
    if (path === directory) throw Object.assign(new Error('the disk is broken'), { code: 'EIO' });
  };
  const spool = new Spool(directory, { ...config, sync: 'always' }, () => new SegmentWriter(fail));
  await expect(writtenTo(spool, 3)).rejects.toThrow(/^nothing can be written into .*: EIO$/);
  expect(readdirSync(directory)).toEqual([]);
  expect(spool.segments).toEqual([]);
});

it('writes the same in a thread of its own, whose end costs one segment', async () => {
  const here = await writtenTo(new Spool(join(directory, 'here'), config), 500);
  const spool = new Spool(join(directory, 'there'), config, () => new SegmentThread());
  const there = await writtenTo(spool, 500);
  expect(readFileSync(there.path)).toEqual(readFileSync(here.path));
  expect({ ...there, path: basename(there.path) }).toEqual({ ...here, path: basename(here.path) });
  // What no thread can be given: it ends by it.
  await expect(spool.write('flows', { length: 3, capacity: 3 }, 0)).rejects.toThrow(/^nothing can be written into .*there: ./);
  expect(await writtenTo(spool, 2)).toMatchObject({ number: 1, firstId: 500 });
  await spool.close();
});

/** What a full disk does to a write, without a disk: the system refuses files longer than so many blocks. */
it.each([
  ['here', () => new SegmentWriter()],
  ['in a thread of its own', () => new SegmentThread()],
])('writes to its end what is being written when it is closed, %s', async (_, beginWriter) => {
  const spool = new Spool(directory, config, beginWriter);
  const written = [writtenTo(spool, 500, 1), writtenTo(spool, 400, 2), writtenTo(spool, 300, 3)];
  await spool.close();
  const files = await Promise.all(written);
  expect(readdirSync(directory)).toEqual(files.map(({ path }) => basename(path)));
});

it('a file that cannot be written to its end leaves nothing behind', () => {
  const script = `
    import { isWhole, Spool, type SegmentFile } from ${moduleText('collector/store/spool/spool.ts')};
    import { flowsOf } from ${moduleText('test/contract/rows.ts')};
    process.on('SIGXFSZ', () => undefined);
    const spool = new Spool(${JSON.stringify(join(directory, 'spool'))}, ${JSON.stringify(config)});
    await spool.write('flows', flowsOf(30_000, 1), 0).then(() => console.log('kept'), (error) => console.log(error.message));
    await spool.write('flows', flowsOf(10, 1), 0).then(({ number }) => console.log('then', number));`;
  writeFileSync(join(directory, 'full.mts'), script);
  const output = execFileSync('sh', ['-c', `ulimit -f 1024; exec node --import ${TSX} ${join(directory, 'full.mts')}`], {
    encoding: 'utf8',
  });
  expect(output).toMatch(/^nothing can be written into .*: EFBIG|^nothing can be written into .*: only \d+ of \d+ octets/);
  expect(output).toMatch(/then 0\n$/);
  expect(readdirSync(join(directory, 'spool'))).toHaveLength(1);
});
