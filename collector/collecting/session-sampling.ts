/** Whose sampling an exporter tells: one of these, or that of all its records. */
interface Sampled {
  readonly sampler: number | undefined;
  /** An interface, for what comes in there. */
  readonly ingress: number | undefined;
  /** An interface, for what goes out there. */
  readonly egress: number | undefined;
}

/** How the exporter of a session samples, by its options. */
export class SessionSampling {
  readonly #maxSamplers: number;
  readonly #bySampler = new Map<number, number>();
  readonly #byIngress = new Map<number, number>();
  readonly #byEgress = new Map<number, number>();
  #interval = 0;

  constructor(maxSamplers: number) {
    this.#maxSamplers = maxSamplers;
  }

  /** One of so many packets is looked at where nothing else is said of a record: as the only sampler does it; 0 when nobody said. */
  get interval(): number {
    if (this.#interval > 0 || this.#bySampler.size !== 1) return this.#interval;
    const [only = 0] = this.#bySampler.values();
    return only;
  }

  /** Whether interfaces have intervals of their own. */
  get differsByInterface(): boolean {
    return this.#byIngress.size + this.#byEgress.size > 0;
  }

  /** The interval of a sampler (samplerId or selectorId), and of one that was not described the usual one. */
  of(sampler: number): number {
    return this.#bySampler.get(sampler) ?? this.interval;
  }

  /** The interval of what comes in and goes out at these interfaces. */
  between(ingress: number, egress: number): number {
    return this.#byIngress.get(ingress) ?? this.#byEgress.get(egress) ?? this.interval;
  }

  /** What is beyond the limit is not kept. */
  learn({ sampler, ingress, egress }: Sampled, interval: number): void {
    if (sampler !== undefined) this.#keep(this.#bySampler, sampler, interval);
    else if (ingress !== undefined) this.#keep(this.#byIngress, ingress, interval);
    else if (egress !== undefined) this.#keep(this.#byEgress, egress, interval);
    else this.#interval = interval;
  }

  #keep(intervals: Map<number, number>, id: number, interval: number): void {
    if (intervals.has(id) || intervals.size < this.#maxSamplers) intervals.set(id, interval);
  }
}
