import { PROTOCOL_TCP, PROTOCOL_UDP, TCP_FIN, TCP_RST } from '../../../core/net/packet-train.ts';
import type { AttributionConfig } from '../attribution-config.ts';
import { addressColumns } from '../language/derived-columns.ts';
import type { Derived } from '../language/derived.ts';
import { duckDbDialect } from '../language/duckdb-dialect.ts';
import { LONGEST_FLOW_MS } from './people-columns.ts';
import type { SeenFlows } from './seen-flows.ts';

/** How long a NAT is taken to keep a mapping that nothing comes for. */
export type NatTimeouts = Pick<AttributionConfig, 'udpIdleS' | 'tcpIdleS' | 'tcpClosedIdleS' | 'otherIdleS'>;

const ENDPOINTS = [...addressColumns('inside'), 'inside_port', ...addressColumns('nat'), 'nat_port'];
const MAPPING = ['protocol', ...ENDPOINTS];
const CONNECTION = [...MAPPING, ...addressColumns('server'), 'server_port'];

const IS_CLOSING = `tcp_control_bits & ${TCP_FIN | TCP_RST} <> 0`;

/** A flow that was translated. */
export const WENT_THROUGH_NAT: Derived = {
  needs: ['is_up', 'is_down', ...addressColumns('inside'), ...addressColumns('nat')],
  sql: '((is_up OR is_down) AND (nat_ipv4 <> 0 OR nat_ipv6 <> 0) AND (nat_ipv4 <> inside_ipv4 OR nat_ipv6 <> inside_ipv6))',
};

/**
 * Common table expressions that end with `live`: the mappings that a NAT still has at an instant, each since it was last idle for longer than it is kept. It is
 * kept for as long as the connection through it that is kept longest, so what one of them closes leaves the others open (RFC 5382 section 5). Of a connection,
 * stretches without a pause are told first: nothing ends within one, and after one in which it was closed another begins. What mappings there are
 * is looked for in what ended lately; only of those that are found is everything before looked at.
 */
export function liveMappings(seen: SeenFlows, presentMs: number, timeouts: NatTimeouts): string {
  const idleMs = idleTime(timeouts);
  const lately: Derived = {
    needs: ['end_ms', 'protocol', 'tcp_control_bits'],
    sql: `end_ms + ${idleMs(IS_CLOSING)} > ${presentMs}`,
  };
  const hasBegun: Derived = { needs: ['start_ms'], sql: `start_ms <= ${Math.floor(presentMs)}` };
  const longestMs = Math.max(...Object.values(timeouts)) * 1_000;
  const recent = seen.from(MAPPING, [
    WENT_THROUGH_NAT,
    hasBegun,
    lately,
    ...begunWithin(seen, presentMs - longestMs - LONGEST_FLOW_MS, presentMs),
  ]);
  const columns = [...CONNECTION, 'start_ms', 'end_ms', 'is_up', 'tcp_control_bits', 'octets_scaled'];
  const [mapping, connection] = [MAPPING.join(', '), CONNECTION.join(', ')];
  return `recent AS MATERIALIZED (SELECT DISTINCT ${mapping} FROM ${recent}),
  translated AS NOT MATERIALIZED (SELECT ${columns.join(', ')} FROM ${seen.from(columns, [WENT_THROUGH_NAT, hasBegun])}),
  own AS NOT MATERIALIZED (FROM translated SEMI JOIN recent USING (${mapping})),
  followed AS (
    SELECT *, max(end_ms) OVER (PARTITION BY ${connection} ORDER BY start_ms, end_ms ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ended_ms FROM own),
  cut AS (
    SELECT *, count(*) FILTER (start_ms > ended_ms + ${idleMs('true')}) OVER (PARTITION BY ${connection} ORDER BY start_ms, end_ms ROWS UNBOUNDED PRECEDING) AS stretch
    FROM followed),
  stretches AS (
    SELECT ${connection}, stretch, min(start_ms) AS first_ms, max(end_ms) AS last_ms, bool_or(${IS_CLOSING}) AS is_closing,
      coalesce(sum(octets_scaled) FILTER (WHERE is_up), 0) AS up, coalesce(sum(octets_scaled) FILTER (WHERE NOT is_up), 0) AS down
    FROM cut GROUP BY ${connection}, stretch),
  numbered AS (
    SELECT *, count(*) FILTER (first_ms > before_ms + ${idleMs('was_closing')}) OVER (PARTITION BY ${connection} ORDER BY stretch ROWS UNBOUNDED PRECEDING) AS incarnation
    FROM (SELECT *, lag(last_ms) OVER in_order AS before_ms, lag(is_closing) OVER in_order AS was_closing
      FROM stretches WINDOW in_order AS (PARTITION BY ${connection} ORDER BY stretch))),
  connections AS (
    SELECT ${connection}, min(first_ms) AS first_ms, max(last_ms) AS last_ms, sum(up) AS up, sum(down) AS down,
      max(last_ms) + ${idleMs('bool_or(is_closing)')} AS until_ms
    FROM numbered GROUP BY ${connection}, incarnation),
  successive AS (
    SELECT *, max(until_ms) OVER (PARTITION BY ${mapping} ORDER BY first_ms, last_ms ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS kept_until_ms
    FROM connections),
  lives AS (
    SELECT *, max(first_ms) FILTER (WHERE kept_until_ms IS NULL OR first_ms > kept_until_ms) OVER (PARTITION BY ${mapping}) AS begun_ms FROM successive),
  mapped AS (
    SELECT protocol, ${duckDbDialect.address('inside')} AS "insideAddress", inside_port AS "insidePort", ${duckDbDialect.address('nat')} AS "publicAddress",
      nat_port AS "publicPort", max({octets: up + down, address: ${duckDbDialect.address('server')}, port: server_port}) AS largest,
      count(DISTINCT (server_ipv4, server_ipv6, server_port))::DOUBLE AS remotes, min(first_ms)::DOUBLE AS "firstMs", max(last_ms)::DOUBLE AS "lastMs",
      sum(up) AS "upOctets", sum(down) AS "downOctets", max(until_ms)::DOUBLE - greatest(${presentMs}, max(last_ms)::DOUBLE) AS "leftMs"
    FROM lives WHERE first_ms >= begun_ms GROUP BY ${mapping}),
  live AS MATERIALIZED (
    SELECT * EXCLUDE largest, largest.address AS "remoteAddress", largest.port AS "remotePort" FROM mapped WHERE "leftMs" > 0)`;
}

const idleTime =
  ({ udpIdleS, tcpIdleS, tcpClosedIdleS, otherIdleS }: NatTimeouts) =>
  (isClosing: string): string =>
    `CASE WHEN protocol = ${PROTOCOL_UDP} THEN ${udpIdleS * 1_000} WHEN protocol <> ${PROTOCOL_TCP} THEN ${otherIdleS * 1_000}
      WHEN ${isClosing} THEN ${tcpClosedIdleS * 1_000} ELSE ${tcpIdleS * 1_000} END`;

/** What the others come to that the database need not work out for each flow; there is no such condition by another time than the flow's own. */
const begunWithin = ({ request }: SeenFlows, fromMs: number, toMs: number): Derived[] =>
  request.basis === 'flow'
    ? [{ needs: ['flow_start_ms'], sql: `flow_start_ms BETWEEN ${Math.max(0, Math.floor(fromMs))} AND ${Math.floor(toMs)}` }]
    : [];
