import type { Random } from '../../core/random/random.ts';
import type { NatConfig } from './config.ts';
import { parityOf, type Parity, type PortRange, type PortSpace } from './port-space.ts';

const LAST_SYSTEM_PORT = 1_023;

/** Chooses public ports (RFC 4787 section 4.2, RFC 6056 section 3.3.1). */
export class PortChoice {
  readonly #config: NatConfig;
  readonly #random: Random;

  constructor(config: NatConfig, random: Random) {
    this.#config = config;
    this.#random = random;
  }

  /** The ports an inside port may become while they are not given in blocks (RFC 4787 REQ-3a). */
  rangeOf(insidePort: number): PortRange {
    const { keepPortRange, firstPort, lastPort } = this.#config;
    if (!keepPortRange) return { first: firstPort, last: lastPort };
    if (insidePort <= LAST_SYSTEM_PORT) return { first: 1, last: LAST_SYSTEM_PORT };
    return { first: Math.max(firstPort, LAST_SYSTEM_PORT + 1), last: lastPort };
  }

  /** A free port of the ranges, of the inside port's parity while there is one (REQ-4); -1 when there is none at all. */
  choose(space: PortSpace, ranges: readonly PortRange[], insidePort: number, isFree: (port: number) => boolean): number {
    const { portAllocation, keepPortParity } = this.#config;
    const isInside = ({ first, last }: PortRange): boolean => insidePort >= first && insidePort <= last;
    if (portAllocation === 'preserving' && ranges.some(isInside) && isFree(insidePort)) return insidePort;
    const parities: Parity[] = keepPortParity ? [parityOf(insidePort), parityOf(insidePort + 1)] : ['any'];
    for (const parity of parities) {
      for (const range of ranges) {
        const draw = portAllocation === 'random' ? this.#random.uniform() : undefined;
        const port = space.search(range, parity, draw, isFree);
        if (port >= 0) return port;
      }
    }
    return -1;
  }
}
