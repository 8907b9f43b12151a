import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BlockWriter } from '../../../../collector/store/journal/block.ts';
import { chunkPath } from '../../../../collector/store/journal/chunk-files.ts';
import { ChunkWriter } from '../../../../collector/store/journal/chunk-writer.ts';
import { journalSchema } from '../../../../collector/store/journal/config.ts';
import { Journal } from '../../../../collector/store/journal/journal.ts';
import { appendMark, readStart, writeStart, type Mark } from '../../../../collector/store/journal/start-file.ts';

const config = journalSchema.parse({ minFreeOctets: 0 });
const NO_ROWS = { flows: 0, natEvents: 0 };

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'flowlab-journal-'))));
afterEach(() => rmSync(directory, { recursive: true }));

function blockOf(number: number): Uint8Array {
  const writer = new BlockWriter();
  writer.begin(new Uint8Array(256));
  writer.add(Uint8Array.of(1, 2, 3), '192.0.2.1:4739', 1);
  return writer.finish(number);
}

/** Writes a block where a run that begins now would. */
function writeNext(): void {
  const { next } = new Journal(directory, NO_ROWS);
  const files = new ChunkWriter(directory, config, next.chunk);
  files.write(blockOf(next.block), 0);
  expect(files.failure).toBeUndefined();
  files.close();
}

const numbersLeft = (): number[] => new Journal(directory, NO_ROWS).leftOver.blocks.map(({ number }) => number);

it('goes on when the program was ended before the first block of a file was whole', () => {
  for (const octets of [0, 10, 30]) {
    writeNext();
    const { chunk } = new Journal(directory, NO_ROWS).next;
    writeFileSync(chunkPath(directory, chunk), blockOf(99).subarray(0, octets));
  }
  writeNext();
  expect(numbersLeft()).toEqual([0, 1, 2, 3]);
  rmSync(chunkPath(directory, 3));
  for (const chunk of [0, 1, 2]) truncateSync(chunkPath(directory, chunk), 5);
  writeNext();
  expect(numbersLeft()).toEqual([0]);
});

it('has a mark that was written behind one that is cut off', () => {
  const mark = (id: number): Mark => ({ kind: 'flows', id, block: 3, row: 1 });
  writeStart(directory, 0, { known: [], marks: [mark(1)] }, true);
  appendMark(directory, 0, mark(2), false);
  appendFileSync(chunkPath(directory, 0, 'start'), '{"kind":"flows","id":');
  appendMark(directory, 0, mark(3), true);
  expect(readStart(directory, 0)).toEqual({ known: [], marks: [mark(1), mark(2), mark(3)] });
});
