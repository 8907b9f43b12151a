import { PROTOCOL_TCP, PROTOCOL_UDP, TCP_FIN, TCP_RST } from '../../../core/net/packet-train.ts';
import type { AttributionConfig } from '../attribution-config.ts';
import { addressColumns } from '../language/derived-columns.ts';
import { duckDbDialect } from '../language/duckdb-dialect.ts';

/** How long a NAT is taken to keep a mapping that nothing comes for. */
export type NatTimeouts = Pick<AttributionConfig, 'udpIdleS' | 'tcpIdleS' | 'tcpClosedIdleS' | 'otherIdleS'>;

const MAPPING = ['protocol', ...addressColumns('inside'), 'inside_port', ...addressColumns('nat'), 'nat_port'];
const CONNECTION = [...MAPPING, ...addressColumns('server'), 'server_port'];

export const IS_CLOSING = `tcp_control_bits & ${TCP_FIN | TCP_RST} <> 0`;

/** The columns of a mapping. */
export const MAPPED = MAPPING.join(', ');
/** Those of a connection through one. */
const CONNECTED = CONNECTION.join(', ');
/** The columns of flows that they are found in. */
export const NEEDED = [...CONNECTION, 'start_ms', 'end_ms', 'flow_start_ms', 'is_up', 'tcp_control_bits', 'octets_scaled'];

/** Selects flows as pieces of connections. */
export const piecesOf = (flows: string): string => `
  SELECT ${CONNECTED}, start_ms, end_ms, ${IS_CLOSING} AS is_closing, CASE WHEN is_up THEN octets_scaled ELSE 0 END AS up, CASE WHEN is_up THEN 0 ELSE octets_scaled END AS down
  FROM ${flows}`;

/** Selects the stretches that pieces come to, as pieces: with others they come to the same as these. */
export const stretchesOf = (pieces: string, timeouts: NatTimeouts): string => `
  SELECT ${CONNECTED}, min(start_ms) AS start_ms, max(end_ms) AS end_ms, bool_or(is_closing) AS is_closing, sum(up) AS up, sum(down) AS down
  FROM (
    SELECT *, count(*) FILTER (start_ms > ended_ms + ${idleTime(timeouts)('true')}) OVER (PARTITION BY ${CONNECTED} ORDER BY start_ms, end_ms) AS stretch
    FROM (
      SELECT *, max(end_ms) OVER (PARTITION BY ${CONNECTED} ORDER BY start_ms, end_ms ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ended_ms
      FROM (${pieces})))
  GROUP BY ${CONNECTED}, stretch`;

/**
 * Selects the last life of each mapping that pieces of connections come to, and until when it is kept if nothing comes. Of a connection, stretches without a pause are told
 * first: nothing ends within one, and after one in which it was closed another begins.
 */
export function livesOf(pieces: string, timeouts: NatTimeouts): string {
  const idleMs = idleTime(timeouts);
  return `
  WITH stretches AS (${stretchesOf(pieces, timeouts)}),
  numbered AS (
    SELECT *, count(*) FILTER (start_ms > before_ms + ${idleMs('was_closing')}) OVER (PARTITION BY ${CONNECTED} ORDER BY start_ms ROWS UNBOUNDED PRECEDING) AS incarnation
    FROM (SELECT *, lag(end_ms) OVER in_order AS before_ms, lag(is_closing) OVER in_order AS was_closing
      FROM stretches WINDOW in_order AS (PARTITION BY ${CONNECTED} ORDER BY start_ms))),
  connections AS (
    SELECT ${CONNECTED}, min(start_ms) AS first_ms, max(end_ms) AS last_ms, sum(up) AS up, sum(down) AS down,
      max(end_ms) + ${idleMs('bool_or(is_closing)')} AS until_ms
    FROM numbered GROUP BY ${CONNECTED}, incarnation),
  successive AS (
    SELECT *, max(until_ms) OVER (PARTITION BY ${MAPPED} ORDER BY first_ms, last_ms ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS kept_until_ms
    FROM connections),
  lives AS (
    SELECT *, max(first_ms) FILTER (WHERE kept_until_ms IS NULL OR first_ms > kept_until_ms) OVER (PARTITION BY ${MAPPED}) AS begun_ms FROM successive)
  SELECT ${MAPPED}, max({octets: up + down, address: ${duckDbDialect.address('server')}, port: server_port}) AS largest,
    count(DISTINCT (server_ipv4, server_ipv6, server_port)) AS remotes, min(first_ms) AS first_ms, max(last_ms) AS last_ms, sum(up) AS up, sum(down) AS down,
    max(until_ms) AS until_ms
  FROM lives WHERE first_ms >= begun_ms GROUP BY ${MAPPED}`;
}

/** How long a connection is kept that nothing comes for, in milliseconds. */
export const idleTime =
  ({ udpIdleS, tcpIdleS, tcpClosedIdleS, otherIdleS }: NatTimeouts) =>
  (isClosing: string): string =>
    `CASE WHEN protocol = ${PROTOCOL_UDP} THEN ${udpIdleS * 1_000} WHEN protocol <> ${PROTOCOL_TCP} THEN ${otherIdleS * 1_000}
      WHEN ${isClosing} THEN ${tcpClosedIdleS * 1_000} ELSE ${tcpIdleS * 1_000} END`;
