import { exactNumber, formatStored, type StoredAddress } from '../../../core/net/stored-address.ts';
import type { AskedStore } from '../../store/flow-store.ts';
import { Catalogue, type Application, type Reason } from '../catalogue.ts';
import type { Derived } from '../language/derived.ts';
import type { Holder, SeenFlows } from '../people/seen-flows.ts';

/** Flows that begin so long after everything before them has ended are another session. */
export const SESSION_GAP_MS = 300_000;
/** Flows that begin in the same bucket are one session, so they are added up first; hence below the gap. */
const BUCKET_MS = 60_000;
/** Sessions found, at most. */
export const MAX_SESSIONS = 200_000;
/** A connection that carries so much, nearly all of it one way, is a transfer of its own, whatever else goes on with the application. */
export const TRANSFER_OCTETS = 5_000_000;
export const TRANSFER_RATIO = 8;

/** What connections of a session do: carry files up or down, or all else. */
export type Role = 'upload' | 'download' | 'other';
const ROLES: readonly Role[] = ['other', 'upload', 'download'];

/** Flows of one holder and application, of connections of one role, without a long pause. Times are milliseconds since 1970, by the basis. */
export interface Session {
  readonly holder: Holder;
  readonly application: Application;
  readonly role: Role;
  /** What the application was recognised by. */
  readonly reason: Reason;
  readonly startMs: number;
  readonly endMs: number;
  readonly upOctets: number;
  readonly downOctets: number;
  readonly upPackets: number;
  readonly downPackets: number;
  /** Records, and different 5-tuples. */
  readonly flows: number;
  readonly connections: number;
  /** Octets over UDP. */
  readonly udpOctets: number;
  /** Of the time from start to end, the part in which a record tells of traffic. */
  readonly steadiness: number;
  /** The one with most octets first; ten at most. */
  readonly servers: readonly Server[];
  /** The id of the first of its records. */
  readonly firstFlow: number;
}

export interface Server {
  readonly address: string;
  /** As DNS gave it. */
  readonly name: string | undefined;
  readonly port: number;
  readonly protocol: number;
  readonly octets: number;
}

interface SessionRow extends Omit<Session, 'holder' | 'application' | 'role' | 'reason' | 'servers'> {
  readonly person: number;
  readonly stranger: StoredAddress;
  readonly app: number;
  readonly role: number;
  readonly exportedOctets: number;
  /** Address, port, protocol and octets of each, as numbers with spaces between them; commas between servers. */
  readonly servers: string;
}

/** Categories within which files are told apart from the rest by what a connection does. */
const WITH_TRANSFERS: ReadonlySet<string> = new Set(['web', 'downloads', 'cloud', 'other', 'remote work']);

/** Sessions in the order they began. Rejects with a RangeError when there are too many. */
export async function findSessions(store: AskedStore, seen: SeenFlows, only?: Derived): Promise<Session[]> {
  const { vocabulary } = seen;
  const rows = await store.query<SessionRow>(sessionsQuery(seen, only));
  if (rows.length > MAX_SESSIONS) throw new RangeError(`there are more than ${MAX_SESSIONS} sessions: ask for a shorter time or for one person`); // prettier-ignore
  const catalogue = new Catalogue(new Map(), seen.names);
  return rows.map((row): Session => {
    const { person, stranger, app, role, exportedOctets, servers, ...rest } = row;
    const found = servers.split(',').map(parseServer);
    return {
      ...rest,
      holder: seen.holderOf(person, stranger),
      application: catalogue.byName(vocabulary.apps[app - 1] as string),
      role: ROLES[role] as Role,
      reason: exportedOctets > 0 ? 'exported' : reasonOf(found[0], catalogue),
      servers: found.map((server) => ({
        ...server,
        address: formatStored(server.address),
        name: seen.names.get(server.address),
      })),
    };
  });
}

function parseServer(text: string) {
  const [address, port, protocol, octets] = text.split(' ') as [string, string, string, string];
  return { address: exactNumber(BigInt(address)), port: Number(port), protocol: Number(protocol), octets: Number(octets) };
}

const reasonOf = (server: ReturnType<typeof parseServer> | undefined, catalogue: Catalogue): Reason =>
  server === undefined
    ? 'none'
    : catalogue.classify({
        applicationId: 0,
        serverAddress: server.address,
        protocol: server.protocol,
        serverPort: server.port,
      }).reason;

/**
 * Records are added up by connection and bucket; what all of a connection carries gives its role. Where a bucket begins later than everything before it has ended,
 * plus the gap, another session begins.
 */
function sessionsQuery(seen: SeenFlows, only: Derived | undefined): string {
  const { vocabulary } = seen;
  const withTransfers = vocabulary.categories.flatMap((name, index) => (WITH_TRANSFERS.has(name) ? [index + 1] : []));
  // Names, times and pings: nobody would say of them what somebody did.
  const unnamed = vocabulary.categories.indexOf('infrastructure') + 1;
  const columns = ['id', 'person', 'person_stranger_ipv4', 'person_stranger_ipv6', 'inside_ipv4', 'inside_ipv6', 'inside_port', 'server_ipv4', 'server_ipv6', 'server_port',
    'protocol', 'app', 'exported_app', 'category', 'is_up', 'start_ms', 'end_ms', 'octets_scaled', 'packets_scaled']; // prettier-ignore
  const address = (stem: string): string => `CASE WHEN ${stem}_ipv6 = 0 THEN ${stem}_ipv4::UHUGEINT ELSE ${stem}_ipv6 END`;
  const isOne = (way: string, back: string): string =>
    `category IN (${withTransfers.join()}) AND sum(${way}) OVER connection >= ${TRANSFER_OCTETS} AND sum(${way}) OVER connection >= ${TRANSFER_RATIO} * sum(${back}) OVER connection`;
  const holder = 'person, stranger, app, role';
  return `WITH tuples AS (
    SELECT person, ${address('person_stranger')} AS stranger, app, category, ${address('inside')} AS inside, inside_port,
      ${address('server')} AS server, server_port, protocol, start_ms // ${BUCKET_MS} AS bucket,
      coalesce(sum(octets_scaled) FILTER (is_up), 0) AS up, coalesce(sum(octets_scaled) FILTER (NOT is_up), 0) AS down,
      coalesce(sum(packets_scaled) FILTER (is_up), 0) AS up_packets,
      coalesce(sum(packets_scaled) FILTER (NOT is_up), 0) AS down_packets,
      coalesce(sum(octets_scaled) FILTER (exported_app <> 0), 0) AS exported, count(*) AS flows,
      min(start_ms) AS first_ms, max(end_ms) AS last_ms, min(id) AS first_flow
    FROM ${seen.from(columns, [...(only === undefined ? [] : [only]), { needs: ['category'], sql: `category <> ${unnamed}` }])}
    GROUP BY ALL),
  told AS (
    SELECT *, CASE WHEN ${isOne('up', 'down')} THEN 1 WHEN ${isOne('down', 'up')} THEN 2 ELSE 0 END AS role
    FROM tuples WINDOW connection AS (PARTITION BY inside, inside_port, server, server_port, protocol, app)),
  bucketed AS (SELECT ${holder}, bucket, min(first_ms) AS first_ms, max(last_ms) AS last_ms FROM told GROUP BY ALL),
  followed AS (
    SELECT *, max(last_ms) OVER (PARTITION BY ${holder} ORDER BY bucket ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ended_ms
    FROM bucketed),
  numbered AS (
    SELECT *, count(*) FILTER (ended_ms IS NULL OR first_ms - ended_ms >= ${SESSION_GAP_MS}) OVER (PARTITION BY ${holder} ORDER BY bucket) AS session
    FROM followed),
  covered AS (
    SELECT ${holder}, session, sum(greatest(0, last_ms - CASE WHEN first_ms - ended_ms < ${SESSION_GAP_MS} THEN greatest(first_ms, ended_ms) ELSE first_ms END)) AS busy_ms
    FROM numbered GROUP BY ALL),
  contacts AS (
    SELECT ${holder}, session, server, server_port, protocol, sum(up) AS up, sum(down) AS down, sum(up_packets) AS up_packets, sum(down_packets) AS down_packets,
      sum(exported) AS exported, sum(flows) AS flows, count(DISTINCT (inside, inside_port)) AS connections, min(first_ms) AS first_ms, max(last_ms) AS last_ms,
      min(first_flow) AS first_flow
    FROM (SELECT told.*, session FROM told JOIN numbered USING (${holder}, bucket)) GROUP BY ALL)
  SELECT ${holder}, min(first_ms)::DOUBLE AS "startMs", max(last_ms)::DOUBLE AS "endMs", sum(up) AS "upOctets", sum(down) AS "downOctets",
    sum(up_packets)::DOUBLE AS "upPackets", sum(down_packets)::DOUBLE AS "downPackets", sum(flows)::DOUBLE AS flows, sum(connections)::DOUBLE AS connections,
    coalesce(sum(up + down) FILTER (protocol = 17), 0) AS "udpOctets", sum(exported) AS "exportedOctets", min(first_flow)::DOUBLE AS "firstFlow",
    least(1, any_value(busy_ms) / greatest(1, max(last_ms) - min(first_ms)))::DOUBLE AS steadiness,
    array_to_string((list(concat_ws(' ', server, server_port, protocol, (up + down)::BIGINT) ORDER BY up + down DESC, server, server_port))[1:10], ',') AS servers
  FROM contacts JOIN covered USING (${holder}, session) GROUP BY ${holder}, session
  ORDER BY "startMs", ${holder} LIMIT ${MAX_SESSIONS + 1}`;
}
