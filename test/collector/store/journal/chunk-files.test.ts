import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlockWriter } from '../../../../collector/store/journal/block.ts';
import { blocksOf, chunkPath, ChunkReader, chunksIn, type StoredBlock } from '../../../../collector/store/journal/chunk-files.ts';
import { ChunkWriter } from '../../../../collector/store/journal/chunk-writer.ts';
import { journalSchema } from '../../../../collector/store/journal/config.ts';

const config = journalSchema.parse({ minFreeOctets: 0 });

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'flowlab-chunks-'))));
afterEach(() => rmSync(directory, { recursive: true }));

/** A block of one datagram. */
function blockOf(number: number, payloadOctets: number): Uint8Array {
  const writer = new BlockWriter();
  writer.begin(new Uint8Array(payloadOctets + 128));
  writer.add(new Uint8Array(payloadOctets).fill(number + 1), '192.0.2.1:4739', number);
  return writer.finish(number).slice();
}

/** Writes blocks of these sizes behind those that are there. */
function write(sizes: readonly number[], chunkOctets?: number): Uint8Array[] {
  const writer = new ChunkWriter(directory, config, 0, chunkOctets);
  const blocks = sizes.map((octets, number) => blockOf(number, octets));
  for (const block of blocks) expect(writer.write(block, 0)).toBeDefined();
  writer.close();
  return blocks;
}

const stored = (): StoredBlock[] => chunksIn(directory).flatMap((chunk) => blocksOf(directory, chunk));

function readBack(places: readonly StoredBlock[]): (Uint8Array | undefined)[] {
  const reader = new ChunkReader(directory);
  const read = places.map((place) => reader.read(place)?.slice());
  reader.close();
  return read;
}

describe('files of blocks', () => {
  it('have every block that was written, in order, in files of so many octets', () => {
    const sizes = fc.array(fc.nat(400), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 2_000 }), (all, chunkOctets) => {
        rmSync(directory, { recursive: true });
        directory = mkdtempSync(join(tmpdir(), 'flowlab-chunks-'));
        const blocks = write(all, chunkOctets);
        const places = stored();
        expect(places.map(({ number, octets, datagrams }) => ({ number, octets, datagrams }))).toEqual(
          blocks.map(({ length }, number) => ({ number, octets: length, datagrams: 1 })),
        );
        expect(readBack(places)).toEqual(blocks);
        // A file is longer than it may be only with one block that is.
        for (const chunk of chunksIn(directory)) {
          const { length } = readFileSync(chunkPath(directory, chunk));
          expect(length <= chunkOctets || blocksOf(directory, chunk).length === 1).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('have the whole blocks before the octet at which they are cut off', () => {
    const blocks = write([3, 0, 100, 17]);
    const ends = blocks.map((_, at) => blocks.slice(0, at + 1).reduce((sum, { length }) => sum + length, 0));
    for (let octets = ends.at(-1) as number; octets >= 0; octets--) {
      truncateSync(chunkPath(directory, 0), octets);
      const whole = blocks.slice(0, ends.filter((end) => end <= octets).length);
      expect(readBack(stored()), `${octets} octets`).toEqual(whole);
    }
  });

  it('have the others when one in the middle is damaged, wherever that is', () => {
    const blocks = write([3, 50, 17]);
    const path = chunkPath(directory, 0);
    const whole = readFileSync(path);
    const [first, second, third] = blocks as [Uint8Array, Uint8Array, Uint8Array];
    for (let at = first.length; at < first.length + second.length; at++) {
      const changed = Uint8Array.from(whole);
      changed[at] = (changed[at] as number) ^ 0x10;
      writeFileSync(path, changed);
      expect(readBack(stored()), `octet ${at}`).toSatisfy((read: readonly unknown[]) =>
        [
          [first, undefined, third],
          [first, third],
        ].some((some) => isDeepStrictEqual(read, some)),
      );
    }
  });

  it('are not to be had when they are gone, and others are', () => {
    const blocks = write([3, 50, 17], 1);
    const places = stored();
    rmSync(chunkPath(directory, 1));
    expect(readBack(places)).toEqual([blocks[0], undefined, blocks[2]]);
    expect(chunksIn(directory)).toEqual([0, 2]);
  });
});

describe('limits of the files', () => {
  it('leave the disk as much as it is to keep, and say so in one sentence', () => {
    const writer = new ChunkWriter(directory, { ...config, minFreeOctets: 2 ** 50 }, 0);
    expect(writer.write(blockOf(0, 10), 0)).toBeUndefined();
    expect(writer.failure).toMatch(
      new RegExp(`^the disk of ${directory} has \\d+ octets left, journal\\.minFreeOctets keeps ${2 ** 50} free$`),
    );
    expect(chunksIn(directory)).toEqual([]);
  });

  it('hold while too much waits, until a look at the disk later than a second finds that less does', () => {
    const most = { ...config, maxOctets: 700_000 };
    const writer = new ChunkWriter(directory, most, 0, 524_288);
    const block = (number: number): Uint8Array => blockOf(number, 300_000);
    // Each has a file of its own; with three of them more than is allowed wait.
    for (let number = 0; number < 3; number++) expect(writer.write(block(number), 0), `block ${number}`).toBeDefined();
    expect(writer.failure).toBeUndefined();
    expect(writer.write(block(3), 1_001)).toBeUndefined();
    expect(writer.failure).toBe(`${3 * block(0).length} octets wait in ${directory}, journal.maxOctets allows 700000`);
    rmSync(chunkPath(directory, 0));
    expect(writer.write(block(3), 2_001)).toBeUndefined();
    expect(writer.write(block(3), 2_003)).toEqual({ chunk: 3, offset: 0 });
    expect(writer.failure).toBeUndefined();
    writer.close();
    expect(stored().map(({ number }) => number)).toEqual([1, 2, 3]);
  });

  it('are looked at again after an error, which is one sentence', () => {
    const gone = join(directory, 'gone');
    const writer = new ChunkWriter(gone, config, 0);
    expect(writer.write(blockOf(0, 1), 0)).toBeUndefined();
    expect(writer.failure).toBe(`nothing can be written into ${gone}: ENOENT`);
  });
});
