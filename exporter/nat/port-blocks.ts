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

  /** The lowest block nobody has and in which a port is free, or `undefined`. */
  claim(isFree: (port: number) => boolean): PortBlock | undefined {
    for (let index = 0; index < this.#taken.length; index++) {
      const first = this.#range.first + index * this.#size;
      const last = first + this.#size - 1;
      if (this.#taken[index] !== undefined || !hasAny({ first, last }, isFree)) continue;
      return (this.#taken[index] = { first, last, mappings: 0 });
    }
    return undefined;
  }

  release({ first }: PortBlock): void {
    this.#taken[(first - this.#range.first) / this.#size] = undefined;
  }
}

function hasAny({ first, last }: PortRange, isFree: (port: number) => boolean): boolean {
  for (let port = first; port <= last; port++) if (isFree(port)) return true;
  return false;
}
