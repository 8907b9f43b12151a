import { parsePrefix, type IPv4Prefix } from '../../../core/net/address.ts';
import { numberOfIPv6 } from '../../../core/net/address-book.ts';
import { parseIPv6Prefix, type IPv6Prefix } from '../../../core/net/ipv6-prefix.ts';
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
  /** `undefined` when it is not dual-stack. */
  readonly ipv6Prefix: IPv6Prefix | undefined;
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
  /** A /64 of the range for documentation (RFC 3849) in which servers have the same host numbers; none for IPv4 alone. */
  readonly ipv6Prefix?: string;
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

/** Host number `host` of the prefix; 0 without one. */
export const ipv6Host = (prefix: IPv6Prefix | undefined, host: number): number =>
  prefix === undefined ? 0 : numberOfIPv6([prefix.words[0] as number, prefix.words[1] as number, 0, host]);

/** @throws RangeError when the prefix is none or a pool is empty or does not fit: the catalogue is our own word */
export function service<const Name extends string>(application: string, facts: ServiceFacts<Name>): Service<Name> {
  const { label, asNumber, roundTripMs } = facts;
  const prefix = parsePrefix(facts.prefix);
  if (prefix === undefined) throw new RangeError(`${label}: "${facts.prefix}" is not a prefix`);
  const ipv6Prefix = facts.ipv6Prefix === undefined ? undefined : parseIPv6Prefix(facts.ipv6Prefix);
  if (facts.ipv6Prefix !== undefined && ipv6Prefix?.length !== 64)
    throw new RangeError(`${label}: "${facts.ipv6Prefix}" is not an IPv6 /64`);
  const poolOf = ({ protocol, port, firstHost, names }: PoolFacts): Pool => {
    if (firstHost + names.length >= 2 ** (32 - prefix.length)) throw new RangeError(`${label} has more servers than addresses`);
    const [first, ...others] = names.map((name, index) =>
      serverAt(prefix.address + firstHost + index, protocol, port, name, roundTripMs, ipv6Host(ipv6Prefix, firstHost + index)),
    );
    if (first === undefined) throw new RangeError(`${label} has a pool without servers`);
    return [first, ...others];
  };
  const pools = Object.entries<PoolFacts>(facts.pools).map(([name, pool]) => [name, poolOf(pool)]);
  return { application, label, asNumber, prefix, ipv6Prefix, pools: Object.fromEntries(pools) as Record<Name, Pool> };
}
