import { parseIPv4 } from '../../../core/net/address.ts';
import { NS_PER_MS, type DurationNs } from '../../../core/time/instant.ts';
import type { Server } from './server.ts';

/** Routers between the office and its servers: 198.18.40.0/24. */
const FIRST_HOP = parseIPv4('198.18.40.1') ?? 0;
const HOPS = 250;
/** The access provider's routers, which every way begins with. */
const SHARED_HOPS = 2;
const FIRST_HOP_NS = 3 * NS_PER_MS;

/** A router on the way, and how long it takes to hear from it. */
export interface Hop {
  readonly address: number;
  readonly roundTripNs: DurationNs;
}

/** The routers on the way to a server, beyond the office's own: a fixed function of its address. */
export function hopsTo({ address, roundTripNs }: Server): readonly Hop[] {
  const mixed = Math.imul(address, 0x9e37_79b1) >>> 0;
  const count = 5 + (mixed % 7);
  return Array.from({ length: count }, (_, index) => ({
    address: FIRST_HOP + (index < SHARED_HOPS ? index : SHARED_HOPS + (((mixed >>> 8) + 31 * index) % (HOPS - SHARED_HOPS))),
    roundTripNs: Math.round(FIRST_HOP_NS + ((roundTripNs - FIRST_HOP_NS) * index) / count),
  }));
}
