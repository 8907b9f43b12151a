import type { StoredAddress } from '../../core/net/stored-address.ts';
import type { FlowStore, QueryParameters } from '../store/flow-store.ts';
import { type Application, type Catalogue, REASONS, type Reason } from './catalogue.ts';
import { turnedFlows, type Turning } from './turned-flows.ts';

/** Flows of one host and application that begin within so many milliseconds of the last end are one session. */
const SESSION_GAP_MS = 300_000;
/** Flows that begin in the same bucket are always one session, so they can be added up first; hence below the gap. */
const BUCKET_MS = 240_000;

/** What one inside address did with one application. */
export interface Usage {
  /** 0 when neither end of the flows lies inside. */
  readonly inside: StoredAddress;
  readonly application: Application;
  readonly upOctets: number;
  readonly downOctets: number;
  readonly octets: number;
  readonly flows: number;
  readonly sessions: number;
  /** Seconds from first to last packet of each session, added up. */
  readonly durationS: number;
  /** Different 5-tuples, and different servers; 0 unless they were asked for. */
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
  readonly server_key: StoredAddress;
  readonly protocol_key: number;
  readonly port_key: number;
  readonly octets: number;
}

type UsageRow = Omit<Usage, 'application' | 'connections' | 'servers'> & { readonly application: number };
type ContactRow = Pick<Usage, 'inside' | 'connections' | 'servers'> & { readonly application: number };

/** A combination of what flows show and what it was recognised as. */
interface Class {
  readonly key: Key;
  readonly application: Application;
}

/** What `findUsage` needs to know. */
export interface UsageQuestion {
  readonly catalogue: Catalogue;
  readonly turning: Turning;
  /** Names of applications whose connections are to be counted. */
  readonly counted: ReadonlySet<string>;
}

/**
 * What every inside address did with every application, addresses ascending. Connections are counted for the applications
 * named in `counted` alone: it takes a look at every 5-tuple. Rejects only when the store fails.
 */
export async function findUsage(store: FlowStore, { catalogue, turning, counted }: UsageQuestion): Promise<UsageFindings> {
  const turned = turnedFlows(turning);
  const keys = await store.query<Key>(`WITH ${turned}
    SELECT application_key, server_key, protocol_key, port_key, sum(octets::DOUBLE) AS octets FROM turned GROUP BY ALL
    ORDER BY ALL`);
  const { classes, octetsByReason } = classify(keys, catalogue);
  if (classes.length === 0) return { usages: [], octetsByReason };
  const applications = [...new Set(classes.map(({ application }) => application))];
  const indexOf = new Map(applications.map((application, index) => [application, index]));
  const rows = await store.query<UsageRow>(usageQuery(turned), parametersOf(classes, indexOf));
  const countable = classes.filter(({ application }) => counted.has(application.name));
  const contacts = await store.query<ContactRow>(contactsQuery(turned), parametersOf(countable, indexOf));
  const contactsOf = new Map(contacts.map((row) => [`${row.inside} ${row.application}`, row]));
  const usages = rows.map((row): Usage => {
    const { connections = 0, servers = 0 } = contactsOf.get(`${row.inside} ${row.application}`) ?? {};
    return { ...row, connections, servers, application: applications[row.application] as Application };
  });
  return { usages, octetsByReason };
}

/** A table goes to the database as lists in text: thousands of rows written as SQL take longer to parse than all else. */
const CLASSES = `classes AS (
    SELECT unnest(CAST($application_keys AS UINTEGER[])) AS application_key, unnest(CAST($server_keys AS UHUGEINT[])) AS server_key,
      unnest(CAST($protocol_keys AS UTINYINT[])) AS protocol_key, unnest(CAST($port_keys AS USMALLINT[])) AS port_key,
      unnest(CAST($applications AS UINTEGER[])) AS application)`;

function parametersOf(classes: readonly Class[], indexOf: ReadonlyMap<Application, number>): QueryParameters {
  const list = (valueOf: (member: Class) => number | bigint): string => `[${classes.map(valueOf).join(',')}]`;
  return {
    application_keys: list(({ key }) => key.application_key),
    server_keys: list(({ key }) => key.server_key),
    protocol_keys: list(({ key }) => key.protocol_key),
    port_keys: list(({ key }) => key.port_key),
    applications: list(({ application }) => indexOf.get(application) as number),
  };
}

function classify(keys: readonly Key[], catalogue: Catalogue): { classes: Class[]; octetsByReason: Record<Reason, number> } {
  const octetsByReason = Object.fromEntries(REASONS.map((reason) => [reason, 0])) as Record<Reason, number>;
  const classes = keys.map((key) => {
    const { application, reason } = catalogue.classify({
      applicationId: key.application_key,
      serverAddress: key.server_key,
      protocol: key.protocol_key,
      serverPort: key.port_key,
    });
    octetsByReason[reason] += key.octets;
    return { key, application };
  });
  return { classes, octetsByReason };
}

/**
 * Sessions are found by gaps: where a bucket begins later than everything before it has ended, plus the gap, another session
 * begins and lasts to the bucket's end; any other bucket makes its session longer by what reaches beyond the end so far.
 */
const usageQuery = (turned: string): string => `
  WITH ${turned}, ${CLASSES},
  bucketed AS (
    SELECT inside, application, flow_start_ms // ${BUCKET_MS} AS bucket,
      sum(CASE WHEN up THEN octets ELSE 0 END::DOUBLE) AS up_octets, sum(octets::DOUBLE) AS octets, count(*) AS flows,
      min(flow_start_ms)::DOUBLE AS first_ms, max(greatest(flow_start_ms, flow_end_ms))::DOUBLE AS last_ms
    FROM turned JOIN classes USING (application_key, server_key, protocol_key, port_key)
    GROUP BY inside, application, bucket),
  followed AS (
    SELECT *, max(last_ms) OVER (
      PARTITION BY inside, application ORDER BY bucket ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ended_ms
    FROM bucketed),
  begun AS (SELECT *, ended_ms IS NULL OR first_ms - ended_ms >= ${SESSION_GAP_MS} AS begins FROM followed)
  SELECT inside, application, sum(up_octets) AS "upOctets", sum(octets - up_octets) AS "downOctets", sum(octets) AS octets,
    sum(flows)::DOUBLE AS flows, count(*) FILTER (WHERE begins)::DOUBLE AS sessions,
    sum(CASE WHEN begins THEN last_ms - first_ms ELSE greatest(last_ms - ended_ms, 0) END) / 1000 AS "durationS",
    min(first_ms) AS "firstMs", max(last_ms) AS "lastMs"
  FROM begun GROUP BY inside, application ORDER BY inside, application`;

const contactsQuery = (turned: string): string => `
  WITH ${turned}, ${CLASSES},
  tuples AS (
    SELECT DISTINCT inside, application, inside_port, server, server_port, protocol
    FROM turned JOIN classes USING (application_key, server_key, protocol_key, port_key))
  SELECT inside, application, count(*)::DOUBLE AS connections, count(DISTINCT server)::DOUBLE AS servers
  FROM tuples GROUP BY inside, application`;
