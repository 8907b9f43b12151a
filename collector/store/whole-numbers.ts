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
