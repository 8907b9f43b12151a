/** Ports from `first` to `last`, both included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Every port, or those that are even or odd. */
export type Parity = 'any' | 'even' | 'odd';

export const parityOf = (port: number): Parity => (port % 2 === 0 ? 'even' : 'odd');

/** The ports of one public address for one protocol: which are in use, by how many mappings. */
export class PortSpace {
  /** More than one where ports may overlap. */
  readonly #users = new Uint32Array(65_536);
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
