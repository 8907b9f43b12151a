import type { IPv4Prefix } from '../../core/net/address.ts';
import { isFrom, type Exporter } from '../store/flow-store.ts';

/**
 * A common table expression `turned`: every flow, or every one of an exporter, seen from the inside host. It is the source when that lies inside, else the
 * destination after translation, else the destination; 0 when none of them lies inside. Flows whose application the exporter
 * did not name keep what it can be worked out from.
 */
export function turnedFlows(inside: IPv4Prefix, knownApplicationIds: Iterable<number>, exporter?: Exporter): string {
  const isInside = (column: string): string =>
    `${column} BETWEEN ${inside.address} AND ${inside.address + 2 ** (32 - inside.length) - 1}`;
  const known = [...knownApplicationIds].filter((id) => Number.isInteger(id));
  const named = known.length === 0 ? 'false' : `application_id IN (${known.join(', ')})`;
  return `turned AS (
    SELECT
      ${isInside('source_address')} AS up,
      ${isInside('post_nat_destination_address')} AS down,
      CASE
        WHEN up THEN source_address
        WHEN down THEN post_nat_destination_address
        WHEN ${isInside('destination_address')} THEN destination_address
        ELSE 0 END AS inside,
      CASE WHEN up THEN source_port WHEN down THEN post_napt_destination_port ELSE destination_port END AS inside_port,
      CASE WHEN up THEN destination_address ELSE source_address END AS server,
      CASE WHEN up THEN destination_port ELSE source_port END AS server_port,
      ${named} AS is_named,
      CASE WHEN is_named THEN application_id ELSE 0 END AS application_key,
      CASE WHEN is_named THEN 0 ELSE server END AS server_key,
      CASE WHEN is_named THEN 0 ELSE protocol END AS protocol_key,
      CASE WHEN is_named THEN 0 ELSE server_port END AS port_key,
      protocol, tcp_control_bits, octets, packets, flow_start_ms, flow_end_ms
    FROM flows WHERE ${isFrom(exporter)})`;
}
