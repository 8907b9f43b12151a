import { mkdir, open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { NotStoredError } from '../flow-store.ts';

/** What is told of a block beside its octets. */
export interface BlockFacts {
  readonly rows: number;
  readonly firstId: number;
  /** Days since 1970 of all its rows. */
  readonly day: number;
}

/** Blocks of one day, one after the other, that are inserted together. */
export interface BlockGroup extends BlockFacts {
  readonly blocks: readonly Uint8Array[];
}

export interface SpoolLimits {
  readonly segmentOctets: number;
  readonly maxSpoolOctets: number;
}

interface Segment {
  readonly path: string;
  readonly file: FileHandle;
  length: number;
}

/** Octets before each block: mark, CRC-32 of what follows it, octets of the block, rows, day, first id. */
const HEADER_OCTETS = 32;
const MARK = 0x464c5350;

/**
 * The blocks of one table that the server has not stored yet, in order, in files of a directory: `<first id>.blocks`. What `keep`
 * promised survives the end of the program at any moment; a block of which only a part was written is none.
 */
export class BlockSpool {
  /** The id after the last block; `undefined` when there has never been one. */
  nextId: number | undefined;
  waitingRows = 0;
  waitingOctets = 0;
  readonly #directory: string;
  readonly #limits: SpoolLimits;
  readonly #segments: Segment[] = [];
  /** Where in the first segment what waits begins, and where what the last `next` gave ends. */
  #begin = 0;
  #end: { segment: number; at: number } = { segment: 0, at: 0 };
  #written: Promise<void> = Promise.resolve();

  private constructor(directory: string, limits: SpoolLimits) {
    this.#directory = directory;
    this.#limits = limits;
  }

  /** Rejects when the directory cannot be made or read. */
  static async open(directory: string, limits: SpoolLimits): Promise<BlockSpool> {
    await mkdir(directory, { recursive: true });
    const spool = new BlockSpool(directory, limits);
    for (const name of (await readdir(directory)).filter((each) => each.endsWith('.blocks')).sort()) {
      await spool.#takeUp(join(directory, name), Number.parseInt(name, 10));
    }
    return spool;
  }

  /** The next block has this id: a spool that was used knows it without the server. */
  async begin(nextId: number): Promise<void> {
    if (nextId === this.nextId) return;
    await this.#newSegment(nextId);
    this.nextId = nextId;
  }

  /** Appends a block. Rejects with an Error of one sentence when there is no room; nothing of it is kept then. */
  keep(block: Uint8Array, facts: BlockFacts): Promise<void> {
    const kept = this.#written
      .then(() => this.#append(block, facts))
      .catch((error: unknown) => {
        if (error instanceof NotStoredError) throw error;
        const why = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
        throw new NotStoredError(`nothing can be written into ${this.#directory}: ${why}`, { cause: error });
      });
    this.#written = kept.catch(() => undefined);
    return kept;
  }

  /** The oldest blocks that belong together, at most so many rows if there are several; `undefined` when nothing waits. */
  async next(maxRows: number): Promise<BlockGroup | undefined> {
    const blocks: Uint8Array[] = [];
    let first: BlockFacts | undefined;
    let rows = 0;
    this.#end = { segment: 0, at: this.#begin };
    for (;;) {
      const segment = this.#segments[this.#end.segment];
      if (segment === undefined) break;
      const found = this.#end.at < segment.length ? await readHeader(segment, this.#end.at) : undefined;
      if (found === undefined) {
        if (this.#end.segment + 1 >= this.#segments.length) break;
        this.#end = { segment: this.#end.segment + 1, at: 0 };
        continue;
      }
      if (first !== undefined && (found.day !== first.day || rows + found.rows > maxRows)) break;
      const block = await readBlock(segment, this.#end.at, found);
      // Only a disk that forgets makes such a block: what follows in its file cannot be found either.
      if (block === undefined) segment.length = this.#end.at;
      else {
        first ??= found;
        rows += found.rows;
        blocks.push(block);
        this.#end.at += HEADER_OCTETS + found.octets;
      }
    }
    if (first !== undefined) return { ...first, rows, blocks };
    this.waitingRows = 0;
    this.waitingOctets = 0;
    return undefined;
  }

  /** The server has what the last `next` gave. */
  async done({ rows, blocks }: BlockGroup): Promise<void> {
    this.waitingRows -= rows;
    for (const { length } of blocks) this.waitingOctets -= HEADER_OCTETS + length;
    this.#begin = this.#end.at;
    for (const { path, file } of this.#segments.splice(0, this.#end.segment)) {
      await file.close();
      await rm(path);
    }
    this.#end.segment = 0;
  }

  async close(): Promise<void> {
    await this.#written;
    for (const { file } of this.#segments.splice(0)) await file.close();
  }

  async #append(block: Uint8Array, facts: BlockFacts): Promise<void> {
    const octets = HEADER_OCTETS + block.length;
    const { maxSpoolOctets, segmentOctets } = this.#limits;
    if (this.waitingOctets + octets > maxSpoolOctets)
      throw new NotStoredError(
        `${this.waitingOctets} octets wait in ${this.#directory}, more than clickhouse.maxSpoolOctets allows`,
      );
    let segment = this.#segments.at(-1);
    if (segment === undefined || segment.length + octets > segmentOctets) segment = await this.#newSegment(facts.firstId);
    // At its place and not at the end: there may be the half of a block that did not fit.
    const { bytesWritten } = await segment.file.writev([headerOf(block, facts), block], segment.length);
    if (bytesWritten < octets)
      throw new NotStoredError(`only ${bytesWritten} of ${octets} octets could be written into ${this.#directory}`);
    segment.length += octets;
    this.nextId = facts.firstId + facts.rows;
    this.waitingRows += facts.rows;
    this.waitingOctets += octets;
  }

  async #newSegment(firstId: number): Promise<Segment> {
    const path = join(this.#directory, `${String(firstId).padStart(16, '0')}.blocks`);
    const segment = { path, file: await open(path, 'w+'), length: 0 };
    this.#segments.push(segment);
    return segment;
  }

  /** A file of an earlier run, up to the first block that is not whole. */
  async #takeUp(path: string, firstId: number): Promise<void> {
    const file = await open(path, 'r+');
    const segment: Segment = { path, file, length: (await file.stat()).size };
    this.nextId = firstId;
    let at = 0;
    for (let found = await readHeader(segment, at); found !== undefined; found = await readHeader(segment, at)) {
      if ((await readBlock(segment, at, found)) === undefined) break;
      at += HEADER_OCTETS + found.octets;
      this.nextId = found.firstId + found.rows;
      this.waitingRows += found.rows;
    }
    segment.length = at;
    this.waitingOctets += at;
    this.#segments.push(segment);
  }
}

type Header = BlockFacts & { readonly octets: number; readonly crc: number };

function headerOf(block: Uint8Array, { rows, firstId, day }: BlockFacts): Uint8Array {
  const header = new DataView(new ArrayBuffer(HEADER_OCTETS));
  header.setUint32(0, MARK);
  header.setUint32(8, block.length);
  header.setUint32(12, rows);
  header.setFloat64(16, firstId);
  header.setFloat64(24, day);
  const octets = new Uint8Array(header.buffer);
  header.setUint32(4, crc32(block, crc32(octets.subarray(8))));
  return octets;
}

async function readHeader({ file, length }: Segment, at: number): Promise<Header | undefined> {
  const octets = new Uint8Array(HEADER_OCTETS);
  const { bytesRead } = await file.read(octets, 0, HEADER_OCTETS, at);
  const header = new DataView(octets.buffer);
  const size = header.getUint32(8);
  if (bytesRead < HEADER_OCTETS || header.getUint32(0) !== MARK || at + HEADER_OCTETS + size > length) return undefined;
  return {
    octets: size,
    crc: header.getUint32(4),
    rows: header.getUint32(12),
    firstId: header.getFloat64(16),
    day: header.getFloat64(24),
  };
}

/** `undefined` when it is not what was written. */
async function readBlock({ file }: Segment, at: number, header: Header): Promise<Uint8Array | undefined> {
  const octets = new Uint8Array(HEADER_OCTETS + header.octets);
  const { bytesRead } = await file.read(octets, 0, octets.length, at);
  const isWhole = bytesRead === octets.length && crc32(octets.subarray(8)) === header.crc;
  return isWhole ? octets.subarray(HEADER_OCTETS) : undefined;
}
