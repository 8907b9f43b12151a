import { BEGUN_FLOWS } from './begun-flows.ts';
import { formatStored, type StoredAddress } from '../../core/net/stored-address.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP, TCP_FIN, TCP_RST } from '../../core/net/packet-train.ts';
import type { AskedStore } from '../store/flow-store.ts';
import { decide, EVIDENCE_ROWS, questionsTable, type Attribution, type Candidate, type EndpointQuestion } from './attribution.ts';
import type { AttributionConfig } from './attribution-config.ts';
import { groupBy } from './group-by.ts';
import type { Inventory } from './inventory.ts';
import { wordInstant } from './wording.ts';

/**
 * Who used each public endpoint, by the addresses before and after translation in Flow Records (elements 225 to 228): whoever
 * has a flow through it that covers the instant, else whoever had the last one before that a mapping is likely to outlive.
 */
export async function attributeFromFlows(
  store: AskedStore,
  questions: readonly EndpointQuestion[],
  inventory: Inventory,
  config: AttributionConfig,
): Promise<Attribution[]> {
  const found = groupBy(await store.query<Candidate>(candidatesQuery(questions, config)), ({ question }) => question);
  const spans = found.size < questions.length ? await store.query<Span>(spansQuery(questions)) : [];
  const spanOf = new Map(spans.map((span) => [span.publicAddress, span]));
  return questions.map(
    (question, index) =>
      decide(found.get(index) ?? [], inventory, question.atMs) ?? whyNobody(question, spanOf.get(question.publicAddress)),
  );
}

/** The time the store knows of a public address. */
interface Span {
  readonly publicAddress: StoredAddress;
  readonly firstMs: number;
  readonly lastMs: number;
}

function whyNobody({ publicAddress, atMs, toleranceMs }: EndpointQuestion, span: Span | undefined): Attribution {
  const address = formatStored(publicAddress);
  const cannotKnow = (reason: string): Attribution => ({ kind: 'cannot-know', reason, evidence: [] });
  if (span === undefined) return cannotKnow(`no stored flow tells who is behind ${address}`);
  if (atMs + toleranceMs < span.firstMs)
    return cannotKnow(`the first stored flow of ${address} began at ${wordInstant(span.firstMs)}`);
  if (atMs - toleranceMs > span.lastMs)
    return cannotKnow(`the last stored flow of ${address} ended at ${wordInstant(span.lastMs)}`);
  return { kind: 'nobody', reason: 'no flow passed it then, nor shortly before', evidence: [] };
}

const candidatesQuery = (questions: readonly EndpointQuestion[], config: AttributionConfig): string => `
  WITH ${questionsTable(questions)},
  passed AS (
    SELECT question, asked_protocol, from_ms, to_ms, id, protocol, tcp_control_bits, flow_start_ms, flow_end_ms,
      source_address AS inside_address, source_port AS inside_port,
      destination_address AS remote_address, destination_port AS remote_port
    FROM ${BEGUN_FLOWS} JOIN questions ON post_nat_source_address = public_address AND post_napt_source_port = public_port
    -- An Observation Point outside sees the public address on both sides and cannot tell.
    WHERE source_address <> public_address
    UNION ALL
    SELECT question, asked_protocol, from_ms, to_ms, id, protocol, tcp_control_bits, flow_start_ms, flow_end_ms,
      post_nat_destination_address, post_napt_destination_port, source_address, source_port
    FROM ${BEGUN_FLOWS} JOIN questions ON destination_address = public_address AND destination_port = public_port
    WHERE post_nat_destination_address NOT IN (0, public_address)
    UNION ALL
    -- Without translation an IPv6 endpoint is the host's own.
    SELECT question, asked_protocol, from_ms, to_ms, id, protocol, tcp_control_bits, flow_start_ms, flow_end_ms,
      source_address, source_port, destination_address, destination_port
    FROM ${BEGUN_FLOWS} JOIN questions ON source_ipv6 = public_address AND source_port = public_port
    WHERE source_ipv6 <> 0 AND post_nat_source_address IN (0, public_address)
    UNION ALL
    SELECT question, asked_protocol, from_ms, to_ms, id, protocol, tcp_control_bits, flow_start_ms, flow_end_ms,
      destination_address, destination_port, source_address, source_port
    FROM ${BEGUN_FLOWS} JOIN questions ON destination_ipv6 = public_address AND destination_port = public_port
    WHERE destination_ipv6 <> 0 AND post_nat_destination_address IN (0, public_address)),
  placed AS (
    SELECT *, greatest(from_ms - flow_end_ms::BIGINT, 0) AS before_ms,
      CASE
        WHEN protocol = ${PROTOCOL_UDP} THEN ${config.udpIdleS * 1_000}
        WHEN protocol = ${PROTOCOL_TCP} AND tcp_control_bits & ${TCP_FIN | TCP_RST} <> 0 THEN ${config.tcpClosedIdleS * 1_000}
        WHEN protocol = ${PROTOCOL_TCP} THEN ${config.tcpIdleS * 1_000}
        ELSE ${config.otherIdleS * 1_000} END AS idle_ms
    FROM passed WHERE asked_protocol IN (-1, protocol) AND flow_start_ms <= to_ms)
  SELECT question, id::DOUBLE AS id, protocol, inside_address AS "insideAddress", inside_port AS "insidePort",
    remote_address AS "remoteAddress", remote_port AS "remotePort",
    flow_start_ms::DOUBLE AS "fromMs", flow_end_ms::DOUBLE AS "toMs", before_ms::DOUBLE AS "beforeMs"
  FROM placed WHERE before_ms <= idle_ms
  QUALIFY row_number() OVER (
    PARTITION BY question, protocol, inside_address ORDER BY before_ms, flow_start_ms DESC, id) <= ${EVIDENCE_ROWS}
  ORDER BY question, before_ms, flow_start_ms DESC, id`;

const spansQuery = (questions: readonly EndpointQuestion[]): string => `
  WITH ${questionsTable(questions)},
  spoken AS (
    SELECT flow_start_ms, flow_end_ms,
      CASE WHEN source_ipv6 <> 0 AND post_nat_source_address = 0 THEN source_address ELSE post_nat_source_address END AS public_address
    FROM ${BEGUN_FLOWS} WHERE source_ipv6 <> 0 OR source_address <> post_nat_source_address)
  SELECT public_address AS "publicAddress", min(flow_start_ms)::DOUBLE AS "firstMs", max(flow_end_ms)::DOUBLE AS "lastMs"
  FROM spoken WHERE public_address IN (SELECT public_address FROM questions) GROUP BY public_address`;
