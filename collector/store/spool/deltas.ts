import type { Column } from '../../collecting/collected-rows.ts';
import { wholeNumber } from '../whole-numbers.ts';

/** By how much each value is more than the one before it, beyond the least such difference. */
export interface Deltas {
  readonly least: number;
  readonly more: Uint8Array | Uint16Array | Uint32Array;
}

const WIDEST = 2 ** 32;
/** Beyond it differences of differences are not exact. */
const FARTHEST = 2 ** 51;

/** Finds the differences between the values of columns, as whole numbers, in memory that is used again for the next. */
export class DeltaFinder {
  #differences = new Float64Array(0);

  /** `undefined` when they would take as much room as the values. `memory` has room for two words of each row, and the answer is a view of it. */
  find(values: Column, memory: Uint32Array): Deltas | undefined {
    const rows = values.length;
    const range = this.#differ(values, values instanceof Uint32Array ? 2 ** 16 : WIDEST);
    if (range === undefined) return undefined;
    const { least, most } = range;
    const words = memory.subarray(0, rows - 1);
    for (let row = 1; row < rows; row++) words[row - 1] = (this.#differences[row] as number) - least;
    if (most - least >= 2 ** 16) return { least, more: words };
    const Narrow = most - least < 2 ** 8 ? Uint8Array : Uint16Array;
    const more = new Narrow(memory.buffer as ArrayBuffer, memory.byteOffset + 4 * rows, rows - 1);
    // Faster than to write them one by one: the loop above always writes the same sort of numbers.
    more.set(words);
    return { least, more };
  }

  /** Ends as soon as they differ too much. */
  #differ(values: Column, widest: number): { least: number; most: number } | undefined {
    const rows = values.length;
    if (rows > this.#differences.length) this.#differences = new Float64Array(rows);
    const differences = this.#differences;
    let least = Infinity;
    let most = -Infinity;
    let before = wholeNumber(values[0] as number);
    for (let row = 1; row < rows; row++) {
      const value = wholeNumber(values[row] as number);
      const difference = value - before;
      before = value;
      differences[row] = difference;
      if (difference < least) least = difference;
      if (difference > most) most = difference;
      if (most - least >= widest) return undefined;
    }
    return Math.abs(least) > FARTHEST ? undefined : { least, most };
  }
}
