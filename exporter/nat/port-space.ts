import type { TrueNs } from '../../core/time/instant.ts';

/** Ports from `first` to `last`, both included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Every port, or those that are even or odd. */
export type Parity = 'any' | 'even' | 'odd';

export const parityOf = (port: number): Parity => (port % 2 === 0 ? 'even' : 'odd');

/** Who had a port last, and until when nobody else gets it. */
interface Rest {
  readonly host: number;
  readonly until: TrueNs;
}

/** The ports of one public address for one protocol: which are in use, by how many mappings, and which rest. */
export class PortSpace {
  /** More than one where ports may overlap. */
  readonly #users = new Uint32Array(65_536);
  /** In the order they were freed. */
  readonly #resting = new Map<number, Rest>();
  /** The last port a search found. */
  readonly #found: Record<Parity, number> = { any: -1, even: -1, odd: -1 };

  isUnused(port: number): boolean {
    return this.#users[port] === 0;
  }

  take(port: number): void {
    this.#users[port] = (this.#users[port] as number) + 1;
  }

  release(port: number): void {
    this.#users[port] = (this.#users[port] as number) - 1;
  }

  /** Whether the port is kept from the host because another had it a moment ago (RFC 6888 REQ-8). */
  isResting(port: number, now: TrueNs, host: number): boolean {
    const rest = this.#resting.get(port);
    return rest !== undefined && rest.host !== host && rest.until > now;
  }

  /** The port begins to rest; with more than `most` at rest the first ones are free. */
  rest(port: number, now: TrueNs, rest: Rest, most: number): void {
    this.#resting.delete(port);
    this.#resting.set(port, rest);
    for (const [first, { until }] of this.#resting) {
      if (until > now && this.#resting.size <= most) return;
      this.#resting.delete(first);
    }
  }

  /**
   * The next port of the range that is free, once around, from a port chosen by `draw` (0 to less than 1), else from where the
   * last search ended: beginning at the same place anew would walk over the same full stretch. -1 when there is none.
   */
  search({ first, last }: PortRange, parity: Parity, draw: number | undefined, isFree: (port: number) => boolean): number {
    const step = parity === 'any' ? 1 : 2;
    const begin = parity === 'any' || parityOf(first) === parity ? first : first + 1;
    const count = Math.floor((last - begin) / step) + 1;
    const found = this.#found[parity];
    const next = found >= begin && found <= last ? (found - begin) / step + 1 : 0;
    const from = draw === undefined ? next : Math.floor(draw * count);
    for (let tried = 0; tried < count; tried++) {
      const port = begin + ((from + tried) % count) * step;
      if (isFree(port)) return (this.#found[parity] = port);
    }
    return -1;
  }
}
