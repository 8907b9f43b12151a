import type { TrueNs, WallNs } from './instant.ts';

/** From `since` on, the wall clock showed `wallAt` and gained `rate` nanoseconds for each true nanosecond. */
export interface ClockSegment {
  readonly since: TrueNs;
  readonly wallAt: WallNs;
  readonly rate: number;
}

/**
 * A piecewise linear function of true time. A segment is three numbers in columns, so a week of pieces of one second is some
 * megabytes, and a reading in the past is a binary search.
 */
export class Segments {
  readonly #since: number[] = [];
  readonly #at: number[] = [];
  readonly #rate: number[] = [];

  get length(): number {
    return this.#since.length;
  }

  /** From `since` on, not before the last segment begins, the value is `at` and grows by `rate` for each nanosecond. */
  append(since: TrueNs, at: number, rate: number): void {
    const last = this.#since.length - 1;
    const index = this.#since[last] === since ? last : last + 1;
    this.#since[index] = since;
    this.#at[index] = at;
    this.#rate[index] = rate;
  }

  /** Forgets segments that begin after `now`, the first excepted. */
  cutAfter(now: TrueNs): void {
    const kept = this.indexAt(now) + 1;
    if (kept === this.length) return;
    for (const column of [this.#since, this.#at, this.#rate]) column.length = kept;
  }

  /** The value at `now`, in whole nanoseconds. */
  read(now: TrueNs): number {
    const last = this.#since.length - 1;
    const index = now >= (this.#since[last] as number) ? last : this.indexAt(now);
    return this.readBy(index, now);
  }

  /** What the segment alone says of `now`. */
  readBy(index: number, now: TrueNs): number {
    return Math.round((this.#at[index] as number) + (now - (this.#since[index] as number)) * (this.#rate[index] as number));
  }

  /** The segment in force at `now`; the first for what lies before it. */
  indexAt(now: TrueNs): number {
    let low = 0;
    let high = this.#since.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#since[middle] as number) <= now) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  since(index: number): TrueNs {
    return this.#since[index] as TrueNs;
  }

  rate(index: number): number {
    return this.#rate[index] as number;
  }

  /** All of them as those of a wall clock, oldest first. */
  list(): ClockSegment[] {
    return this.#since.map((since, index) => ({
      since: since as TrueNs,
      wallAt: this.#at[index] as WallNs,
      rate: this.#rate[index] as number,
    }));
  }
}
