import type { PortRange } from './port-space.ts';

/** Ports of a public address that one inside host has to itself, for all protocols. */
export interface PortBlock extends PortRange {
  /** Mappings in it, of all protocols: the host gives it back when there are none. */
  mappings: number;
}

/** The ports of a public address in blocks of equal size; what is left over at the end is not used. */
export class PortBlocks {
  readonly #range: PortRange;
  readonly #size: number;
  readonly #taken: (PortBlock | undefined)[];

  constructor(range: PortRange, size: number) {
    this.#range = range;
    this.#size = size;
    this.#taken = Array.from({ length: Math.floor((range.last - range.first + 1) / size) }, () => undefined);
  }

  /** The lowest block nobody has, or `undefined`. */
  claim(): PortBlock | undefined {
    const index = this.#taken.indexOf(undefined);
    if (index < 0) return undefined;
    const first = this.#range.first + index * this.#size;
    return (this.#taken[index] = { first, last: first + this.#size - 1, mappings: 0 });
  }

  release({ first }: PortBlock): void {
    this.#taken[(first - this.#range.first) / this.#size] = undefined;
  }
}
