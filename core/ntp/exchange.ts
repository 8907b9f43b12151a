import { NS_PER_S, type DurationNs } from '../time/instant.ts';
import { durationNs, timestampDifference } from './timestamp.ts';

/** The four timestamps of one request and its reply, as NTP timestamps (RFC 5905 section 8). */
export interface Exchange {
  /** The request leaves, by the client's clock. */
  readonly t1: bigint;
  /** The request arrives, by the server's clock. */
  readonly t2: bigint;
  /** The reply leaves, by the server's clock. */
  readonly t3: bigint;
  /** The reply arrives, by the client's clock. */
  readonly t4: bigint;
}

/** What an exchange says about the client's clock, in nanoseconds. */
export interface Measurement {
  /** What must be added to the client's clock: positive when it is slow. Wrong by half of the path's asymmetry. */
  readonly offsetNs: DurationNs;
  /** Time on the way, there and back. Negative only when the clocks' rates or their reading are at odds. */
  readonly delayNs: DurationNs;
  /** Time the server kept the request. */
  readonly serverNs: DurationNs;
  /** Error by reading both clocks and by the client's oscillator while the exchange lasted (RFC 5905 section 8, epsilon). */
  readonly dispersionNs: DurationNs;
  /** The part of it that is in the client's own readings. */
  readonly readingNs: DurationNs;
}

/** An oscillator's tolerance: dispersion gained for each second (RFC 5905 section 7.2, PHI). */
export const PHI = 15e-6;
/** No client's clock is taken to be read any better than to a microsecond. */
const PRECISION = -20;
export const FINEST_READING_NS = 2 ** PRECISION * NS_PER_S;

/**
 * Offset and delay by RFC 5905 section 8 (the signs in its appendix A.5.1.1 are wrong). Only differences are used, so the
 * timestamps may lie in different eras; each result is rounded once, to the nearest nanosecond. `precision` is the server's, the
 * binary logarithm of seconds, and the client's clock is read in steps of `resolutionNs`.
 */
export function measure({ t1, t2, t3, t4 }: Exchange, precision = PRECISION, resolutionNs = 1): Measurement {
  const server = timestampDifference(t3, t2);
  const readingNs = Math.max(FINEST_READING_NS, resolutionNs);
  return {
    offsetNs: durationNs(timestampDifference(t2, t1) + timestampDifference(t3, t4), 2),
    delayNs: durationNs(timestampDifference(t4, t1) - server),
    serverNs: durationNs(server),
    readingNs,
    dispersionNs: 2 ** precision * NS_PER_S + readingNs + PHI * Math.max(0, durationNs(timestampDifference(t4, t1))),
  };
}
