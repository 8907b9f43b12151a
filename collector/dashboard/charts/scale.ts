/** Places values on a line: from `domain` to `range`. */
export type Scale = (value: number) => number;

export function linear([from, to]: readonly [number, number], [start, end]: readonly [number, number]): Scale {
  const factor = to === from ? 0 : (end - start) / (to - from);
  return (value) => start + (value - from) * factor;
}

/** Linear within `unit` of 0 and logarithmic beyond, so that minutes and microseconds are seen at once. */
export function symmetricLog(domain: readonly [number, number], range: readonly [number, number], unit: number): Scale {
  const bent = (value: number): number => Math.sign(value) * Math.log1p(Math.abs(value) / unit);
  const scale = linear([bent(domain[0]), bent(domain[1])], range);
  return (value) => scale(bent(value));
}

/** Lowest and highest of the values; 0 to 1 of none. */
export function extent(values: Iterable<number>): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low > high ? [0, 1] : [low, high];
}

/** A way through points for an SVG path. */
export const wayThrough = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
