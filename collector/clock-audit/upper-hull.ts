/** A straight line, by its height over one place. */
export interface Line {
  readonly x: number;
  readonly y: number;
  readonly slope: number;
}

/** One that is drawn anew in place: lines are drawn while Messages come, and cost no object. */
export type DrawnLine = { -readonly [K in keyof Line]: Line[K] };

export const heightOf = ({ x, y, slope }: Line, at: number): number => y + slope * (at - x);

/** Points that lie on no hull of noise: a long bend has more corners. */
const MAX_CORNERS = 64;

/** The upper convex hull of points that come from left to right, a corner for each point that nothing beside it overshadows. */
export class UpperHull {
  /** Corners from left to right; behind them lies what was one once, so that the arrays need not shrink and grow. */
  readonly #x: number[] = [];
  readonly #y: number[] = [];
  #corners = 0;

  /** `x` is not below that of the point before. */
  add(x: number, y: number): void {
    let last = this.#corners - 1;
    if (last >= 0 && this.#x[last] === x) {
      if ((this.#y[last] as number) >= y) return;
      last--;
    }
    while (last > 0 && this.#overshadow(last, x, y) >= 0) last--;
    this.#x[last + 1] = x;
    this.#y[last + 1] = y;
    this.#corners = last + 2;
    if (this.#corners > MAX_CORNERS) this.#thin();
  }

  /** Draws the edge over `x`: of all lines below no point the one that is lowest there. Level where there is no edge. There is at least one point. */
  drawEdge(x: number, line: DrawnLine): void {
    const at = Math.min(this.#cornersUpTo(x), this.#corners - 1);
    const before = Math.max(0, at - 1);
    const [x0, y0] = [this.#x[before] as number, this.#y[before] as number];
    const [x1, y1] = [this.#x[at] as number, this.#y[at] as number];
    line.x = x0;
    line.y = y0;
    line.slope = at === before ? 0 : (y1 - y0) / (x1 - x0);
  }

  /** How many corners do not lie right of `x`. */
  #cornersUpTo(x: number): number {
    let from = 0;
    let to = this.#corners;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#x[middle] as number) > x) to = middle;
      else from = middle + 1;
    }
    return from;
  }

  /** How far corner `at` lies below the line from the corner before it to the point: twice the area between them. */
  #overshadow(at: number, x: number, y: number): number {
    const [x0, y0] = [this.#x[at - 1] as number, this.#y[at - 1] as number];
    const [x1, y1] = [this.#x[at] as number, this.#y[at] as number];
    return (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0);
  }

  /** Gives up the corner that stands out least. */
  #thin(): void {
    let least = 1;
    let leastArea = Infinity;
    for (let at = 1; at < this.#corners - 1; at++) {
      const area = -this.#overshadow(at, this.#x[at + 1] as number, this.#y[at + 1] as number);
      if (area < leastArea) [least, leastArea] = [at, area];
    }
    this.#x.copyWithin(least, least + 1, this.#corners);
    this.#y.copyWithin(least, least + 1, this.#corners);
    this.#corners--;
  }
}
