import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ALIGNMENT, HEAD_OCTETS, headOf, isWhole } from './block.ts';

/** Where a block lies: in which file, from which octet on. */
export interface Place {
  readonly chunk: number;
  readonly offset: number;
}

/** A block that is on disk. */
export interface StoredBlock extends Place {
  readonly number: number;
  readonly octets: number;
  readonly datagrams: number;
}

const NAME = /^(\d{12})\.(messages|start)$/;

/** `000000000007.messages`: blocks one behind the other. `000000000007.start`: what was known when they were begun to be decoded. */
export const chunkPath = (directory: string, chunk: number, kind: 'messages' | 'start' = 'messages'): string =>
  join(directory, `${`${chunk}`.padStart(12, '0')}.${kind}`);

/** The numbers of the files of a kind that are there, in their order. */
export const chunksIn = (directory: string, kind: 'messages' | 'start' = 'messages'): number[] =>
  readdirSync(directory)
    .map((name) => NAME.exec(name))
    .filter((match) => match?.[2] === kind)
    .map((match) => Number(match?.[1]))
    .sort((a, b) => a - b);

/**
 * The blocks of a file in their order, by their heads. A block that was being written when the program ended was never told to be kept. Where a
 * disk has spoilt a head, it goes on with the next block that is whole; what is between is lost.
 */
export function blocksOf(directory: string, chunk: number): StoredBlock[] {
  const path = chunkPath(directory, chunk);
  const { size } = statSync(path);
  const head = new Uint8Array(HEAD_OCTETS);
  const blocks: StoredBlock[] = [];
  const file = openSync(path, 'r');
  try {
    for (let offset = 0; offset + HEAD_OCTETS <= size;) {
      readSync(file, head, 0, HEAD_OCTETS, offset);
      const found = headOf(head);
      const before = blocks.at(-1)?.number ?? -1;
      if (found !== undefined && offset + found.octets <= size && found.number > before && Number.isSafeInteger(found.number)) {
        const { number, octets, datagrams } = found;
        blocks.push({ chunk, offset, number, octets, datagrams });
        offset += octets;
      } else offset = nextWhole(readFileSync(path), offset + ALIGNMENT);
    }
  } finally {
    closeSync(file);
  }
  return blocks;
}

/** Where the next block begins that is whole, from `offset` on; the end of the octets when there is none. */
function nextWhole(octets: Uint8Array, offset: number): number {
  for (let at = offset; at + HEAD_OCTETS <= octets.length; at += ALIGNMENT) {
    const head = headOf(octets.subarray(at, at + HEAD_OCTETS));
    if (head !== undefined && isWhole(octets.subarray(at, at + head.octets), head)) return at;
  }
  return octets.length;
}

/** Reads blocks from files, mostly one after the other of one file. */
export class ChunkReader {
  readonly #directory: string;
  #file: { readonly chunk: number; readonly descriptor: number } | undefined;
  #memory = new Uint8Array(0);

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Its octets, which last until the next one is read; `undefined` when they are not those that were written, or not to be had. */
  read(block: StoredBlock): Uint8Array | undefined {
    try {
      return this.#read(block);
    } catch {
      return undefined;
    }
  }

  #read({ chunk, offset, octets }: StoredBlock): Uint8Array | undefined {
    if (this.#file?.chunk !== chunk) {
      this.close();
      this.#file = { chunk, descriptor: openSync(chunkPath(this.#directory, chunk), 'r') };
    }
    if (this.#memory.length < octets) this.#memory = new Uint8Array(octets);
    const block = this.#memory.subarray(0, octets);
    const read = readSync(this.#file.descriptor, block, 0, octets, offset);
    const head = headOf(block.subarray(0, read));
    return head !== undefined && isWhole(block.subarray(0, read), head) ? block : undefined;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file.descriptor);
    this.#file = undefined;
  }
}
