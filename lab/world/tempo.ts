import { NS_PER_MS, type TrueNs } from '../../core/time/instant.ts';

/** Virtual against real time: as fast as it goes, or so many virtual seconds for each real one. */
export type Speed = 'max' | number;

/** How fast virtual time passes, which may change at any moment. Nothing here changes what happens in it. */
export class Tempo {
  #speed: Speed;
  #isPaused = false;
  /** The instant of virtual time that was due at `#sinceMs` of real time. */
  #baseNs = 0;
  #sinceMs = performance.now();
  /** The next event: virtual time is never further than that. */
  #nextNs = 0;

  constructor(speed: Speed) {
    this.#speed = speed;
  }

  get speed(): Speed {
    return this.#speed;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** From now on; what is absent stays as it is. */
  change({ paused = this.#isPaused, speed = this.#speed }: { readonly paused?: boolean; readonly speed?: Speed }): void {
    this.#baseNs = Math.min(this.#dueNs(), this.#nextNs);
    this.#sinceMs = performance.now();
    this.#isPaused = paused;
    this.#speed = speed;
  }

  /** Virtual time begins anew. */
  restart(): void {
    this.#baseNs = this.#nextNs = 0;
    this.#sinceMs = performance.now();
  }

  /** Milliseconds of real time until the next event, at `nextNs`, is due; endless while it is paused. */
  untilMs(nextNs: TrueNs): number {
    this.#nextNs = nextNs;
    if (this.#isPaused) return Infinity;
    return this.#speed === 'max' ? 0 : (nextNs - this.#dueNs()) / NS_PER_MS / this.#speed;
  }

  #dueNs(): number {
    if (this.#isPaused) return this.#baseNs;
    if (this.#speed === 'max') return this.#nextNs;
    return this.#baseNs + (performance.now() - this.#sinceMs) * this.#speed * NS_PER_MS;
  }
}
