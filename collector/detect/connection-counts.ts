const MINUTE_MS = 60_000;
/** A day. */
const MINUTES_KEPT = 1_440;
/** Hosts told apart in one minute. */
const MAX_HOSTS = 1_024;

/** How many flows each device sent in each minute of the last day, by the router's clock. */
export class ConnectionCounts {
  /** By minute since 1970, then by the number of the device. */
  readonly #minutes = new Map<number, Map<number, number>>();

  add(host: number, startMs: number): void {
    const minute = Math.floor(startMs / MINUTE_MS);
    let counts = this.#minutes.get(minute);
    if (counts === undefined) {
      counts = new Map();
      this.#minutes.set(minute, counts);
      const [oldest] = this.#minutes.keys();
      if (oldest !== undefined && this.#minutes.size > MINUTES_KEPT) this.#minutes.delete(oldest);
    }
    const count = counts.get(host) ?? 0;
    if (count > 0 || counts.size < MAX_HOSTS) counts.set(host, count + 1);
  }

  /** Those who sent the most flows from the minute before `fromMs` to that of `toMs`, the busiest first. */
  busiest(fromMs: number, toMs: number, most: number): (readonly [host: number, flows: number])[] {
    const sums = new Map<number, number>();
    for (const [minute, counts] of this.#minutes) {
      if (minute < Math.floor(fromMs / MINUTE_MS) - 1 || minute > Math.floor(toMs / MINUTE_MS)) continue;
      for (const [host, count] of counts) sums.set(host, (sums.get(host) ?? 0) + count);
    }
    return [...sums].sort(([one, few], [other, many]) => many - few || one - other).slice(0, most);
  }
}
