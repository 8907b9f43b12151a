/** A scan does not rest for so long; a source port that is used again after it is used for something else. */
const RUN_MS = 600_000;

/**
 * How many different things are asked from one source port. Whoever opens connections takes another port for each, whoever scans mostly does
 * not care, so two are telling where sampling shows next to nothing.
 */
export class SourcePortRun {
  size = 0;
  #port = -1;
  #lastMs = -Infinity;
  #asked: Set<number> | undefined;
  readonly #most: number;

  /** `most`: how many it counts. */
  constructor(most: number) {
    this.#most = most;
  }

  /** `asked`: number of what was asked, at `startMs` by the router's clock. */
  add(port: number, asked: number, startMs: number): void {
    if (this.#asked === undefined || port !== this.#port || Math.abs(startMs - this.#lastMs) > RUN_MS) this.#asked = new Set();
    this.#port = port;
    this.#lastMs = startMs;
    if (this.#asked.size < this.#most) this.#asked.add(asked);
    this.size = this.#asked.size;
  }
}
