import { NS_PER_S, type DurationNs, type TrueNs } from '../time/instant.ts';
import { PHI } from './exchange.ts';

export interface FilterStage {
  readonly at: TrueNs;
  readonly offsetNs: DurationNs;
  readonly delayNs: DurationNs;
  readonly dispersionNs: DurationNs;
}

/** What the filter says of a server: its best sample, and how much is known about it. */
export interface PeerStatistics {
  /** Of the sample with the least delay. */
  readonly offsetNs: DurationNs;
  readonly delayNs: DurationNs;
  readonly dispersionNs: DurationNs;
  /** Root mean square of the other offsets' distances from the best one's. */
  readonly jitterNs: DurationNs;
}

const STAGES = 8;

/**
 * The clock filter of RFC 5905 section 10: of the last eight samples the one with the least delay is the best, and dispersion is
 * their own, grown old, halved for each place behind it. Stages without a sample add nothing: RFC 5905 would give them 16 s each,
 * and no clock could be set before the fourth reply.
 */
export class ClockFilter {
  readonly #stages: FilterStage[] = [];

  add(stage: FilterStage): void {
    this.#stages.push(stage);
    if (this.#stages.length > STAGES) this.#stages.shift();
  }

  /** `undefined` before the first sample. */
  statistics(now: TrueNs): PeerStatistics | undefined {
    const stages = this.#stages.toSorted((a, b) => a.delayNs - b.delayNs);
    const [best] = stages;
    if (best === undefined) return undefined;
    const grown = ({ at, dispersionNs }: FilterStage): DurationNs => dispersionNs + PHI * Math.max(0, now - at);
    const squares = stages.reduce((sum, { offsetNs }) => sum + (offsetNs - best.offsetNs) ** 2, 0);
    return {
      offsetNs: best.offsetNs,
      delayNs: best.delayNs,
      dispersionNs: stages.reduce((sum, stage, index) => sum + grown(stage) / 2 ** (index + 1), 0),
      jitterNs: Math.max(NS_PER_S * 2 ** -20, Math.sqrt(squares / Math.max(1, stages.length - 1))),
    };
  }
}
