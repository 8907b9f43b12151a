/** Values by bucket from an instant on. */
interface Stretch {
  readonly startMs: number;
  readonly values: readonly number[];
}

/** More could not be drawn: a clock that is years off puts what was measured elsewhere. */
const MOST_BUCKETS = 4_000;

/** Rows of buckets made longer, so that what really was, which a wrong clock shows at another time, lies on the same axis; as they are without it. */
export function besideTruth(
  startMs: number,
  bucketMs: number,
  rows: readonly (readonly number[])[],
  truth: Stretch | undefined,
): { startMs: number; rows: readonly (readonly number[])[]; truth: readonly number[] | undefined } {
  const asTheyAre = { startMs, rows, truth: undefined };
  if (truth === undefined || truth.values.length === 0 || rows.length === 0) return asTheyAre;
  const offset = Math.round((truth.startMs - startMs) / bucketMs);
  const first = Math.min(0, offset);
  const length = Math.max(rows[0]?.length ?? 0, offset + truth.values.length) - first;
  if (length > MOST_BUCKETS) return asTheyAre;
  const laid = (values: readonly number[], at: number): number[] =>
    Array.from({ length }, (_, bucket) => values[bucket + first - at] ?? 0);
  return { startMs: startMs + first * bucketMs, rows: rows.map((row) => laid(row, 0)), truth: laid(truth.values, offset) };
}
