import { parsePrefix, type IPv4Prefix } from '../../../core/net/address.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../../core/net/packet-train.ts';
import { serverAt, type RoundTripMs, type Server } from './server.ts';

/** Servers that do the same, one of which a client picks; never empty. */
export type Pool = readonly [Server, ...Server[]];

/** Something the office uses on the internet. */
export interface Service<Name extends string = string> {
  /** What the router and the collector call the application. */
  readonly application: string;
  /** How a reader knows it. */
  readonly label: string;
  /** Where its prefix originates: a number for documentation (RFC 5398). */
  readonly asNumber: number;
  readonly prefix: IPv4Prefix;
  readonly pools: Readonly<Record<Name, Pool>>;
}

/** How a pool is written down: one server for each name, with consecutive addresses from `firstHost` of the prefix on. */
interface PoolFacts {
  readonly protocol: number;
  readonly port: number;
  readonly firstHost: number;
  readonly names: readonly string[];
}

interface ServiceFacts<Name extends string> {
  readonly label: string;
  readonly asNumber: number;
  readonly prefix: string;
  readonly roundTripMs: RoundTripMs;
  readonly pools: Readonly<Record<Name, PoolFacts>>;
}

export const tcp = (port: number, firstHost: number, names: readonly string[]): PoolFacts => ({
  protocol: PROTOCOL_TCP,
  port,
  firstHost,
  names,
});

export const udp = (port: number, firstHost: number, names: readonly string[]): PoolFacts => ({
  ...tcp(port, firstHost, names),
  protocol: PROTOCOL_UDP,
});

/** Names with numbers from 1 to `count` where `template` has `#`. */
export const numbered = (count: number, template: string): readonly string[] =>
  Array.from({ length: count }, (_, index) => template.replace('#', String(index + 1)));

/** @throws RangeError when the prefix is none or a pool is empty or does not fit: the catalogue is our own word */
export function service<const Name extends string>(application: string, facts: ServiceFacts<Name>): Service<Name> {
  const { label, asNumber, roundTripMs } = facts;
  const prefix = parsePrefix(facts.prefix);
  if (prefix === undefined) throw new RangeError(`${label}: "${facts.prefix}" is not a prefix`);
  const poolOf = ({ protocol, port, firstHost, names }: PoolFacts): Pool => {
    if (firstHost + names.length >= 2 ** (32 - prefix.length)) throw new RangeError(`${label} has more servers than addresses`);
    const [first, ...others] = names.map((name, index) =>
      serverAt(prefix.address + firstHost + index, protocol, port, name, roundTripMs),
    );
    if (first === undefined) throw new RangeError(`${label} has a pool without servers`);
    return [first, ...others];
  };
  const pools = Object.entries<PoolFacts>(facts.pools).map(([name, pool]) => [name, poolOf(pool)]);
  return { application, label, asNumber, prefix, pools: Object.fromEntries(pools) as Record<Name, Pool> };
}
