import { NS_PER_S, type DurationNs } from '../time/instant.ts';

/** The error of a clock nobody corrects: an offset that grows by `slope` for each nanosecond. Variances, not deviations. */
export interface OffsetState {
  readonly offsetNs: DurationNs;
  readonly slope: number;
  readonly offsetVariance: number;
  readonly slopeVariance: number;
}

/**
 * A Kalman filter of offset and frequency for an oscillator whose frequency walks at random: `wander` is the standard deviation
 * of its step in one second, as a fraction. It is the least-squares line whose memory is as long as such an oscillator allows.
 */
export class OffsetFilter {
  readonly #walkPerNs: number;
  #offsetNs: DurationNs;
  #slope: number;
  #offsetVariance: number;
  #covariance = 0;
  #slopeVariance: number;

  constructor(wander: number, first: OffsetState) {
    this.#walkPerNs = wander ** 2 / NS_PER_S;
    this.#offsetNs = first.offsetNs;
    this.#slope = first.slope;
    this.#offsetVariance = first.offsetVariance;
    this.#slopeVariance = first.slopeVariance;
  }

  get state(): OffsetState {
    return {
      offsetNs: this.#offsetNs,
      slope: this.#slope,
      offsetVariance: this.#offsetVariance,
      slopeVariance: this.#slopeVariance,
    };
  }

  /** Goes on to an instant `elapsedNs` later; negative for a datagram that was overtaken. */
  predict(elapsedNs: DurationNs): void {
    const walk = this.#walkPerNs * Math.abs(elapsedNs);
    this.#offsetNs += this.#slope * elapsedNs;
    this.#offsetVariance += elapsedNs * (2 * this.#covariance + elapsedNs * (this.#slopeVariance + walk / 3));
    this.#covariance += elapsedNs * (this.#slopeVariance + walk / 2);
    this.#slopeVariance += walk;
  }

  /** Takes a sample of the offset; returns the logarithm of how likely the filter had held it. */
  correct(offsetNs: DurationNs, variance: number): number {
    const expected = this.#offsetVariance + variance;
    const surprise = offsetNs - this.#offsetNs;
    const slopeGain = this.#covariance / expected;
    const kept = variance / expected;
    this.#offsetNs += (1 - kept) * surprise;
    this.#slope += slopeGain * surprise;
    this.#offsetVariance *= kept;
    this.#slopeVariance -= slopeGain * this.#covariance;
    this.#covariance *= kept;
    return -(Math.log(expected) + surprise ** 2 / expected) / 2;
  }
}
