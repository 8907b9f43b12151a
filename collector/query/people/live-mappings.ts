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
const TIMES = ['start_ms', 'end_ms'];

const IS_CLOSING = `tcp_control_bits & ${TCP_FIN | TCP_RST} <> 0`;

/** A flow that was translated. */
export const IS_TRANSLATED: Derived = {
  needs: ['is_up', 'is_down', ...addressColumns('inside'), ...addressColumns('nat')],
  sql: '((is_up OR is_down) AND (nat_ipv4 <> 0 OR nat_ipv6 <> 0) AND (nat_ipv4 <> inside_ipv4 OR nat_ipv6 <> inside_ipv6))',
};

/**
 * Common table expressions that end with `live`: the mappings that a NAT still has at an instant, each since it was last idle for longer than it is kept. What
 * they are is looked for in what ended lately; only of those that are found is everything before looked at.
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
    IS_TRANSLATED,
    hasBegun,
    lately,
    ...begunWithin(seen, presentMs - longestMs - LONGEST_FLOW_MS, presentMs),
  ]);
  const columns = [
    ...MAPPING,
    ...TIMES,
    'is_up',
    'tcp_control_bits',
    'octets_scaled',
    ...addressColumns('server'),
    'server_port',
  ];
  const mapping = MAPPING.join(', ');
  const inOrder = `PARTITION BY ${mapping} ORDER BY start_ms, end_ms, ${IS_CLOSING}`;
  return `recent AS MATERIALIZED (SELECT DISTINCT ${mapping} FROM ${recent}),
  translated AS NOT MATERIALIZED (SELECT ${columns.join(', ')} FROM ${seen.from(columns, [IS_TRANSLATED, hasBegun])}),
  own AS NOT MATERIALIZED (FROM translated SEMI JOIN recent USING (${mapping})),
  followed AS (
    SELECT *, max(end_ms) OVER (${inOrder} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS idle_from_ms, lag(${IS_CLOSING}) OVER (${inOrder}) AS was_closing
    FROM own),
  lives AS (
    SELECT *, max(start_ms) FILTER (WHERE idle_from_ms IS NULL OR start_ms - idle_from_ms > ${idleMs('was_closing')})
      OVER (PARTITION BY ${mapping}) AS begun_ms
    FROM followed),
  mapped AS (
    SELECT protocol, ${duckDbDialect.address('inside')} AS "insideAddress", inside_port AS "insidePort", ${duckDbDialect.address('nat')} AS "publicAddress",
      nat_port AS "publicPort", max({octets: octets_scaled, address: ${duckDbDialect.address('server')}, port: server_port}) AS largest,
      count(DISTINCT (server_ipv4, server_ipv6, server_port))::DOUBLE AS remotes,
      min(start_ms)::DOUBLE AS "firstMs", max(end_ms)::DOUBLE AS "lastMs", coalesce(sum(octets_scaled) FILTER (WHERE is_up), 0) AS "upOctets",
      coalesce(sum(octets_scaled) FILTER (WHERE NOT is_up), 0) AS "downOctets", bool_or(${IS_CLOSING}) AS is_closing
    FROM lives WHERE start_ms >= begun_ms GROUP BY ${mapping}),
  live AS MATERIALIZED (
    SELECT * EXCLUDE (is_closing, largest), largest.address AS "remoteAddress", largest.port AS "remotePort",
       ${idleMs('is_closing')} - greatest(${presentMs} - "lastMs", 0) AS "leftMs" FROM mapped WHERE "leftMs" > 0)`;
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
