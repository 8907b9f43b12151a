/** A straight line, by its height over one place. */
export interface Line {
  readonly x: number;
  readonly y: number;
  readonly slope: number;
}

export const heightOf = ({ x, y, slope }: Line, at: number): number => y + slope * (at - x);

/** Points that lie on no hull of noise: a long bend has more corners. */
const MAX_CORNERS = 64;

/** The upper convex hull of points that come from left to right, a corner for each point that nothing beside it overshadows. */
export class UpperHull {
  readonly #x: number[] = [];
  readonly #y: number[] = [];

  get corners(): readonly (readonly [x: number, y: number])[] {
    return this.#x.map((x, index) => [x, this.#y[index] as number] as const);
  }

  /** `x` is not below that of the point before. */
  add(x: number, y: number): void {
    if (this.#x.at(-1) === x) {
      if ((this.#y.at(-1) as number) >= y) return;
      this.#drop(this.#x.length - 1);
    }
    while (this.#x.length > 1 && this.#overshadow(this.#x.length - 1, x, y) >= 0) this.#drop(this.#x.length - 1);
    this.#x.push(x);
    this.#y.push(y);
    if (this.#x.length > MAX_CORNERS) this.#thin();
  }

  /** The edge over `x`: of all lines below no point the one that is lowest there. Level where there is no edge. */
  edgeOver(x: number): Line {
    const right = this.#x.findIndex((corner) => corner > x);
    const at = right < 0 ? this.#x.length - 1 : right;
    const [x0, y0] = [this.#x[at - 1], this.#y[at - 1]];
    const [x1, y1] = [this.#x[at] as number, this.#y[at] as number];
    if (x0 === undefined || y0 === undefined) return { x: x1, y: y1, slope: 0 };
    return { x: x0, y: y0, slope: (y1 - y0) / (x1 - x0) };
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
    for (let at = 1; at < this.#x.length - 1; at++) {
      const area = -this.#overshadow(at, this.#x[at + 1] as number, this.#y[at + 1] as number);
      if (area < leastArea) [least, leastArea] = [at, area];
    }
    this.#drop(least);
  }

  #drop(at: number): void {
    this.#x.splice(at, 1);
    this.#y.splice(at, 1);
  }
}

/** The hull of the points of several. */
export function hullOfAll(hulls: readonly UpperHull[]): UpperHull {
  const all = new UpperHull();
  const corners = hulls.flatMap((hull) => hull.corners).sort(([one], [other]) => one - other);
  for (const [x, y] of corners) all.add(x, y);
  return all;
}
