/** Sizes within a tenth of the median are alike. */
const ALIKE = 0.1;

interface Login {
  readonly port: number;
  startMs: number;
  packets: number;
  readonly octets: number;
}

/** The latest connections of somebody to a service, each by the port it came from. */
export class RecentLogins {
  /** How many there were. */
  total = 0;
  readonly #most: number;
  #logins: Login[] = [];

  /** `most`: how many are remembered. */
  constructor(most: number) {
    this.#most = most;
  }

  /** A record of the connection from `port`: of a new one, or of more or the same of one that is remembered. */
  add(port: number, startMs: number, packets: number, octets: number): void {
    const known = this.#logins.find((login) => login.port === port);
    if (known !== undefined) {
      // The same record twice has the same start.
      if (known.startMs !== startMs) known.packets += packets;
      return;
    }
    this.total++;
    this.#logins = [...this.#logins, { port, startMs, packets, octets }].sort((one, other) => one.startMs - other.startMs);
    if (this.#logins.length > this.#most) this.#forgetFarthestFrom(startMs);
  }

  /** The oldest, as a rule; of a clock that was set back, one of those before. */
  #forgetFarthestFrom(startMs: number): void {
    const [first, last] = [this.#logins.at(0)?.startMs ?? 0, this.#logins.at(-1)?.startMs ?? 0];
    if (last - startMs > startMs - first) this.#logins.pop();
    else this.#logins.shift();
  }

  /** Whether so many of the latest began within `spanMs`. */
  areWithin(count: number, spanMs: number): boolean {
    const [first, last] = [this.#logins.at(-count), this.#logins.at(-1)];
    return first !== undefined && last !== undefined && last.startMs - first.startMs <= spanMs;
  }

  /** The part of the latest so many whose size is that of the one in the middle. */
  alikePart(count: number): number {
    const sizes = this.#latest(count)
      .map(({ octets }) => octets)
      .sort((one, other) => one - other);
    const median = sizes[sizes.length >> 1] ?? 0;
    return sizes.filter((size) => Math.abs(size - median) <= ALIKE * median).length / Math.max(1, sizes.length);
  }

  /** Packets of one of them, on average. */
  packetsEach(count: number): number {
    const latest = this.#latest(count);
    return latest.reduce((sum, { packets }) => sum + packets, 0) / Math.max(1, latest.length);
  }

  #latest(count: number): readonly Login[] {
    return this.#logins.slice(-count);
  }
}
