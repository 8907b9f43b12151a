import { closeSync, ftruncateSync, openSync, statfsSync, statSync, writeSync } from 'node:fs';
import { chunkPath, chunksIn, type Place } from './chunk-files.ts';
import type { JournalConfig } from './config.ts';

/** Octets after which another file is begun: what is decoded and kept is removed a file at a time. */
const CHUNK_OCTETS = 33_554_432;
/** How long a look at the disk is good for, and how long one that failed is left alone. */
const LOOK_MS = 1_000;

/** Writes blocks one behind the other, into files of a directory. */
export class ChunkWriter {
  /** Why blocks are in no file, in one sentence; `undefined` while they are. */
  failure: string | undefined;
  readonly #directory: string;
  readonly #config: JournalConfig;
  readonly #chunkOctets: number;
  #chunk: number;
  #file: number | undefined;
  #octets = 0;
  #lookedAtMs = -Infinity;

  /** The first file has the number `chunk`; it is made with the first block. */
  constructor(directory: string, config: JournalConfig, chunk: number, chunkOctets = CHUNK_OCTETS) {
    this.#directory = directory;
    this.#config = config;
    this.#chunk = chunk;
    this.#chunkOctets = chunkOctets;
  }

  /** Returns where the block is when the file has it, `undefined` when it is nowhere. */
  write(block: Uint8Array, nowMs: number): Place | undefined {
    if (nowMs - this.#lookedAtMs > LOOK_MS) {
      this.failure = this.#look();
      this.#lookedAtMs = nowMs;
    }
    if (this.failure !== undefined) return undefined;
    try {
      if (this.#octets > 0 && this.#octets + block.length > this.#chunkOctets) this.#turn();
      this.#file ??= openSync(chunkPath(this.#directory, this.#chunk), 'wx');
      const offset = this.#octets;
      const written = writeSync(this.#file, block, 0, block.length, offset);
      if (written < block.length) {
        ftruncateSync(this.#file, offset);
        throw new Error(`only ${written} of ${block.length} octets could be written`);
      }
      this.#octets += block.length;
      return { chunk: this.#chunk, offset };
    } catch (error) {
      this.failure = this.#sentence(error);
      return undefined;
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #turn(): void {
    this.close();
    this.#chunk++;
    this.#octets = 0;
    // Files are alike: their number says what they have.
    this.#lookedAtMs = -Infinity;
  }

  /** Why nothing is to be written now. */
  #look(): string | undefined {
    const { maxOctets, minFreeOctets } = this.#config;
    try {
      const sizes = chunksIn(this.#directory).map(
        (chunk) => statSync(chunkPath(this.#directory, chunk), { throwIfNoEntry: false })?.size,
      );
      const waiting = sizes.reduce<number>((sum, size = 0) => sum + size, 0);
      if (waiting > maxOctets) return `${waiting} octets wait in ${this.#directory}, journal.maxOctets allows ${maxOctets}`;
      const { bavail, bsize } = statfsSync(this.#directory);
      const free = bavail * bsize;
      return free < minFreeOctets
        ? `the disk of ${this.#directory} has ${free} octets left, journal.minFreeOctets keeps ${minFreeOctets} free`
        : undefined;
    } catch (error) {
      return this.#sentence(error);
    }
  }

  #sentence(error: unknown): string {
    const { code, message } = error as NodeJS.ErrnoException;
    return `nothing can be written into ${this.#directory}: ${code ?? message}`;
  }
}
