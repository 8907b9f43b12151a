import type { AddressRange } from '../../../core/net/stored-address.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../../core/net/packet-train.ts';
import type { AskedStore } from '../../store/flow-store.ts';
import type { AttributionConfig } from '../attribution-config.ts';
import { BEGUN_FLOWS } from '../begun-flows.ts';
import { duckDbDialect } from '../language/duckdb-dialect.ts';

/**
 * The table `flows` with the inside end put where it is missing: a flow that tells the public endpoint alone, as an exporter outside the NAT does, gets
 * the inside endpoint of whoever had the public one when it began, by NAT events or by the flows of an exporter that saw both sides. Where two hosts can have
 * had it nobody gets it. Flows with ids before `insideBefore` are known to have an end inside. `undefined` when the store has no such flow, or nothing to tell them by.
 */
export async function ownedFlows(
  store: AskedStore,
  inside: readonly AddressRange[],
  config: AttributionConfig,
  insideBefore = 0,
): Promise<{ readonly sql: string; readonly notes: readonly string[] } | undefined> {
  const owners = `(WITH ${outsideFlows(inside)}, ${lives(config)}, ${OWNERS(config)} FROM owners)`;
  const [found] = await store.query<{ outside: number; isTold: boolean }>(
    `WITH ${outsideFlows(inside)} SELECT count(*)::DOUBLE AS outside,
      EXISTS (SELECT 1 FROM nat_events) OR EXISTS (SELECT 1 FROM flows WHERE ${IS_TRANSLATED}) AS "isTold" FROM outside WHERE id >= ${insideBefore}`,
  );
  if (found === undefined || found.outside === 0 || !found.isTold) return undefined;
  const [{ owned } = { owned: 0 }] = await store.query<{ owned: number }>(`SELECT count(*)::DOUBLE AS owned FROM ${owners}`);
  if (owned === 0) return undefined;
  return {
    sql: `(SELECT flows.* REPLACE (${REPLACED}) FROM ${BEGUN_FLOWS} LEFT JOIN ${owners} AS owners USING (id)) AS flows`,
    notes: [
      `${owned} of ${found.outside} records tell the public endpoint alone; whose they are was looked up in NAT events and in other exporters' records`,
    ],
  };
}

/** The inside end of what goes up is its source, else the destination after the translation. */
const REPLACED = [
  ['source_ipv4', 'up', 'owner_ipv4'],
  ['source_ipv6', 'up', 'owner_ipv6'],
  ['source_port', 'up', 'owner_port'],
  ['post_nat_source_ipv4', 'up', 'flows.source_ipv4'],
  ['post_napt_source_port', 'up', 'flows.source_port'],
  ['post_nat_destination_ipv4', 'down', 'owner_ipv4'],
  ['post_nat_destination_ipv6', 'down', 'owner_ipv6'],
  ['post_napt_destination_port', 'down', 'owner_port'],
]
  .map(([column, way, value]) => `CASE WHEN way = '${way}' THEN ${value} ELSE flows.${column} END AS ${column}`)
  .join(', ');

/** Both directions as the internet sees them; which end is ours shows by who had it. */
const outsideFlows = (inside: readonly AddressRange[]): string => `outside AS (
    SELECT id, protocol, flow_start_ms::BIGINT AS at_ms, source_ipv4, source_port, destination_ipv4, destination_port FROM ${BEGUN_FLOWS}
    WHERE source_ipv4 <> 0 AND destination_ipv4 <> 0
      AND NOT (${['source', 'destination', 'post_nat_destination'].map((stem) => isInside(stem, inside)).join(' OR ')}))`;

const isInside = (stem: string, inside: readonly AddressRange[]): string =>
  inside.length === 0 ? 'false' : inside.map((range) => duckDbDialect.isWithin(stem, range)).join(' OR ');

const IS_TRANSLATED =
  '(post_nat_source_ipv4 <> 0 AND (source_ipv6 <> 0 OR source_ipv4 <> post_nat_source_ipv4)) OR ' +
  '(post_nat_destination_ipv6 <> 0 OR post_nat_destination_ipv4 NOT IN (0, destination_ipv4))';

/**
 * From when to when a public endpoint was an inside one's: by events from creation to deletion (RFC 8158 section 4.3: of each pair of kinds the even one creates),
 * by flows from the first to the last between the same ends. `remote_ipv4` is 0 where it was the same for all remote ends, `protocol` where for all of them.
 */
const lives = ({ udpIdleS, tcpIdleS, otherIdleS }: AttributionConfig): string => `events AS (
    SELECT kind, id, protocol, public_address, public_port, inside_ipv4, inside_ipv6, inside_port, remote_ipv4, remote_port, observation_time_ms
    FROM nat_events WHERE kind BETWEEN 4 AND 11
    UNION ALL
    SELECT kind, id, 0, public_address, unnest(range(port_range_start::INTEGER, port_range_end::INTEGER + 1, greatest(port_range_step_size, 1)::INTEGER)),
      inside_ipv4, inside_ipv6, 0, 0, 0, observation_time_ms
    FROM nat_events WHERE kind IN (16, 17)),
  followed AS (
    SELECT *, observation_time_ms::BIGINT AS from_ms, lead(observation_time_ms) OVER (
      PARTITION BY kind // 2, protocol, public_address, public_port, inside_ipv4, inside_ipv6, inside_port, remote_ipv4, remote_port
      ORDER BY observation_time_ms, id)::BIGINT AS next_ms
    FROM events),
  lives AS (
    SELECT protocol, public_address AS public_ipv4, public_port, inside_ipv4, inside_ipv6, inside_port, remote_ipv4, remote_port, from_ms,
      coalesce(next_ms, ${Number.MAX_SAFE_INTEGER}) AS to_ms, 0 AS idle_ms
    FROM followed WHERE kind % 2 = 0
    UNION ALL
    SELECT protocol, public_ipv4, public_port, inside_ipv4, inside_ipv6, inside_port, remote_ipv4, remote_port, min(start_ms), max(end_ms),
      CASE protocol WHEN ${PROTOCOL_UDP} THEN ${udpIdleS} WHEN ${PROTOCOL_TCP} THEN ${tcpIdleS} ELSE ${otherIdleS} END * 1000
    FROM (
      SELECT protocol, post_nat_source_ipv4 AS public_ipv4, post_napt_source_port AS public_port, source_ipv4 AS inside_ipv4,
        source_ipv6 AS inside_ipv6, source_port AS inside_port,
        CASE WHEN source_ipv6 = 0 THEN destination_ipv4 ELSE post_nat_destination_ipv4 END AS remote_ipv4, destination_port AS remote_port,
        flow_start_ms::BIGINT AS start_ms, flow_end_ms::BIGINT AS end_ms
      FROM ${BEGUN_FLOWS} WHERE post_nat_source_ipv4 <> 0 AND (source_ipv6 <> 0 OR source_ipv4 <> post_nat_source_ipv4)
      UNION ALL
      SELECT protocol, destination_ipv4, destination_port, post_nat_destination_ipv4, post_nat_destination_ipv6, post_napt_destination_port,
        source_ipv4, source_port, flow_start_ms::BIGINT, flow_end_ms::BIGINT
      FROM ${BEGUN_FLOWS} WHERE destination_ipv4 <> 0 AND (post_nat_destination_ipv6 <> 0 OR post_nat_destination_ipv4 NOT IN (0, destination_ipv4)))
    GROUP BY ALL)`;

/** Whoever had it at the instant, else whoever is the only one that may have, within the tolerance or the life of an idle mapping. */
const OWNERS = ({ toleranceMs }: AttributionConfig): string => {
  const side = (way: string, own: string, remote: string): string => `
    SELECT outside.id, '${way}' AS way, lives.inside_ipv4, lives.inside_ipv6, lives.inside_port,
      at_ms BETWEEN from_ms AND to_ms AS covers
    FROM outside JOIN lives ON public_ipv4 = ${own}_ipv4 AND public_port = ${own}_port
    WHERE lives.protocol IN (0, outside.protocol) AND (remote_ipv4 = 0 OR (remote_ipv4 = ${remote}_ipv4 AND remote_port = ${remote}_port))
      AND at_ms BETWEEN from_ms - ${toleranceMs} AND to_ms + idle_ms + ${toleranceMs}`;
  return `candidates AS (${side('up', 'source', 'destination')} UNION ALL ${side('down', 'destination', 'source')}),
  owners AS (
    SELECT id, any_value(way) AS way, any_value(inside_ipv4) AS owner_ipv4, any_value(inside_ipv6) AS owner_ipv6, max(inside_port) AS owner_port
    FROM (FROM candidates QUALIFY covers OR NOT bool_or(covers) OVER (PARTITION BY id))
    GROUP BY id HAVING count(DISTINCT (inside_ipv4, inside_ipv6)) = 1 AND count(DISTINCT way) = 1)`;
};
