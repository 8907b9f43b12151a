import { heightOf, UpperHull, type DrawnLine } from './upper-hull.ts';

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
/** What is above it by less lies on it: Messages tell whole microseconds, and the rest is rounding. */
const ROUNDING_US = 1e-3;

/** The hull of points, and its edge over their mean place as it was when lines were drawn last. */
class Edged {
  readonly hull = new UpperHull();
  readonly edge: DrawnLine = { x: 0, y: 0, slope: 0 };
}

/**
 * The upper envelope of points that a straight line is never below: each is the line less a truncation and a delay. The line sought is the lowest one
 * above all points at their mean place, which is an edge of their hull (Moon, Skelly and Towsley, INFOCOM 1999). How far it may be
 * off is told by the points themselves: eight parts of them, with a hull each, disagree with the whole as it does with the truth, only more.
 * A point costs no object, and about the same however many there are: every Message that comes is one.
 */
export class Envelope {
  readonly #whole = new Edged();
  readonly #parts: Edged[] = [];
  #points = 0;
  #sum = 0;
  #originX = 0;
  #originY = 0;
  #isDrawn = false;
  #drawAgainAt = 0;

  get points(): number {
    return this.#points;
  }

  /** `x` is not below that of the point before. */
  add(x: number, y: number): void {
    // Small numbers, so that the areas of hulls are exact enough.
    if (this.#points === 0) {
      this.#originX = x;
      this.#originY = y;
    }
    const right = x - this.#originX;
    const up = y - this.#originY;
    if (this.#points < PARTS) this.#parts.push(new Edged());
    (this.#parts[this.#points % PARTS] as Edged).hull.add(right, up);
    this.#whole.hull.add(right, up);
    this.#points++;
    this.#sum += right;
    if (this.#points >= this.#drawAgainAt || up > heightOf(this.#whole.edge, right) + ROUNDING_US) this.#isDrawn = false;
  }

  /** There is at least one point. */
  heightAt(x: number): number {
    this.#draw();
    return this.#originY + heightOf(this.#whole.edge, x - this.#originX) + this.#tooLow;
  }

  get slope(): number {
    this.#draw();
    return this.#whole.edge.slope;
  }

  /** How far the height at `x` may be off, either way. Infinite while there are too few points to tell. */
  boundAt(x: number): number {
    return this.#points < LEAST_POINTS ? Infinity : BOUND_FACTOR * this.#disagreementAt(x - this.#originX);
  }

  get slopeBound(): number {
    if (this.#points < LEAST_POINTS) return Infinity;
    this.#draw();
    let sum = 0;
    for (const { edge } of this.#parts) sum += Math.abs(this.#whole.edge.slope - edge.slope);
    return BOUND_FACTOR * (sum / PARTS);
  }

  get #tooLow(): number {
    return this.#points < LEAST_POINTS ? 0 : STILL_TOO_LOW * this.#disagreementAt(this.#sum / this.#points);
  }

  #disagreementAt(right: number): number {
    this.#draw();
    const height = heightOf(this.#whole.edge, right);
    let sum = 0;
    for (const { edge } of this.#parts) sum += Math.abs(height - heightOf(edge, right));
    return sum / PARTS;
  }

  #draw(): void {
    if (this.#isDrawn) return;
    this.#isDrawn = true;
    this.#drawAgainAt = this.#points * (1 + GROWTH);
    const middle = this.#sum / this.#points;
    for (const { hull, edge } of this.#parts) hull.drawEdge(middle, edge);
    const { hull, edge } = this.#whole;
    hull.drawEdge(middle, edge);
    // Two points draw a steep line: a few of them are taken to be level.
    if (this.#points >= LEAST_POINTS) return;
    edge.y = heightOf(edge, middle);
    edge.x = middle;
    edge.slope = 0;
  }
}
