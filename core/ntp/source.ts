import type { Random } from '../random/random.ts';
import { NS_PER_MS, trueNs, type DurationNs, type TrueNs } from '../time/instant.ts';
import { Association } from './association.ts';
import { MAX_FREQUENCY_PPM, OffsetEstimator } from './offset-estimator.ts';
import { rootDistanceNs } from './reply-check.ts';
import type { Candidate } from './selection.ts';
import type { SymmetricKey } from './symmetric-key.ts';

export interface SourceOptions {
  /** For the first request's instant and, unless there are `nonces`, the requests' nonces; each server has a stream of its own. */
  readonly random: Random;
  /** On real sockets the nonces must be such as nobody can foretell, not a seed's. */
  readonly nonces?: Pick<Random, 'int'>;
  /** Seconds between two requests after the burst, 16 or more outside of a laboratory (RFC 5905, MINPOLL 4); 64 unless told. */
  readonly pollIntervalS?: number;
  /** Seconds up to which the interval doubles while the clock is steady; the same as `pollIntervalS` unless told. */
  readonly maxPollIntervalS?: number;
  /** The largest frequency correction, in parts per million; 500 unless told. */
  readonly maxFrequencyPpm?: number;
  /** The frequency correction a drift file remembers, in parts per million: it is in force from the first request on. */
  readonly frequencyPpm?: number | undefined;
  /** When the first request leaves, since the epoch; a random 0..1000 ms for each server unless told. */
  readonly initialDelayMs?: number;
  /** The client's own address as a reference identifier. */
  readonly ownReferenceId?: number;
  /** The keys shared with servers, by what the driver calls them: their replies are believed only when they are signed (RFC 5905 section 7.3). */
  readonly keys?: ReadonlyMap<string, SymmetricKey>;
}

/** What a server says, how fast the clock runs away by it, and the leap indicator of its last reply. */
export interface SourceCandidate extends Candidate {
  readonly slope: number;
  readonly leap: number;
  /** Standard deviation of what it says of the offset. */
  readonly deviationNs: DurationNs;
}

/** Good replies wanted in quick succession at the start, so that a clock is right within seconds. */
export const BURST_REPLIES = 4;
/** How far off an oscillator may be that nobody has measured, as a part of the most that is corrected, and a remembered one. */
const UNKNOWN_PART = 1 / 5;
const REMEMBERED_DEVIATION = 1e-6;
/** The least distance two servers are held apart by (RFC 5905 section A.5.5.2, MINDISP of 5 ms, halved as delay is). */
const MIN_DISTANCE_NS = 2.5 * NS_PER_MS;

/** A server as a source of the time: what passes between it and the client, and what it has said about the clock. */
export class Source {
  readonly server: string;
  readonly association: Association;
  readonly estimator: OffsetEstimator;

  /** `resolutionNs`: the steps in which the client's clock is read, which RFC 5905 calls its precision. */
  constructor(server: string, resolutionNs: DurationNs, options: SourceOptions) {
    const { pollIntervalS = 64, maxPollIntervalS, ownReferenceId, frequencyPpm, initialDelayMs } = options;
    const { maxFrequencyPpm = MAX_FREQUENCY_PPM } = options;
    const random = options.random.fork(server);
    const startsAt = trueNs(Math.round((initialDelayMs ?? random.uniform(0, 1_000)) * NS_PER_MS));
    const burst = BURST_REPLIES;
    this.server = server;
    const association = {
      startsAt,
      pollIntervalS,
      maxPollIntervalS,
      burst,
      ownReferenceId,
      resolutionNs,
      key: options.keys?.get(server),
    };
    this.association = new Association({ random: options.nonces ?? random, ...association });
    this.estimator = new OffsetEstimator({
      slope: (frequencyPpm ?? 0) / 1e6,
      resolutionNs,
      slopeDeviation: frequencyPpm === undefined ? (maxFrequencyPpm / 1e6) * UNKNOWN_PART : REMEMBERED_DEVIATION,
    });
  }

  /** What it says at `now`; `undefined` when it has said nothing yet, or has not answered lately. */
  candidate(now: TrueNs): SourceCandidate | undefined {
    const estimate = this.estimator.estimate(now);
    const statistics = this.association.statistics(now);
    const { last, reach } = this.association;
    if (reach === 0 || last === undefined || estimate === undefined || statistics === undefined) return undefined;
    const { delayNs, dispersionNs, jitterNs } = statistics;
    const distanceNs = Math.max(MIN_DISTANCE_NS, rootDistanceNs(last, delayNs, dispersionNs) + jitterNs);
    const { stratum, leap } = last;
    return { server: this.server, stratum, leap, rootDistanceNs: distanceNs, jitterNs, ...estimate };
  }
}
