import type { IPv4Prefix } from '../../core/net/address.ts';
import type { FlowStore } from '../store/flow-store.ts';
import { type Application, type Catalogue, REASONS, type Reason } from './catalogue.ts';
import { turnedFlows } from './turned-flows.ts';

/** Flows of one host and application that begin within so many milliseconds of the last end are one session. */
const SESSION_GAP_MS = 300_000;
/** Flows that begin in the same bucket are always one session, so they can be added up first; hence below the gap. */
const BUCKET_MS = 240_000;

/** What one inside address did with one application. */
export interface Usage {
  /** 0 when neither end of the flows lies inside. */
  readonly inside: number;
  readonly application: Application;
  readonly upOctets: number;
  readonly downOctets: number;
  readonly octets: number;
  readonly flows: number;
  readonly sessions: number;
  /** Seconds from first to last packet of each session, added up. */
  readonly durationS: number;
  /** Different 5-tuples, and different servers. */
  readonly connections: number;
  readonly servers: number;
  /** By the exporter's clock. */
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface UsageFindings {
  readonly usages: readonly Usage[];
  /** Octets by what their application was recognised by. */
  readonly octetsByReason: Readonly<Record<Reason, number>>;
}

interface Key {
  readonly application_key: number;
  readonly server_key: number;
  readonly protocol_key: number;
  readonly port_key: number;
  readonly octets: number;
}

type UsageRow = Omit<Usage, 'application'> & { readonly application: number };

/** What every inside address did with every application, addresses ascending. Rejects only when the store fails. */
export async function findUsage(store: FlowStore, catalogue: Catalogue, inside: IPv4Prefix, ids: Iterable<number>): Promise<UsageFindings> {
  const turned = turnedFlows(inside, ids);
  const keys = await store.query<Key>(`WITH ${turned}
    SELECT application_key, server_key, protocol_key, port_key, sum(octets)::DOUBLE AS octets FROM turned GROUP BY ALL`);
  const octetsByReason = Object.fromEntries(REASONS.map((reason) => [reason, 0])) as Record<Reason, number>;
  const applications: Application[] = [];
  const indexOf = new Map<Application, number>();
  const classes = keys.map((key) => {
    const { application, reason } = catalogue.classify({
      applicationId: key.application_key,
      serverAddress: key.server_key,
      protocol: key.protocol_key,
      serverPort: key.port_key,
    });
    octetsByReason[reason] += key.octets;
    let index = indexOf.get(application);
    if (index === undefined) indexOf.set(application, (index = applications.push(application) - 1));
    return `(${key.application_key}, ${key.server_key}, ${key.protocol_key}, ${key.port_key}, ${index})`;
  });
  if (classes.length === 0) return { usages: [], octetsByReason };
  const rows = await store.query<UsageRow>(usageQuery(turned, classes));
  const usages = rows.map((row) => ({ ...row, application: applications[row.application] as Application }));
  return { usages, octetsByReason };
}

/** Sessions are found by gaps: where a bucket begins later than everything before has ended, plus the gap, another one begins. */
const usageQuery = (turned: string, classes: readonly string[]): string => `
  WITH ${turned},
  classes(application_key, server_key, protocol_key, port_key, application) AS (VALUES ${classes.join(', ')}),
  summed AS (
    SELECT inside, application_key, server_key, protocol_key, port_key, inside_port, server, server_port, protocol,
      flow_start_ms // ${BUCKET_MS} AS bucket,
      sum(CASE WHEN up THEN octets ELSE 0 END) AS up, sum(CASE WHEN up THEN 0 ELSE octets END) AS down, count(*) AS flows,
      min(flow_start_ms) AS first_ms, max(greatest(flow_start_ms, flow_end_ms)) AS last_ms
    FROM turned GROUP BY ALL),
  classified AS (SELECT * FROM summed JOIN classes USING (application_key, server_key, protocol_key, port_key)),
  contacts AS (
    SELECT inside, application, count(DISTINCT (inside_port, server, server_port, protocol)) AS connections,
      count(DISTINCT server) AS servers
    FROM classified GROUP BY ALL),
  bucketed AS (
    SELECT inside, application, bucket, sum(up) AS up, sum(down) AS down, sum(flows) AS flows,
      min(first_ms)::DOUBLE AS first_ms, max(last_ms)::DOUBLE AS last_ms
    FROM classified GROUP BY ALL),
  begun AS (
    SELECT *, coalesce(first_ms - max(last_ms) OVER before >= ${SESSION_GAP_MS}, true)::INTEGER AS begins
    FROM bucketed
    WINDOW before AS (PARTITION BY inside, application ORDER BY bucket ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)),
  numbered AS (SELECT *, sum(begins) OVER (PARTITION BY inside, application ORDER BY bucket) AS session FROM begun),
  sessions AS (
    SELECT inside, application, session, sum(up) AS up, sum(down) AS down, sum(flows) AS flows,
      min(first_ms) AS first_ms, max(last_ms) AS last_ms
    FROM numbered GROUP BY ALL)
  SELECT inside, application, sum(up)::DOUBLE AS "upOctets", sum(down)::DOUBLE AS "downOctets", sum(up + down)::DOUBLE AS octets,
    sum(flows)::DOUBLE AS flows, count(*)::DOUBLE AS sessions, sum(last_ms - first_ms) / 1000 AS "durationS",
    any_value(connections)::DOUBLE AS connections, any_value(servers)::DOUBLE AS servers,
    min(first_ms) AS "firstMs", max(last_ms) AS "lastMs"
  FROM sessions JOIN contacts USING (inside, application)
  GROUP BY inside, application ORDER BY inside, application`;
