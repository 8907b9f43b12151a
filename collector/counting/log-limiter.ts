export interface LogLimits {
  /** Lines in a minute of one code about one exporter. */
  readonly perMinute: number;
  /** Lines in a minute of all together: as many exporters as anybody likes can be invented. */
  readonly perMinuteInAll: number;
}

/** Lines of one code that were not written. */
export interface Suppressed {
  readonly code: string;
  readonly count: number;
}

const MINUTE_MS = 60_000;

/** Which lines of a log are written, by minutes of a time that is passed. Nothing is left out in silence: `turn` tells how many were. */
export class LogLimiter {
  readonly #limits: LogLimits;
  #minute = -Infinity;
  #written = 0;
  /** Lines written in this minute, by code and exporter. Only what was written has an entry, so there are never many. */
  readonly #writtenOf = new Map<string, number>();
  readonly #suppressed = new Map<string, number>();

  constructor(limits: LogLimits) {
    this.#limits = limits;
  }

  /** Whether a line of this code, about this exporter, is to be written now; it counts as written then. */
  admits(code: string, exporter: string, nowMs: number): boolean {
    this.#begin(nowMs);
    const key = `${code} ${exporter}`;
    const written = this.#writtenOf.get(key) ?? 0;
    if (written >= this.#limits.perMinute || this.#written >= this.#limits.perMinuteInAll) {
      this.#suppressed.set(code, (this.#suppressed.get(code) ?? 0) + 1);
      return false;
    }
    this.#writtenOf.set(key, written + 1);
    this.#written++;
    return true;
  }

  /** What was not written in minutes that are over, once; with `isEnd` in this one too. */
  turn(nowMs: number, isEnd = false): Suppressed[] {
    if (!isEnd && minuteOf(nowMs) <= this.#minute) return [];
    const suppressed = [...this.#suppressed].map(([code, count]) => ({ code, count }));
    this.#suppressed.clear();
    return suppressed;
  }

  /** A clock that is set back does not open a minute again. */
  #begin(nowMs: number): void {
    const minute = minuteOf(nowMs);
    if (minute <= this.#minute) return;
    this.#minute = minute;
    this.#written = 0;
    this.#writtenOf.clear();
  }
}

const minuteOf = (nowMs: number): number => Math.floor(nowMs / MINUTE_MS);
