import { formatStored, type StoredAddress } from '../../core/net/stored-address.ts';
import { TCP_ACK, TCP_SYN } from '../../core/net/packet-train.ts';
import type { Inventory } from '../query/inventory.ts';
import { wordCount, wordOctets, wordTime } from '../query/wording.ts';
import type { Unusual } from './unusual.ts';

/** Different ports of one server that make a scan. A browser uses two, a file-sharing peer a handful. */
const MIN_PORTS = 50;
/** A probe is a SYN and perhaps its repetition or a reset; a connection that does anything takes more. */
const MAX_PROBE_PACKETS = 3;

export interface ScanRow {
  readonly inside: StoredAddress;
  readonly server: StoredAddress;
  readonly ports: number;
  readonly lowest: number;
  readonly highest: number;
  readonly probes: number;
  /** Probes with a SYN and never an acknowledgement: nobody answered, or with a reset. */
  readonly unanswered: number;
  readonly octets: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Who tried many ports of one server, over the flows seen from inside (`turned`). Slow scans count as well: no time window. */
export const portScanQuery = `
  SELECT inside, server, count(DISTINCT server_port)::DOUBLE AS ports, min(server_port) AS lowest, max(server_port) AS highest,
    count(*)::DOUBLE AS probes,
    count(*) FILTER (WHERE tcp_control_bits & ${TCP_SYN} <> 0 AND tcp_control_bits & ${TCP_ACK} = 0)::DOUBLE AS unanswered,
    sum(octets)::DOUBLE AS octets, min(flow_start_ms)::DOUBLE AS "firstMs", max(flow_end_ms)::DOUBLE AS "lastMs"
  FROM turned WHERE up AND packets <= ${MAX_PROBE_PACKETS}
  GROUP BY inside, server HAVING count(DISTINCT server_port) >= ${MIN_PORTS} ORDER BY "firstMs", inside, server`;

/** A port scan is one inside host that tried at least 50 ports of one server with at most 3 packets each. */
export function findPortScans(rows: readonly ScanRow[], inventory: Inventory): Unusual[] {
  return rows.map((row) => {
    const who = inventory.who(row.inside);
    const server = formatStored(row.server);
    const evidence = [
      `${wordCount(row.ports, 'port')} from ${row.lowest} to ${row.highest} of ${server}, at most ${MAX_PROBE_PACKETS} packets each`,
      `${wordTime(row.firstMs)} to ${wordTime(row.lastMs)}, ${wordCount(row.probes, 'flow')}, ${wordOctets(row.octets)}`,
    ];
    if (row.unanswered > 0) evidence.push(`${wordCount(row.unanswered, 'TCP attempt')} with a SYN and no acknowledgement`);
    return {
      kind: 'port-scan',
      who,
      address: formatStored(row.inside),
      sentence: `${who} scanned ${wordCount(row.ports, 'port')} of ${server}`,
      evidence,
      firstSeenMs: row.firstMs,
      lastSeenMs: row.lastMs,
    };
  });
}
