import type { AddressRange, StoredAddress } from '../../core/net/stored-address.ts';
import type { ApplicationName } from '../collecting/label.ts';
import { BEGUN_FLOWS } from './begun-flows.ts';
import { isFrom, type Exporter } from '../store/flow-store.ts';

const FIRST_IPV6 = 2 ** 32;

export type NamedId = Omit<ApplicationName, 'name'> & { readonly number: number };

/** How flows are seen from inside. */
export interface Turning {
  /** The prefixes of the office. */
  readonly inside: readonly AddressRange[];
  /** Application ids the exporters gave names for, each name as a number from 1 on. */
  readonly named: readonly NamedId[];
  /** Inside addresses, and the one by which each is to be known instead. */
  readonly hosts: ReadonlyMap<StoredAddress, StoredAddress>;
  /** Whose flows; everybody's without it. */
  readonly exporter?: Exporter | undefined;
}

/**
 * Common table expressions that end with `turned`: every flow seen from the inside host. It is the source when that lies inside,
 * else the destination after translation, else the destination; 0 when none of them lies inside. The server is what it is outside:
 * of NAT64, the IPv4 one. Flows whose application the exporter did not name keep what it can be worked out from; of the others
 * `application_key` is the number of the name.
 */
export function turnedFlows({ inside, named, hosts, exporter }: Turning): string {
  const isInside = (stem: string): string =>
    inside.map(({ first, last }) => `${stem}_${first < FIRST_IPV6 ? 'ipv4' : 'ipv6'} BETWEEN ${first} AND ${last}`).join(' OR ');
  const isAnyNamed = named.length > 0;
  return `${isAnyNamed ? `${namesTable(named)}, ` : ''}addressed AS (
    SELECT
      ${isInside('source')} AS up,
      ${isInside('post_nat_destination')} AS down,
      CASE
        WHEN up THEN source_address
        WHEN down THEN post_nat_destination_address
        WHEN ${isInside('destination')} THEN destination_address
        ELSE 0 END AS inside,
      CASE WHEN up THEN source_port WHEN down THEN post_napt_destination_port ELSE destination_port END AS inside_port,
      CASE
        WHEN up AND destination_ipv6 <> 0 AND post_nat_destination_ipv4 <> 0 THEN post_nat_destination_ipv4
        WHEN up THEN destination_address
        ELSE source_address END AS server,
      CASE WHEN up THEN destination_port ELSE source_port END AS server_port,
      ${isAnyNamed ? 'coalesce(own.name_number, whole.name_number, 0)' : '0'} AS application_key,
      application_key <> 0 AS is_named,
      CASE WHEN is_named THEN 0 ELSE server END AS server_key,
      CASE WHEN is_named THEN 0 ELSE protocol END AS protocol_key,
      CASE WHEN is_named THEN 0 ELSE server_port END AS port_key,
      protocol, tcp_control_bits, octets, packets, flow_start_ms, flow_end_ms
    FROM ${BEGUN_FLOWS}${isAnyNamed ? joinNames('own', 'observation_domain_id') + joinNames('whole', '0') : ''} WHERE ${isFrom(exporter)}),
  ${hosts.size === 0 ? 'turned AS (FROM addressed)' : byHost(hosts)}`;
}

const namesTable = (named: readonly NamedId[]): string => {
  const list = (valueOf: (one: NamedId) => StoredAddress): string => `'[${named.map(valueOf).join(',')}]'`;
  return `names AS (
    SELECT unnest(CAST(${list((one) => one.exporter)} AS UHUGEINT[])) AS naming_exporter,
      unnest(CAST(${list((one) => one.observationDomainId)} AS UINTEGER[])) AS naming_domain,
      unnest(CAST(${list((one) => one.id)} AS UINTEGER[])) AS named_id,
      unnest(CAST(${list((one) => one.number)} AS UINTEGER[])) AS name_number)`;
};

/** There is one name at most. */
const joinNames = (as: string, domain: string): string =>
  ` LEFT JOIN names AS ${as} ON ${as}.naming_exporter = exporter AND ${as}.naming_domain = ${domain} AND ${as}.named_id = application_id`;

/** A table goes to the database as lists in text: thousands of rows written as SQL take longer to parse than all else. */
const byHost = (hosts: ReadonlyMap<StoredAddress, StoredAddress>): string => `hosts AS (
    SELECT unnest(CAST('[${[...hosts.keys()].join(',')}]' AS UHUGEINT[])) AS inside,
      unnest(CAST('[${[...hosts.values()].join(',')}]' AS UHUGEINT[])) AS host),
  turned AS (
    SELECT addressed.* REPLACE (coalesce(host, inside) AS inside) FROM addressed LEFT JOIN hosts USING (inside))`;
