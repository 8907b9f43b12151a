/** How far below a line points lie. */
export class Residuals {
  count = 0;
  deepest = 0;
  #sum = 0;

  /** `depth` is below 0 for one above the line. */
  add(depth: number): void {
    this.count++;
    this.#sum += Math.max(0, depth);
    this.deepest = Math.max(this.deepest, depth);
  }

  get mean(): number {
    return this.count === 0 ? 0 : this.#sum / this.count;
  }
}
