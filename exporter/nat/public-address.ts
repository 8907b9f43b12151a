import { PortBlocks } from './port-blocks.ts';
import { PortSpace, type PortRange } from './port-space.ts';

/** One address of the pool and what is in use of it. */
export class PublicAddress {
  readonly address: number;
  /** `undefined` unless ports are given in blocks. */
  readonly blocks: PortBlocks | undefined;
  /** Inside hosts that are paired with it. */
  hosts = 0;
  /** Mappings of all protocols. */
  mappings = 0;
  readonly #spaces = new Map<number, PortSpace>();

  constructor(address: number, range: PortRange, portBlockSize: number) {
    this.address = address;
    this.blocks = portBlockSize === 0 ? undefined : new PortBlocks(range, portBlockSize);
  }

  space(protocol: number): PortSpace {
    let space = this.#spaces.get(protocol);
    if (space === undefined) this.#spaces.set(protocol, (space = new PortSpace()));
    return space;
  }
}
