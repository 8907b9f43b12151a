import {
  closeSync,
  existsSync,
  fsync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
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
import { checksumOf, nameOf, parseName, type SegmentName } from './segment-name.ts';
import { SegmentMaker, type SegmentKind, type SegmentRows } from './segment.ts';

const UNFINISHED = '.unfinished';
const DAMAGED = '.damaged';
/** How long one look at what the disk has left is good for. */
const FREE_LOOK_MS = 1_000;

/** A segment of the spool, what its name says and where it lies. */
export interface SegmentFile extends SegmentName {
  readonly path: string;
  readonly octets: number;
}

/** The id of the next row of each kind. */
export type NextIds = Readonly<Record<SegmentKind, number>>;

/** Whether the octets are those that were written, as far as a checksum can tell. */
export const isWhole = ({ kind, checksum, path }: SegmentFile): boolean => checksumOf(kind, [readFileSync(path)]) === checksum;

/**
 * Numbered segments in a directory. A segment appears whole or not at all, and survives the end of the program at any moment.
 */
export class Spool {
  /** Octets of the segments that are there. */
  octets = 0;
  readonly #directory: string;
  readonly #config: SpoolConfig;
  readonly #segments = new Map<number, SegmentFile>();
  readonly #maker = new SegmentMaker();
  readonly #nextIds: Record<SegmentKind, number> = { flows: 0, natEvents: 0 };
  #next = 0;
  #synced: Promise<unknown> = Promise.resolve();
  #free = { octets: Infinity, atMs: -Infinity };

  /** Makes the directory when it is not there. Throws when it cannot be had, or when there is something in it that is not of a spool. */
  constructor(directory: string, config: SpoolConfig) {
    this.#directory = directory;
    this.#config = config;
    // Not those above it: a mistyped path is not to become one.
    if (!existsSync(directory)) mkdirSync(directory);
    for (const name of readdirSync(directory)) this.#find(name);
  }

  /** Those that are there, oldest first. */
  get segments(): SegmentFile[] {
    return [...this.#segments.values()].sort((a, b) => a.number - b.number);
  }

  /** The database has the segments up to this one: they are not needed, and no later one may have their numbers, nor its rows the ids of others. */
  beginAfter(last: number, nextIds: NextIds): void {
    this.removeUpTo(last);
    this.#next = Math.max(this.#next, last + 1);
    for (const kind of ['flows', 'natEvents'] as const) this.#nextIds[kind] = Math.max(this.#nextIds[kind], nextIds[kind]);
  }

  removeUpTo(last: number): void {
    for (const segment of this.segments) {
      if (segment.number > last) return;
      this.#forget(segment);
      rmSync(segment.path, { force: true });
    }
  }

  /**
   * Writes rows as a segment and resolves with it when it is kept, after those before it. Rejects with a `NotStoredError` when it cannot be;
   * nothing of it stays then.
   */
  async write(kind: SegmentKind, rows: SegmentRows, nowMs: number): Promise<SegmentFile> {
    if (this.#config.sync === 'never') return this.#writeNow(kind, rows, nowMs);
    const segment = this.#synced.then(async () => {
      const written = this.#writeNow(kind, rows, nowMs);
      try {
        for (const path of [written.path, this.#directory]) await syncToDisk(path);
      } catch (error) {
        this.#forget(written);
        rmSync(written.path, { force: true });
        throw this.#notWritten(error);
      }
      return written;
    });
    this.#synced = segment.catch(() => undefined);
    return segment;
  }

  #writeNow(kind: SegmentKind, rows: SegmentRows, nowMs: number): SegmentFile {
    const firstId = this.#nextIds[kind];
    const pieces = this.#maker.make(kind, rows, firstId);
    const octets = pieces.reduce((sum, { length }) => sum + length, 0);
    const name = { number: this.#next, kind, firstId, rows: rows.length, checksum: checksumOf(kind, pieces) };
    const segment = { ...name, path: join(this.#directory, nameOf(name)), octets };
    const unfinished = segment.path + UNFINISHED;
    try {
      this.#checkRoom(octets, nowMs);
      writeWhole(unfinished, pieces, octets);
      renameSync(unfinished, segment.path);
    } catch (error) {
      if (error instanceof NotStoredError) throw error;
      rmSync(unfinished, { force: true });
      throw this.#notWritten(error);
    }
    this.#account(segment);
    return segment;
  }

  #notWritten(error: unknown): NotStoredError {
    const why = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    return new NotStoredError(`nothing can be written into ${this.#directory}: ${why}`, { cause: error });
  }

  /** An empty directory is not left behind. */
  close(): void {
    if (readdirSync(this.#directory).length === 0) rmdirSync(this.#directory);
  }

  /** Puts a segment that cannot be read out of the way, for a person to look at. */
  setAside(number: number): void {
    const segment = this.#segments.get(number);
    if (segment === undefined) return;
    this.#forget(segment);
    if (existsSync(segment.path)) renameSync(segment.path, segment.path + DAMAGED);
  }

  #find(name: string): void {
    const path = join(this.#directory, name);
    if (name.endsWith(UNFINISHED)) return rmSync(path);
    if (name.endsWith(DAMAGED)) return;
    const parsed = parseName(name);
    if (parsed === undefined) throw new Error(`${path} is no segment of this version of flowlab; move it away`);
    this.#account({ ...parsed, path, octets: statSync(path).size });
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

  #account(segment: SegmentFile): void {
    const { number, kind, firstId, rows, octets } = segment;
    this.#segments.set(number, segment);
    this.octets += octets;
    this.#next = Math.max(this.#next, number + 1);
    this.#nextIds[kind] = Math.max(this.#nextIds[kind], firstId + rows);
  }

  #forget({ number, octets }: SegmentFile): void {
    this.#segments.delete(number);
    this.octets -= octets;
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
