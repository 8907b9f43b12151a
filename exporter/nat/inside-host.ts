import type { PortBlock } from './port-blocks.ts';
import type { PublicAddress } from './public-address.ts';

/** What an inside host has of the pool. It is forgotten when it has nothing. */
export interface InsideHost {
  readonly address: number;
  /** Mappings of all protocols, port forwards not counted. */
  mappings: number;
  /** The address it is paired with (RFC 4787 REQ-2). */
  paired: PublicAddress | undefined;
  readonly blocks: { readonly of: PublicAddress; readonly block: PortBlock }[];
}
