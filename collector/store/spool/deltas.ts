import type { Column } from '../../collecting/collected-rows.ts';
import { wholeNumber } from '../whole-numbers.ts';

/** By how much each value is more than the one before it, beyond the least such difference. */
export interface Deltas {
  readonly least: number;
  readonly more: Uint8Array | Uint16Array | Uint32Array;
}

const WIDEST = 2 ** 32;
/** Four octets are what a word takes as it is. */
const WIDEST_OF_WORDS = 2 ** 16;
/** Beyond it differences of differences are not exact. */
const FARTHEST = 2 ** 51;

/** The least difference there is and the greatest. */
interface Spread {
  readonly least: number;
  readonly most: number;
}

/** Finds the differences between the values of columns, as whole numbers, in memory that is used again for the next. */
export class DeltaFinder {
  #differences = new Float64Array(0);

  /** `undefined` when they would take as much room as the values. `memory` has room for two words of each row, and the answer is a view of it. */
  find(values: Column, memory: Uint32Array): Deltas | undefined {
    const rows = values.length;
    const words = memory.subarray(0, rows - 1);
    const spread =
      values instanceof Float64Array
        ? this.#ofFloats(values, words)
        : values instanceof Uint32Array
          ? ofWords(values, words)
          : undefined;
    if (spread === undefined) return undefined;
    const { least, most } = spread;
    if (most - least >= 2 ** 16) return { least, more: words };
    const Narrow = most - least < 2 ** 8 ? Uint8Array : Uint16Array;
    const more = new Narrow(memory.buffer as ArrayBuffer, memory.byteOffset + 4 * rows, rows - 1);
    // Faster than to write them one by one: the loops below always write the same sort of numbers.
    more.set(words);
    return { least, more };
  }

  #ofFloats(values: Float64Array, words: Uint32Array): Spread | undefined {
    if (values.length > this.#differences.length) this.#differences = new Float64Array(values.length);
    const differences = this.#differences;
    const spread = spreadOfFloats(values, differences);
    if (spread === undefined) return undefined;
    const { least } = spread;
    for (let at = 0; at < words.length; at++) words[at] = (differences[at + 1] as number) - least;
    return spread;
  }
}

/*
 * Each of these loops sees one sort of array: code for several at once takes three times as long, and all that is stored passes here. Both end
 * as soon as the values differ too much.
 */

function spreadOfFloats(values: Float64Array, differences: Float64Array): Spread | undefined {
  const rows = values.length;
  let least = Infinity;
  let most = -Infinity;
  let before = wholeNumber(values[0] as number);
  for (let row = 1; row < rows; row++) {
    const value = wholeNumber(values[row] as number);
    const difference = value - before;
    before = value;
    differences[row] = difference;
    if (difference >= least && difference <= most) continue;
    least = Math.min(least, difference);
    most = Math.max(most, difference);
    if (most - least >= WIDEST) return undefined;
  }
  return Math.abs(least) > FARTHEST ? undefined : { least, most };
}

function ofWords(values: Uint32Array, words: Uint32Array): Spread | undefined {
  const spread = spreadOfWords(values);
  if (spread === undefined) return undefined;
  const { least } = spread;
  for (let at = 0; at < words.length; at++) words[at] = (values[at + 1] as number) - (values[at] as number) - least;
  return spread;
}

function spreadOfWords(values: Uint32Array): Spread | undefined {
  const rows = values.length;
  let least = Infinity;
  let most = -Infinity;
  let before = values[0] as number;
  for (let row = 1; row < rows; row++) {
    const value = values[row] as number;
    const difference = value - before;
    before = value;
    if (difference >= least && difference <= most) continue;
    least = Math.min(least, difference);
    most = Math.max(most, difference);
    if (most - least >= WIDEST_OF_WORDS) return undefined;
  }
  return { least, most };
}
