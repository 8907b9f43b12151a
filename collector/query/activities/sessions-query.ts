import { duckDbDialect } from '../language/duckdb-dialect.ts';
import type { Vocabulary } from '../language/vocabulary.ts';
import type { KeptParts } from '../people/seen-flows.ts';

/** Flows that begin so long after everything before them has ended are another session. */
export const SESSION_GAP_MS = 300_000;
/** A connection that carries so much, nearly all of it one way, is a transfer of its own, whatever else goes on with the application. */
export const TRANSFER_OCTETS = 5_000_000;
export const TRANSFER_RATIO = 8;
/** Flows that begin in the same bucket are one session, so they are added up first; hence below the gap. */
const BUCKET_MS = 60_000;
/** Whoever it is, and what is used. */
const HOLDER = 'person, stranger, app';
const CONNECTION = 'inside, inside_port, server, server_port, protocol';
/** Categories within which files are told apart from the rest by what a connection does. */
const WITH_TRANSFERS: ReadonlySet<string> = new Set(['web', 'downloads', 'cloud', 'other', 'remote work']);

/** The columns of flows that sessions are found in. */
export const NEEDED = ['id', 'person', 'person_stranger_ipv4', 'person_stranger_ipv6', 'inside_ipv4', 'inside_ipv6', 'inside_port', 'server_ipv4', 'server_ipv6', 'server_port',
  'protocol', 'app', 'exported_app', 'category', 'is_up', 'start_ms', 'end_ms', 'octets_scaled', 'packets_scaled']; // prettier-ignore

const { address } = duckDbDialect;
const stranger = `${address('person_stranger')} AS stranger`;
const bucket = `start_ms // ${BUCKET_MS} AS bucket`;

/** Rows with a bucket and its first and last instant; where a bucket begins later than everything before it has ended, plus the gap, another `number` begins. */
const divided = (rows: string, within: string, number: string): string => `
    SELECT *, count(*) FILTER (ended_ms IS NULL OR first_ms - ended_ms >= ${SESSION_GAP_MS}) OVER (PARTITION BY ${within} ORDER BY bucket) AS ${number}
    FROM (SELECT *, max(last_ms) OVER (PARTITION BY ${within} ORDER BY bucket ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ended_ms FROM ${rows})`;

/**
 * Selects the sessions of flows, a row each. A stretch is all that somebody does with an application without a long pause, and nothing outside it plays a part in its
 * sessions: what a connection carries in it gives the role of its flows, and those of one role are a session until they pause.
 */
export function sessionsOf(flows: string, { categories }: Vocabulary): string {
  const withTransfers = categories.flatMap((name, index) => (WITH_TRANSFERS.has(name) ? [index + 1] : []));
  const session = `${HOLDER}, stretch, role, session`;
  return `WITH tuples AS (
    SELECT person, ${stranger}, app, category, ${address('inside')} AS inside, inside_port, ${address('server')} AS server, server_port, protocol, ${bucket},
      coalesce(sum(octets_scaled) FILTER (is_up), 0) AS up, coalesce(sum(octets_scaled) FILTER (NOT is_up), 0) AS down,
      coalesce(sum(packets_scaled) FILTER (is_up), 0) AS up_packets,
      coalesce(sum(packets_scaled) FILTER (NOT is_up), 0) AS down_packets,
      coalesce(sum(octets_scaled) FILTER (exported_app <> 0), 0) AS exported, count(*) AS flows,
      min(start_ms) AS first_ms, max(end_ms) AS last_ms, min(id) AS first_flow
    FROM ${flows} GROUP BY ALL),
  stretched AS (${divided(`(SELECT ${HOLDER}, bucket, min(first_ms) AS first_ms, max(last_ms) AS last_ms FROM tuples GROUP BY ALL)`, HOLDER, 'stretch')}),
  stretches AS (SELECT ${HOLDER}, stretch, min(first_ms) AS from_ms, max(last_ms) AS to_ms FROM stretched GROUP BY ALL),
  placed AS (SELECT tuples.*, stretch FROM tuples JOIN stretched USING (${HOLDER}, bucket)),
  transfers AS (
    SELECT ${HOLDER}, stretch, ${CONNECTION}, CASE WHEN sum(up) > sum(down) THEN 1 ELSE 2 END AS carries
    FROM placed WHERE category IN (${withTransfers.join()}) GROUP BY ${HOLDER}, stretch, ${CONNECTION}
    HAVING greatest(sum(up), sum(down)) >= greatest(${TRANSFER_OCTETS}, ${TRANSFER_RATIO} * least(sum(up), sum(down)))),
  told AS (
    SELECT placed.*, coalesce(carries, 0) AS role FROM placed LEFT JOIN transfers USING (${HOLDER}, stretch, ${CONNECTION})),
  numbered AS (${divided(`(SELECT ${HOLDER}, stretch, role, bucket, min(first_ms) AS first_ms, max(last_ms) AS last_ms FROM told GROUP BY ALL)`, `${HOLDER}, stretch, role`, 'session')}),
  covered AS (
    SELECT ${session}, sum(greatest(0, last_ms - CASE WHEN first_ms - ended_ms < ${SESSION_GAP_MS} THEN greatest(first_ms, ended_ms) ELSE first_ms END)) AS busy_ms
    FROM numbered GROUP BY ALL),
  contacts AS (
    SELECT ${session}, server, server_port, protocol, sum(up) AS up, sum(down) AS down, sum(up_packets) AS up_packets, sum(down_packets) AS down_packets,
      sum(exported) AS exported, sum(flows) AS flows, count(DISTINCT (inside, inside_port)) AS connections, min(told.first_ms) AS first_ms, max(told.last_ms) AS last_ms,
      min(first_flow) AS first_flow
    FROM told JOIN numbered USING (${HOLDER}, stretch, role, bucket) GROUP BY ALL)
  SELECT ${HOLDER}, role, any_value(from_ms) AS from_ms, any_value(to_ms) AS to_ms, min(first_ms)::DOUBLE AS "startMs", max(last_ms)::DOUBLE AS "endMs",
    sum(up) AS "upOctets", sum(down) AS "downOctets", sum(up_packets)::DOUBLE AS "upPackets", sum(down_packets)::DOUBLE AS "downPackets",
    sum(flows)::DOUBLE AS flows, sum(connections)::DOUBLE AS connections,
    coalesce(sum(up + down) FILTER (protocol = 17), 0) AS "udpOctets", sum(exported) AS "exportedOctets", min(first_flow)::DOUBLE AS "firstFlow",
    least(1, any_value(busy_ms) / greatest(1, max(last_ms) - min(first_ms)))::DOUBLE AS steadiness,
    array_to_string((list(concat_ws(' ', server, server_port, protocol, (up + down)::BIGINT) ORDER BY up + down DESC, server, server_port))[1:10], ',') AS servers
  FROM contacts JOIN covered USING (${session}) JOIN stretches USING (${HOLDER}, stretch) GROUP BY ${session}`;
}

/**
 * The same of flows that mostly stay as they are, where the sessions of these are kept: those of stretches that no other flow lies in or near are as they were,
 * the rest are found anew.
 */
export function sessionsOfParts({ kept, settled, loose }: KeptParts, vocabulary: Vocabulary): string {
  const own = `SELECT ${NEEDED.join()} FROM`;
  return `WITH touched AS (
    SELECT DISTINCT ${HOLDER}, from_ms, to_ms FROM ${kept} JOIN (
      SELECT person, ${stranger}, app, ${bucket}, min(start_ms) AS first_ms, max(end_ms) AS last_ms FROM ${loose} GROUP BY ALL) USING (${HOLDER})
    WHERE first_ms - to_ms < ${SESSION_GAP_MS} AND from_ms - last_ms < ${SESSION_GAP_MS})
  FROM ${kept} ANTI JOIN touched USING (${HOLDER}, from_ms) UNION ALL (${sessionsOf(
    `(${own} (SELECT *, ${stranger} FROM ${settled}) AS own SEMI JOIN touched ON ${HOLDER.split(', ')
      .map((name) => `own.${name} = touched.${name}`)
      .join(' AND ')}
      AND start_ms BETWEEN from_ms AND to_ms UNION ALL ${own} ${loose})`,
    vocabulary,
  )})`;
}
