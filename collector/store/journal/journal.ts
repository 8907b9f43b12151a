import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Datagram } from '../../collecting/datagram.ts';
import type { SegmentKind } from '../spool/segment.ts';
import type { NextIds } from '../spool/spool.ts';
import { blocksOf, chunkPath, chunksIn, type StoredBlock } from './chunk-files.ts';
import { KINDS, Progress, type RowPlace } from './progress.ts';
import { appendMark, readStart, writeStart, type Mark, type Start } from './start-file.ts';

const UNFINISHED = '.unfinished';
const FIRST: RowPlace = { block: 0, row: 0 };

/** Where datagrams of a store in a file wait. */
export const journalOf = (path: string): string => `${path}.journal`;

/** Whether a killed collector may have left datagrams unread beside a store in a file. */
export const hasJournal = (path: string): boolean => existsSync(journalOf(path));

/** What an earlier run left. */
export interface LeftOver {
  /** Messages that taught what was known when the first of the blocks was written. */
  readonly known: readonly Datagram[];
  readonly blocks: readonly StoredBlock[];
}

/** How far the store is, and what must be known to go on from there. */
export interface Knows {
  /** The id of the next row of each kind. */
  readonly nextIds: NextIds;
  readonly known: readonly Datagram[];
}

/**
 * Blocks of datagrams on disk until the store has every row they tell of. Which rows those are is known by their ids: before rows go to the store
 * it is written down where the one behind them is. So each is stored once, whenever the program ends.
 */
export class Journal {
  readonly leftOver: LeftOver;
  readonly progress = new Progress();
  /** Why it could not be written down how far the store is, in one sentence; rows may be stored twice then when the program is killed. */
  failure: string | undefined;
  readonly #directory: string;
  readonly #isSynced: boolean;
  readonly #known: Readonly<Record<SegmentKind, RowPlace>>;
  /** The first block of each chunk that was begun, in their order. */
  readonly #begun: { readonly chunk: number; readonly firstBlock: number }[] = [];
  #outstanding: Mark | undefined;

  /** Makes the directory when it is not there. With `isSynced` the disk has what is written down before rows go to the store. Throws when it cannot be had or read. */
  constructor(directory: string, nextIds: NextIds, isSynced = false) {
    this.#directory = directory;
    this.#isSynced = isSynced;
    if (!existsSync(directory)) mkdirSync(directory);
    for (const name of readdirSync(directory)) if (name.endsWith(UNFINISHED)) rmSync(join(directory, name));
    const starts = chunksIn(directory, 'start').map((chunk) => ({ chunk, ...readStart(directory, chunk) }));
    const marks = starts.flatMap((start) => start.marks);
    const blocks = chunksIn(directory).flatMap((chunk) => this.#blocksOf(chunk));
    const first = blocks[0]?.number ?? 0;
    const placeIn = (kind: SegmentKind): RowPlace => {
      const { block, row } = marks.findLast((mark) => mark.kind === kind && mark.id === nextIds[kind]) ?? {
        block: first,
        row: 0,
      };
      return { block, row };
    };
    const known = { flows: placeIn('flows'), natEvents: placeIn('natEvents') };
    this.leftOver = this.#leftOver(blocks, starts, Math.min(known.flows.block, known.natEvents.block));
    // Numbers begin anew when nothing is left.
    this.#known = this.leftOver.blocks.length > 0 ? known : { flows: FIRST, natEvents: FIRST };
  }

  /** Of the blocks up to this one the store may have rows. */
  get lastKnownBlock(): number {
    return Math.max(...KINDS.map((kind) => this.#known[kind].block));
  }

  /** The numbers that new chunks and blocks begin with. */
  get next(): { readonly chunk: number; readonly block: number } {
    const last = this.leftOver.blocks.at(-1);
    return last === undefined ? { chunk: 0, block: 0 } : { chunk: last.chunk + 1, block: last.number + 1 };
  }

  /** A block is about to be decoded: what is known before the first one of a file is written beside it. */
  begin(
    block: { readonly number: number; readonly chunk: number },
    decoded: Readonly<Record<SegmentKind, number>>,
    knows: () => Knows,
  ): void {
    this.progress.begin(block.number, decoded, this.#known);
    const latest = this.#begun.at(-1);
    if (latest !== undefined && block.chunk <= latest.chunk) return;
    this.#begun.push({ chunk: block.chunk, firstBlock: block.number });
    // That of the first one an earlier run left is there and goes on to hold.
    if (latest === undefined && existsSync(chunkPath(this.#directory, block.chunk, 'start'))) return;
    const { nextIds, known } = knows();
    const marks = KINDS.map((kind) => this.#markOf(kind, nextIds[kind]));
    this.#try(() => {
      const outstanding = this.#outstanding === undefined ? [] : [this.#outstanding];
      writeStart(this.#directory, block.chunk, { known, marks: [...marks, ...outstanding] }, this.#isSynced);
    });
  }

  /** So many rows are about to go to the store, where the first gets this id. */
  mark(kind: SegmentKind, id: number, rows: number): void {
    const mark = this.#markOf(kind, id + rows, rows);
    this.#outstanding = mark;
    const chunk = this.#begun.at(-1)?.chunk;
    if (chunk !== undefined) this.#try(() => appendMark(this.#directory, chunk, mark, this.#isSynced));
  }

  /** They have gone there, or are in no place. */
  hand(kind: SegmentKind, rows: number): void {
    this.progress.hand(kind, rows);
    this.#outstanding = undefined;
    this.#tidy();
  }

  /** Removes everything when nothing waits any more. */
  close(isAllKept: boolean): void {
    if (!isAllKept) return;
    for (const kind of ['messages', 'start'] as const)
      for (const chunk of chunksIn(this.#directory, kind)) rmSync(chunkPath(this.#directory, chunk, kind), { force: true });
    if (readdirSync(this.#directory).length === 0) rmdirSync(this.#directory);
  }

  /** Files of which the store has every row are removed. */
  #tidy(): void {
    const needed = Math.min(...KINDS.map((kind) => this.#placeOf(kind).block));
    while (this.#begun.length > 1 && (this.#begun[1] as { firstBlock: number }).firstBlock <= needed) {
      const { chunk } = this.#begun.shift() as { chunk: number };
      this.#remove(chunk);
    }
  }

  #remove(chunk: number): void {
    this.#try(() => {
      for (const kind of ['messages', 'start'] as const) rmSync(chunkPath(this.#directory, chunk, kind), { force: true });
    });
  }

  #markOf(kind: SegmentKind, id: number, ahead = 0): Mark {
    return { kind, id, ...this.#placeOf(kind, ahead) };
  }

  /** What the store was known to have at the start it has, even while that is decoded again. */
  #placeOf(kind: SegmentKind, ahead = 0): RowPlace {
    const place = this.progress.placeOf(kind, ahead);
    const known = this.#known[kind];
    return place.block > known.block || (place.block === known.block && place.row > known.row) ? place : known;
  }

  /** A file without a whole block goes: its number is to be had again. */
  #blocksOf(chunk: number): StoredBlock[] {
    const blocks = blocksOf(this.#directory, chunk);
    if (blocks.length === 0) rmSync(chunkPath(this.#directory, chunk));
    return blocks;
  }

  /** From the file on in which the first row is that the store does not have. */
  #leftOver(blocks: readonly StoredBlock[], starts: readonly ({ chunk: number } & Start)[], needed: number): LeftOver {
    const first = blocks.find(({ number }) => number >= needed);
    const start = first === undefined ? undefined : starts.findLast(({ chunk }) => chunk <= first.chunk);
    const from = start?.chunk ?? first?.chunk ?? Infinity;
    for (const chunk of new Set([...blocks.map((block) => block.chunk), ...starts.map((each) => each.chunk)]))
      if (chunk < from) this.#remove(chunk);
    return { known: start?.known ?? [], blocks: blocks.filter(({ chunk }) => chunk >= from) };
  }

  #try(write: () => void): void {
    try {
      write();
      this.failure = undefined;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      this.failure = `nothing can be written into ${this.#directory}: ${code ?? message}`;
    }
  }
}
