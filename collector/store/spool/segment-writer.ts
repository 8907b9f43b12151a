import { closeSync, fsyncSync, openSync, renameSync, rmSync, writevSync } from 'node:fs';
import { join } from 'node:path';
import { checksumOf, nameOf } from './segment-name.ts';
import { SegmentMaker, type SegmentKind, type SegmentRows } from './segment.ts';
import type { SegmentFile } from './spool.ts';

export const UNFINISHED = '.unfinished';

/** A segment that is to be written. */
export interface SegmentTask {
  readonly directory: string;
  readonly kind: SegmentKind;
  readonly rows: SegmentRows;
  readonly number: number;
  readonly firstId: number;
  /** One of more octets is not written. */
  readonly mostOctets: number;
  /** Whether the disk itself is to say that it has it. */
  readonly isSynced: boolean;
}

/** What became of it; nothing of one that is not written stays. */
export type SegmentOutcome =
  | { readonly kind: 'written'; readonly file: SegmentFile }
  | { readonly kind: 'too-large'; readonly octets: number }
  | { readonly kind: 'failed'; readonly why: string };

/** Writes segments, here or in a thread of its own. */
export interface WritesSegments {
  /** One after the other. */
  write(task: SegmentTask): SegmentOutcome | Promise<SegmentOutcome>;
  close(): void | Promise<void>;
}

/** Writes segments so that each appears whole or not at all. */
export class SegmentWriter implements WritesSegments {
  readonly #maker = new SegmentMaker();
  readonly #sync: (path: string) => void;

  /** `sync` returns when the disk has what is in a file or directory, and throws when it has not. */
  constructor(sync = syncToDisk) {
    this.#sync = sync;
  }

  write({ directory, kind, rows, number, firstId, mostOctets, isSynced }: SegmentTask): SegmentOutcome {
    const pieces = this.#maker.make(kind, rows, firstId);
    const octets = pieces.reduce((sum, { length }) => sum + length, 0);
    if (octets > mostOctets) return { kind: 'too-large', octets };
    const name = { number, kind, firstId, rows: rows.length, checksum: checksumOf(kind, pieces) };
    const path = join(directory, nameOf(name));
    try {
      writeWhole(path + UNFINISHED, pieces, octets);
      renameSync(path + UNFINISHED, path);
      if (isSynced) for (const each of [path, directory]) this.#sync(each);
    } catch (error) {
      for (const each of [path + UNFINISHED, path]) rmSync(each, { force: true });
      return { kind: 'failed', why: (error as NodeJS.ErrnoException).code ?? (error as Error).message };
    }
    return { kind: 'written', file: { ...name, path, octets } };
  }

  close(): void {
    // Nothing is open between two segments.
  }
}

function writeWhole(path: string, pieces: readonly Uint8Array[], octets: number): void {
  const file = openSync(path, 'w');
  try {
    const written = writevSync(file, pieces);
    if (written < octets) throw new Error(`only ${written} of ${octets} octets could be written`);
  } finally {
    closeSync(file);
  }
}

/** A file's octets, or that a directory has the files it has. A segment that is there all the same when this fails is one too many at worst. */
export function syncToDisk(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
