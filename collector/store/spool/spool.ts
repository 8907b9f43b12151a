import {
  closeSync,
  existsSync,
  fsync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statfsSync,
  statSync,
  writevSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { NotStoredError } from '../flow-store.ts';
import type { SpoolConfig } from './config.ts';

const SUFFIX = '.segment';
const UNFINISHED = '.unfinished';
/** How long one look at what the disk has left is good for. */
const FREE_LOOK_MS = 1_000;

/**
 * Numbered segments in a directory. A segment appears whole or not at all, and survives the end of the program at any moment.
 */
export class Spool {
  /** Octets of the segments that are there. */
  octets = 0;
  readonly #directory: string;
  readonly #config: SpoolConfig;
  readonly #sizes = new Map<number, number>();
  #next = 0;
  #synced: Promise<unknown> = Promise.resolve();
  #free = { octets: Infinity, atMs: -Infinity };

  /** Makes the directory when it is not there. Throws when it cannot be had. */
  constructor(directory: string, config: SpoolConfig) {
    this.#directory = directory;
    this.#config = config;
    // Not those above it: a mistyped path is not to become one.
    if (!existsSync(directory)) mkdirSync(directory);
    for (const name of readdirSync(directory)) {
      if (name.endsWith(UNFINISHED)) rmSync(join(directory, name));
      if (name.endsWith(SUFFIX)) this.#account(Number.parseInt(name, 10), statSync(join(directory, name)).size);
    }
    this.#next = Math.max(0, ...this.numbers.map((number) => number + 1));
  }

  /** Those that are there, oldest first. */
  get numbers(): number[] {
    return [...this.#sizes.keys()].sort((a, b) => a - b);
  }

  /** The database has the segments up to this one: they are not needed, and no later one may have their numbers. */
  beginAfter(last: number): void {
    this.removeUpTo(last);
    this.#next = Math.max(this.#next, last + 1);
  }

  removeUpTo(last: number): void {
    for (const number of this.numbers) if (number <= last) this.#remove(number);
  }

  /**
   * Writes a segment and resolves with its number when it is kept, after those before it. Rejects with a `NotStoredError` when it cannot be;
   * nothing of it stays then.
   */
  async write(pieces: readonly Uint8Array[], nowMs: number): Promise<number> {
    if (this.#config.sync === 'never') return this.#writeNow(pieces, nowMs);
    const number = this.#synced.then(async () => {
      const written = this.#writeNow(pieces, nowMs);
      for (const path of [this.pathOf(written), this.#directory]) await syncToDisk(path);
      return written;
    });
    this.#synced = number.catch(() => undefined);
    return number;
  }

  #writeNow(pieces: readonly Uint8Array[], nowMs: number): number {
    const octets = pieces.reduce((sum, { length }) => sum + length, 0);
    const number = this.#next;
    const path = this.pathOf(number);
    try {
      this.#checkRoom(octets, nowMs);
      writeWhole(path + UNFINISHED, pieces, octets);
      renameSync(path + UNFINISHED, path);
    } catch (error) {
      if (error instanceof NotStoredError) throw error;
      rmSync(path + UNFINISHED, { force: true });
      const why = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
      throw new NotStoredError(`nothing can be written into ${this.#directory}: ${why}`, { cause: error });
    }
    this.#next = number + 1;
    this.#account(number, octets);
    return number;
  }

  #remove(number: number): void {
    this.octets -= this.octetsOf(number);
    this.#sizes.delete(number);
    rmSync(this.pathOf(number), { force: true });
  }

  /** An empty directory is not left behind. */
  close(): void {
    if (readdirSync(this.#directory).length === 0) rmdirSync(this.#directory);
  }

  /** Puts a segment that cannot be read out of the way, for a person to look at. */
  setAside(number: number): void {
    const path = this.pathOf(number);
    if (existsSync(path)) renameSync(path, `${path}.damaged`);
    this.octets -= this.octetsOf(number);
    this.#sizes.delete(number);
  }

  #checkRoom(octets: number, nowMs: number): void {
    const { maxOctets, minFreeOctets } = this.#config;
    if (this.octets + octets > maxOctets)
      throw new NotStoredError(
        `${this.octets} octets wait in ${this.#directory} for the database, spool.maxOctets allows ${maxOctets}`,
      );
    if (nowMs - this.#free.atMs > FREE_LOOK_MS) {
      const { bavail, bsize } = statfsSync(this.#directory);
      this.#free = { octets: bavail * bsize, atMs: nowMs };
    }
    if (this.#free.octets - octets < minFreeOctets)
      throw new NotStoredError(
        `the disk of ${this.#directory} has ${this.#free.octets} octets left, spool.minFreeOctets keeps ${minFreeOctets} free`,
      );
    this.#free.octets -= octets;
  }

  /** Octets of a segment that is there. */
  octetsOf(number: number): number {
    return this.#sizes.get(number) ?? 0;
  }

  #account(number: number, octets: number): void {
    this.#sizes.set(number, octets);
    this.octets += octets;
  }

  /** Where a segment lies. */
  pathOf(number: number): string {
    return join(this.#directory, `${String(number).padStart(12, '0')}${SUFFIX}`);
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
async function syncToDisk(path: string): Promise<void> {
  const file = openSync(path, 'r');
  try {
    await promisify(fsync)(file);
  } finally {
    closeSync(file);
  }
}
