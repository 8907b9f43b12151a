import { NS_PER_S, type DurationNs } from '../time/instant.ts';

export interface PollIntervalOptions {
  /** Seconds between two requests after the burst, and the least a steady clock comes back to. */
  readonly pollIntervalS: number;
  /** Seconds a steady clock may be left alone; the same unless told, at most 131072 (RFC 5905 section 7.2, MAXPOLL 17). */
  readonly maxPollIntervalS?: number | undefined;
  /** Good replies wanted in quick succession at the start; twice as many requests are made for them at most. */
  readonly burst: number;
}

const BURST_INTERVAL_NS = 2 * NS_PER_S;
const MAX_INTERVAL_NS = 131_072 * NS_PER_S;
/** RATE raises the interval no further (RFC 8633 section 5.4). */
const MAX_RATE_INTERVAL_NS = 8_192 * NS_PER_S;
/** A server that does not answer is asked this seldom at last: it may come back (RFC 5905 section 7.3, default maximum). */
const MAX_BACKOFF_NS = 1_024 * NS_PER_S;
/** Steady or unsteady samples, each worth the exponent of the interval, before it is doubled or halved (RFC 5905 section 13, LIMIT). */
const PATIENCE = 30;

/** When to ask a server again: bursts, steadiness, silence and RATE decide (RFC 5905 section 13). */
export class PollInterval {
  #leastNs: DurationNs;
  #mostNs: DurationNs;
  #intervalNs: DurationNs;
  #repliesWanted: number;
  #burstRequests: number;
  #rampNs: DurationNs;
  #soonNs: DurationNs = BURST_INTERVAL_NS;
  #patience = 0;
  #isBackingOff = false;

  constructor({ pollIntervalS, maxPollIntervalS = pollIntervalS, burst }: PollIntervalOptions) {
    this.#leastNs = Math.min(MAX_INTERVAL_NS, Math.round(pollIntervalS * NS_PER_S));
    this.#mostNs = Math.min(MAX_INTERVAL_NS, Math.max(this.#leastNs, Math.round(maxPollIntervalS * NS_PER_S)));
    this.#intervalNs = this.#leastNs;
    this.#repliesWanted = burst;
    this.#burstRequests = 2 * burst;
    this.#rampNs = burst === 0 ? Infinity : 2 * BURST_INTERVAL_NS;
  }

  /** The interval in force, bursts aside. */
  get intervalNs(): DurationNs {
    return this.#intervalNs;
  }

  /** To be called once for each request. */
  asked(): void {
    this.#burstRequests--;
  }

  /**
   * How long after the last request the next one is due. After the burst each reply doubles the wait until it is the interval: a few seconds tell
   * a frequency so poorly that a clock left alone for a minute could be a millisecond off at its end.
   */
  get waitNs(): DurationNs {
    return this.#isBurst ? this.soon() : Math.min(this.#rampNs, this.#intervalNs);
  }

  get #isBurst(): boolean {
    return this.#repliesWanted > 0 && this.#burstRequests > 0;
  }

  /** How long to wait when a second opinion is wanted: not less than the interval of a server that has said RATE. */
  soon(): DurationNs {
    return Math.min(this.#soonNs, this.#intervalNs);
  }

  /** The server has not answered for long: exponential back-off (RFC 4330 section 10). */
  backOff(): void {
    this.#isBackingOff = true;
    this.#rampNs = Infinity;
    this.#intervalNs = Math.max(this.#intervalNs, Math.min(MAX_BACKOFF_NS, this.#intervalNs * 2));
  }

  answered(): void {
    if (!this.#isBurst) this.#rampNs *= 2;
    this.#repliesWanted--;
    if (this.#isBackingOff) this.#intervalNs = this.#leastNs;
    this.#isBackingOff = false;
  }

  /** A kiss-o'-death RATE: at once, each time, and for good (RFC 5905 section 7.4). */
  slowDown(): void {
    this.#repliesWanted = 0;
    this.#rampNs = Infinity;
    this.#soonNs = Infinity;
    this.#intervalNs = Math.max(this.#intervalNs, Math.min(MAX_RATE_INTERVAL_NS, this.#intervalNs * 2));
    this.#leastNs = this.#intervalNs;
    this.#mostNs = Math.max(this.#mostNs, this.#leastNs);
  }

  /** Whether the last sample lay within what noise explains: a steady clock is asked about less often. */
  adapt(isSteady: boolean): void {
    if (this.#isBurst) return;
    const exponent = Math.log2(this.#intervalNs / NS_PER_S);
    this.#patience += isSteady ? exponent : -2 * exponent;
    if (Math.abs(this.#patience) <= PATIENCE) return;
    const wantedNs = this.#patience > 0 ? this.#intervalNs * 2 : this.#intervalNs / 2;
    this.#intervalNs = Math.max(this.#leastNs, Math.min(this.#mostNs, wantedNs));
    this.#patience = 0;
  }
}
