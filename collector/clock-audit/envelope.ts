import { heightOf, hullOfAll, UpperHull, type Line } from './upper-hull.ts';

/** Parts that every one of the Messages is of one of, in turn. */
const PARTS = 8;
/** Messages a bound can be stated from: two of each part. */
export const LEAST_POINTS = 2 * PARTS;
/** A part's line lies lower by what it has fewer points; all of them together still lie a fifth of that too low, as a rule. */
const STILL_TOO_LOW = 0.2;
/** Times the parts' distance from the whole that the truth is within in 99 of 100: from a sharp edge of noise as from a soft one. */
const BOUND_FACTOR = 3;
/** The line is drawn anew when the points have grown by this part, or when one lies above it. */
const GROWTH = 1 / 8;

/** A straight clock as the points tell it: the line, and how far it can be off. */
export interface Fit {
  readonly line: Line;
  readonly parts: readonly Line[];
}

/**
 * The upper envelope of points that a straight line is never below: each is the line less a truncation and a delay. The line sought is the lowest one
 * above all points at their mean place, which is an edge of their hull (Moon, Skelly and Towsley, INFOCOM 1999). How far it may be
 * off is told by the points themselves: eight parts of them, with a hull each, disagree with the whole as it does with the truth, only more.
 */
export class Envelope {
  readonly #parts = Array.from({ length: PARTS }, () => new UpperHull());
  #points = 0;
  #sum = 0;
  #origin = { x: 0, y: 0 };
  #fit: Fit | undefined;
  #fitAgainAt = 0;

  get points(): number {
    return this.#points;
  }

  /** `x` is not below that of the point before. */
  add(x: number, y: number): void {
    // Small numbers, so that the areas of hulls are exact enough.
    if (this.#points === 0) this.#origin = { x, y };
    const [right, up] = [x - this.#origin.x, y - this.#origin.y];
    (this.#parts[this.#points % PARTS] as UpperHull).add(right, up);
    this.#points++;
    this.#sum += right;
    const isAbove = this.#fit !== undefined && up > heightOf(this.#fit.line, right);
    if (isAbove || this.#points >= this.#fitAgainAt) this.#fit = undefined;
  }

  /** There is at least one point. */
  heightAt(x: number): number {
    return this.#origin.y + heightOf(this.#fitted.line, x - this.#origin.x) + this.#tooLow;
  }

  get slope(): number {
    return this.#fitted.line.slope;
  }

  /** How far the height at `x` may be off, either way. Infinite while there are too few points to tell. */
  boundAt(x: number): number {
    if (this.#points < LEAST_POINTS) return Infinity;
    return BOUND_FACTOR * this.#disagreement((line) => heightOf(line, x - this.#origin.x));
  }

  get slopeBound(): number {
    return this.#points < LEAST_POINTS ? Infinity : BOUND_FACTOR * this.#disagreement(({ slope }) => slope);
  }

  get #tooLow(): number {
    if (this.#points < LEAST_POINTS) return 0;
    const middle = this.#sum / this.#points;
    return STILL_TOO_LOW * this.#disagreement((line) => heightOf(line, middle));
  }

  #disagreement(of: (line: Line) => number): number {
    const { line, parts } = this.#fitted;
    return parts.reduce((sum, part) => sum + Math.abs(of(line) - of(part)), 0) / parts.length;
  }

  get #fitted(): Fit {
    if (this.#fit !== undefined) return this.#fit;
    const middle = this.#sum / this.#points;
    const begun = this.#parts.slice(0, this.#points);
    this.#fitAgainAt = this.#points * (1 + GROWTH);
    return (this.#fit = {
      // Two points draw a steep line: a few of them are taken to be level.
      line: levelled(hullOfAll(begun).edgeOver(middle), this.#points, middle),
      parts: begun.map((part) => part.edgeOver(middle)),
    });
  }
}

const levelled = (line: Line, points: number, middle: number): Line =>
  points < LEAST_POINTS ? { x: middle, y: heightOf(line, middle), slope: 0 } : line;
