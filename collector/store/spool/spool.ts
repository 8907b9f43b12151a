import {
  closeSync,
  existsSync,
  fdatasync,
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
  #next: number;
  #free = { octets: Infinity, atMs: -Infinity };

  /** Makes the directory when it is not there; `next` is at least the number the next segment gets. Throws when it cannot be had. */
  constructor(directory: string, config: SpoolConfig, next: number) {
    this.#directory = directory;
    this.#config = config;
    mkdirSync(directory, { recursive: true });
    for (const name of readdirSync(directory)) {
      if (name.endsWith(UNFINISHED)) rmSync(join(directory, name));
      if (name.endsWith(SUFFIX)) this.#account(Number.parseInt(name, 10), statSync(join(directory, name)).size);
    }
    this.#next = Math.max(next, ...[...this.#sizes.keys()].map((number) => number + 1));
  }

  /** Those that are there, oldest first. */
  get numbers(): number[] {
    return [...this.#sizes.keys()].sort((a, b) => a - b);
  }

  /** Writes a segment and resolves with its number when it is kept. Rejects with a `NotStoredError` when there is no room; nothing of it stays then. */
  async write(pieces: readonly Uint8Array[], nowMs: number): Promise<number> {
    const octets = pieces.reduce((sum, { length }) => sum + length, 0);
    this.#checkRoom(octets, nowMs);
    const number = this.#next++;
    const path = this.pathOf(number);
    const file = this.#create(path + UNFINISHED, pieces, octets);
    try {
      if (this.#config.sync === 'always') await promisify(fdatasync)(file);
    } finally {
      closeSync(file);
    }
    renameSync(path + UNFINISHED, path);
    this.#account(number, octets);
    return number;
  }

  /** Nobody needs the segment any more. */
  remove(number: number): void {
    this.octets -= this.#sizes.get(number) ?? 0;
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
    this.octets -= this.#sizes.get(number) ?? 0;
    this.#sizes.delete(number);
  }

  #create(path: string, pieces: readonly Uint8Array[], octets: number): number {
    let file: number | undefined;
    try {
      file = openSync(path, 'w');
      const written = writevSync(file, pieces);
      if (written < octets) throw new Error(`only ${written} of ${octets} octets could be written`);
      return file;
    } catch (error) {
      if (file !== undefined) closeSync(file);
      rmSync(path, { force: true });
      throw new NotStoredError(
        `nothing can be written into ${this.#directory}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`,
        {
          cause: error,
        },
      );
    }
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

  #account(number: number, octets: number): void {
    this.#sizes.set(number, octets);
    this.octets += octets;
  }

  /** Where a segment lies. */
  pathOf(number: number): string {
    return join(this.#directory, `${String(number).padStart(12, '0')}${SUFFIX}`);
  }
}
