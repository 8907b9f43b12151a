const US_PER_S = 1_000_000;
const US_PER_MS = 1_000;
/** Messages one estimate rests on: the expected rest of the truncated second is then 1/65 s. */
const WINDOW_MESSAGES = 64;
/** Windows kept; beyond it the oldest is forgotten, so a collector that runs for a month stays as small as on its first day. */
const MAX_WINDOWS = 4_096;

export interface SkewEstimate {
  /** Exporter's clock minus collector's, in milliseconds: positive when the exporter is ahead. Lower by the shortest one-way delay. */
  readonly skewMs: number;
  /** The same of the latest window alone: differs from `skewMs` when a clock was set or drifts. */
  readonly latestMs: number;
  readonly messages: number;
}

/**
 * Estimates how far the exporter's clock is ahead of the collector's from nothing but Export Time and receive time.
 *
 * Export Time is a whole second, rounded down, taken before the way to the collector, so in every Message
 * `exportTime - receivedAt = skew - fraction - delay` with both subtracted terms not below 0: each is a lower bound of the skew and
 * the largest of a window is the best. With fractions spread evenly over the second, the smallest of n is 1/(n + 1) s on
 * average, which is added back. The delay cannot be told from skew in one direction and stays in the estimate. The median over
 * windows is what holds for most of the run, untouched by a clock that is only set after the first minutes.
 */
export class SkewAudit {
  readonly #windows: number[] = [];
  #largestUs = -Infinity;
  #inWindow = 0;
  #messages = 0;

  add(exportTimeS: number, receivedAtUs: number): void {
    this.#messages++;
    this.#largestUs = Math.max(this.#largestUs, exportTimeS * US_PER_S - receivedAtUs);
    if (++this.#inWindow < WINDOW_MESSAGES) return;
    this.#windows.push(boundToSkew(this.#largestUs, this.#inWindow));
    if (this.#windows.length > MAX_WINDOWS) this.#windows.shift();
    this.#largestUs = -Infinity;
    this.#inWindow = 0;
  }

  /** `undefined` without Messages. A part of a window counts only while there is no whole one. */
  estimate(): SkewEstimate | undefined {
    if (this.#messages === 0) return undefined;
    const windows = this.#windows.length > 0 ? this.#windows : [boundToSkew(this.#largestUs, this.#inWindow)];
    return {
      skewMs: median(windows) / US_PER_MS,
      latestMs: (windows.at(-1) as number) / US_PER_MS,
      messages: this.#messages,
    };
  }
}

const boundToSkew = (largestUs: number, messages: number): number => largestUs + US_PER_S / (messages + 1);

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
}
