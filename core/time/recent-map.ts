import type { DurationNs, TrueNs } from './instant.ts';

/**
 * A map that forgets what nobody has touched for a while: at least `spanNs`, at most twice as long. Two generations instead of a
 * timer for each entry, so that a touch costs no more than a look.
 */
export class RecentMap<Key, Value> {
  readonly #spanNs: DurationNs;
  #young = new Map<Key, Value>();
  #old = new Map<Key, Value>();
  #turnsAt = -Infinity;

  constructor(spanNs: DurationNs) {
    this.#spanNs = spanNs;
  }

  /** How many entries are remembered. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(now: TrueNs, key: Key): Value | undefined {
    this.#age(now);
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const value = this.#old.get(key);
    if (value === undefined) return undefined;
    this.#old.delete(key);
    this.#young.set(key, value);
    return value;
  }

  set(now: TrueNs, key: Key, value: Value): void {
    this.#age(now);
    this.#old.delete(key);
    this.#young.set(key, value);
  }

  #age(now: TrueNs): void {
    if (now < this.#turnsAt) return;
    const isLongAgo = now - this.#turnsAt >= this.#spanNs;
    this.#old = isLongAgo ? new Map() : this.#young;
    this.#young = new Map();
    // Generations are a span long, whenever somebody looks: one that ended late would keep its entries for longer than two.
    this.#turnsAt = isLongAgo ? now + this.#spanNs : this.#turnsAt + this.#spanNs;
  }
}
