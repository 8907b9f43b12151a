import type { SegmentKind } from '../spool/segment.ts';

export const KINDS: readonly SegmentKind[] = ['flows', 'natEvents'];

/** So many of each kind of rows. */
export type Rows = Readonly<Record<SegmentKind, number>>;

/** A row among those that blocks tell of: its block, and how many of that block are before it. */
export interface RowPlace {
  readonly block: number;
  readonly row: number;
}

interface BlockRows {
  readonly number: number;
  readonly from: Rows;
  to: Rows | undefined;
}

/**
 * Which rows of which blocks have gone to the store. Rows go there in the order they were decoded in; such as are of no block, because they came
 * over a connection, go between.
 */
export class Progress {
  readonly #blocks: BlockRows[] = [];
  readonly #handed: Record<SegmentKind, number> = { flows: 0, natEvents: 0 };
  /** Rows before these are in the store already. */
  readonly #known: Record<SegmentKind, number> = { flows: 0, natEvents: 0 };
  #next = 0;

  /** A block is begun; of its rows, and of those before, the store has all before these places. */
  begin(number: number, decoded: Rows, known: Readonly<Record<SegmentKind, RowPlace>>): void {
    this.#blocks.push({ number, from: decoded, to: undefined });
    this.#next = number + 1;
    for (const kind of KINDS) {
      const { block, row } = known[kind];
      if (number < block) this.#known[kind] = Infinity;
      else if (number === block) this.#known[kind] = decoded[kind] + row;
    }
  }

  end(decoded: Rows): void {
    (this.#blocks.at(-1) as BlockRows).to = decoded;
    for (const kind of KINDS) this.#known[kind] = Math.min(this.#known[kind], decoded[kind]);
  }

  /** How many of the next rows of a kind, of `length`, the store has already. */
  knownOf(kind: SegmentKind, length: number): number {
    return Math.max(0, Math.min(length, this.#known[kind] - this.#handed[kind]));
  }

  /** These went to the store, or are known to be there, or are in no place. */
  hand(kind: SegmentKind, rows: number): void {
    this.#handed[kind] += rows;
    while (this.#blocks[0] !== undefined && this.#isOver(this.#blocks[0])) this.#blocks.shift();
  }

  /** Where the row is that goes to the store after so many others: the first of the next block, when it has not come yet. */
  placeOf(kind: SegmentKind, ahead = 0): RowPlace {
    const row = this.#handed[kind] + ahead;
    for (const { number, from, to } of this.#blocks) {
      // Behind a block there may be rows of a connection.
      if (to === undefined || row < to[kind]) return { block: number, row: Math.max(0, row - from[kind]) };
    }
    return { block: this.#next, row: 0 };
  }

  #isOver({ to }: BlockRows): boolean {
    return to !== undefined && KINDS.every((kind) => to[kind] <= this.#handed[kind]);
  }
}
