const TWO_32 = 2 ** 32;

/** Counters and times beyond what a float holds exactly are nonsense from the wire; they must not make the whole batch fail. */
export function wholeNumber(value: number): number {
  if (value > 0) return value < Number.MAX_SAFE_INTEGER ? Math.trunc(value) : Number.MAX_SAFE_INTEGER;
  return 0;
}

/** Whole numbers of 64 bits as two words each, the lower first: a bigint for each would cost most of the time. */
export function writeWholeNumbers(words: Uint32Array, rows: number, valueOf: (row: number) => number): void {
  for (let row = 0; row < rows; row++) {
    const value = valueOf(row);
    words[2 * row] = value;
    words[2 * row + 1] = value / TWO_32;
  }
}

/** The values of `rows` rows, from row `from` on, as `wholeNumber` has them. */
export function writeValues(words: Uint32Array, values: ArrayLike<number>, from: number, rows: number): void {
  for (let row = 0; row < rows; row++) {
    const whole = wholeNumber(values[from + row] as number);
    // What goes into a word is what is left of the number without what is beyond 32 bits.
    words[2 * row] = whole;
    words[2 * row + 1] = whole / TWO_32;
  }
}
