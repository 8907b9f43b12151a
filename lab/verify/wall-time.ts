import type { ClockSegment } from '../../core/time/virtual-clock.ts';

/** A stretch of true time in nanoseconds, `to` not included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Segments between two steps: within them the wall clock runs on without a jump. */
interface Run {
  readonly first: number;
  readonly last: number;
  /** What the clock showed at the run's ends. */
  readonly wallFrom: number;
  readonly wallTo: number;
}

/** A wall clock is rounded to whole nanoseconds, so a boundary is certain to one of them. */
const ROUNDING_NS = 1;

/**
 * When a clock showed a time. A clock that was set back showed some times twice and one set forward never showed some, so
 * the answer is a list of stretches of true time, oldest first.
 */
export class WallTime {
  readonly #segments: readonly ClockSegment[];
  readonly #runs: Run[] = [];
  readonly #endNs: number;
  readonly #slowNs: number;
  readonly #fastNs: number;

  /**
   * `endNs`: the true instant up to which the history is asked about. `reading`: how far what was read can lie below and above
   * what the clock showed.
   */
  constructor(history: readonly ClockSegment[], endNs: number, reading = { slowNs: 0, fastNs: 0 }) {
    this.#slowNs = reading.slowNs;
    this.#fastNs = reading.fastNs;
    this.#segments = history;
    this.#endNs = endNs;
    let first = 0;
    for (let index = 0; index < history.length; index++) {
      const next = history[index + 1];
      const jumps = next !== undefined && Math.abs(next.wallAt - this.#wallAtEnd(index)) > 2 * ROUNDING_NS;
      if (next !== undefined && !jumps) continue;
      this.#runs.push({ first, last: index, wallFrom: (history[first] as ClockSegment).wallAt, wallTo: this.#wallAtEnd(index) });
      first = index + 1;
    }
  }

  /** The stretches of true time in which the clock can have been read as [wallFrom, wallTo), in nanoseconds since the epoch. */
  spans(wallFrom: number, wallTo: number): Span[] {
    const earliest = wallFrom - this.#fastNs;
    const latest = wallTo + this.#slowNs;
    const spans: Span[] = [];
    for (const run of this.#runs) {
      if (latest <= run.wallFrom - ROUNDING_NS || earliest > run.wallTo + ROUNDING_NS) continue;
      spans.push({
        from: Math.floor(this.#instant(run, Math.max(earliest, run.wallFrom))) - ROUNDING_NS,
        to: Math.ceil(this.#instant(run, Math.min(latest, run.wallTo))) + ROUNDING_NS,
      });
    }
    return spans;
  }

  /** True instants at which the clock jumped. */
  get steps(): number[] {
    return this.#runs.slice(1).map(({ first }) => (this.#segments[first] as ClockSegment).since);
  }

  #instant(run: Run, wall: number): number {
    let low = run.first;
    let high = run.last;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#segments[middle] as ClockSegment).wallAt <= wall) low = middle;
      else high = middle - 1;
    }
    const { since, wallAt, rate } = this.#segments[low] as ClockSegment;
    return since + (wall - wallAt) / rate;
  }

  #wallAtEnd(index: number): number {
    const { since, wallAt, rate } = this.#segments[index] as ClockSegment;
    const until = this.#segments[index + 1]?.since ?? Math.max(since, this.#endNs);
    return wallAt + (until - since) * rate;
  }
}
