/** How the exporter of a session samples, by its options. */
export class SessionSampling {
  /** One of so many packets is looked at where a record does not say who sampled it; 0 when nobody said. */
  interval = 0;
  readonly #maxSamplers: number;
  readonly #bySampler = new Map<number, number>();

  constructor(maxSamplers: number) {
    this.#maxSamplers = maxSamplers;
  }

  /** The interval of a sampler (samplerId or selectorId), and of one that was not described the usual one. */
  of(sampler: number): number {
    return this.#bySampler.get(sampler) ?? this.interval;
  }

  /** Without a sampler it is said of all records. What is beyond the limit is not kept. */
  learn(sampler: number | undefined, interval: number): void {
    if (sampler === undefined) this.interval = interval;
    else if (this.#bySampler.has(sampler) || this.#bySampler.size < this.#maxSamplers) this.#bySampler.set(sampler, interval);
  }
}
