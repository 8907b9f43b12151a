import type { ClockSegment } from '../../core/time/virtual-clock.ts';

/**
 * When a clock showed a time. A clock that was stepped back showed some times twice and one stepped forward never showed
 * some, so the answer is a list of instants, oldest first.
 */
export class WallTime {
  readonly #segments: readonly ClockSegment[];

  constructor(history: readonly ClockSegment[]) {
    this.#segments = history;
  }

  /** True instants (ns) from which the clock showed `wall` (ns) or later. */
  instants(wall: number): number[] {
    const found: number[] = [];
    let low = 0;
    // All times shown before the last step are far below for a long run: skip segments that ended before, walking from the end.
    for (let index = this.#segments.length - 1; index >= 0; index--) {
      const segment = this.#segments[index] as ClockSegment;
      const next = this.#segments[index + 1];
      const at = segment.since + (wall - segment.wallAt) / segment.rate;
      if (at < segment.since && index > 0) continue;
      if (next !== undefined && at >= next.since) {
        // Shown in an earlier segment only if a later step went back; a handful of segments is far enough to look.
        if (++low > 64) break;
        // A step forward jumped over it: it was "shown" when the jump happened.
        if (wall <= next.wallAt) found.push(next.since);
        continue;
      }
      found.push(Math.ceil(at));
    }
    return found.length > 0 ? [...new Set(found)].sort((a, b) => a - b) : [];
  }
}
