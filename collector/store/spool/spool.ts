import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { NotStoredError } from '../flow-store.ts';
import type { SpoolConfig } from './config.ts';
import { checksumOf, parseName, type SegmentName } from './segment-name.ts';
import { SegmentWriter, UNFINISHED, type WritesSegments } from './segment-writer.ts';
import type { SegmentKind, SegmentRows } from './segment.ts';

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
  readonly #writer: WritesSegments;
  readonly #nextIds: Record<SegmentKind, number> = { flows: 0, natEvents: 0 };
  #next = 0;
  #latest: Promise<unknown> = Promise.resolve();
  #free = { octets: Infinity, atMs: -Infinity };

  /** Makes the directory when it is not there. Throws when it cannot be had, or when there is something in it that is not of a spool. */
  constructor(directory: string, config: SpoolConfig, beginWriter: () => WritesSegments = () => new SegmentWriter()) {
    this.#directory = directory;
    this.#config = config;
    // Not those above it: a mistyped path is not to become one.
    if (!existsSync(directory)) mkdirSync(directory);
    for (const name of readdirSync(directory)) this.#find(name);
    this.#writer = beginWriter();
  }

  /** Those that are there, oldest first. */
  get segments(): SegmentFile[] {
    return [...this.#segments.values()].sort((a, b) => a.number - b.number);
  }

  /** The id of the next row of each kind. */
  get nextIds(): NextIds {
    return this.#nextIds;
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
   * nothing of it stays then. The rows must not change before.
   */
  write(kind: SegmentKind, rows: SegmentRows, nowMs: number): Promise<SegmentFile> {
    const segment = this.#latest.then(() => this.#write(kind, rows, nowMs));
    this.#latest = segment.catch(() => undefined);
    return segment;
  }

  async #write(kind: SegmentKind, rows: SegmentRows, nowMs: number): Promise<SegmentFile> {
    this.#lookAtDisk(nowMs);
    const { maxOctets, minFreeOctets, sync } = this.#config;
    const outcome = await this.#writer.write({
      directory: this.#directory,
      kind,
      rows,
      number: this.#next,
      firstId: this.#nextIds[kind],
      mostOctets: Math.min(maxOctets - this.octets, this.#free.octets - minFreeOctets),
      isSynced: sync === 'always',
    });
    if (outcome.kind === 'failed') throw new NotStoredError(`nothing can be written into ${this.#directory}: ${outcome.why}`);
    if (outcome.kind === 'too-large') throw new NotStoredError(this.#whyNoRoom(outcome.octets));
    this.#free.octets -= outcome.file.octets;
    this.#account(outcome.file);
    return outcome.file;
  }

  /** What is being written is written to its end. An empty directory is not left behind. */
  async close(): Promise<void> {
    await this.#latest;
    await this.#writer.close();
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

  #lookAtDisk(nowMs: number): void {
    if (nowMs - this.#free.atMs <= FREE_LOOK_MS) return;
    try {
      const { bavail, bsize } = statfsSync(this.#directory);
      this.#free = { octets: bavail * bsize, atMs: nowMs };
    } catch (error) {
      throw new NotStoredError(`nothing can be written into ${this.#directory}: ${(error as NodeJS.ErrnoException).code}`, {
        cause: error,
      });
    }
  }

  #whyNoRoom(octets: number): string {
    const { maxOctets, minFreeOctets } = this.#config;
    return this.octets + octets > maxOctets
      ? `${this.octets} octets wait in ${this.#directory} for the database, spool.maxOctets allows ${maxOctets}`
      : `the disk of ${this.#directory} has ${this.#free.octets} octets left, spool.minFreeOctets keeps ${minFreeOctets} free`;
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
