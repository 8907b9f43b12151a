import { PROTOCOL_TCP } from '../../../core/net/packet-train.ts';
import { NS_PER_MS, type DurationNs } from '../../../core/time/instant.ts';

/** One port of one host that clients go to. */
export interface Server {
  /** Unsigned 32-bit integer. */
  readonly address: number;
  /** Its IPv6 address by number; 0 when it has none. */
  readonly ipv6Address: number;
  readonly port: number;
  readonly protocol: number;
  /** The name clients ask for; empty when they go by address. */
  readonly name: string;
  /** From a packet leaving the router to its answer. */
  readonly roundTripNs: DurationNs;
}

/** Nearest and farthest server of a service, in milliseconds of round trip. */
export type RoundTripMs = readonly [least: number, most: number];

const ANYWHERE: RoundTripMs = [10, 40];

/** A server whose round trip is a fixed function of its IPv4 address. */
export function serverAt(
  address: number,
  protocol: number,
  port: number,
  name: string,
  roundTripMs = ANYWHERE,
  ipv6Address = 0,
): Server {
  const [least, most] = roundTripMs;
  const spread = (Math.imul(address, 0x9e3779b1) >>> 0) / 2 ** 32;
  const roundTripNs = least * NS_PER_MS + Math.floor(spread * (most - least) * 1_000) * 1_000;
  return { address, ipv6Address, port, protocol, name, roundTripNs };
}

/** The same host by TCP: what a browser falls back to where UDP does not pass. */
export const overTcp = (server: Server): Server => ({ ...server, protocol: PROTOCOL_TCP });

/** The same host at another port. */
export const atPort = (server: Server, protocol: number, port: number): Server => ({ ...server, protocol, port });
