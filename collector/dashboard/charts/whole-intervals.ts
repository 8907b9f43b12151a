/** The intervals that a stretch of time touches, as one. */
export function wholeIntervals(timesMs: readonly number[], fromMs: number, toMs: number): [fromMs: number, toMs: number] {
  const [first = 0, second = first] = timesMs;
  const lengthMs = second - first;
  if (lengthMs === 0) return [Math.floor(fromMs), Math.ceil(toMs)];
  const begin = first + Math.floor((Math.max(fromMs, first) - first) / lengthMs) * lengthMs;
  return [begin, Math.max(begin + lengthMs, first + Math.ceil((toMs - first) / lengthMs) * lengthMs)];
}
