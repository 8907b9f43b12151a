import { exactNumber, formatStored, type StoredAddress } from '../../../core/net/stored-address.ts';
import type { AskedStore } from '../../store/flow-store.ts';
import { Catalogue, type Application, type Reason } from '../catalogue.ts';
import type { Derived } from '../language/derived.ts';
import type { Holder, SeenFlows } from '../people/seen-flows.ts';
import { NEEDED, sessionsOf, sessionsOfParts } from './sessions-query.ts';

/** Sessions found, at most. */
export const MAX_SESSIONS = 200_000;
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

/** Names, times and pings: nobody would say of them what somebody did. */
const UNNAMED = 'infrastructure';
const ORDER = '"startMs", person, stranger, app, role';

interface SessionRow extends Omit<Session, 'holder' | 'application' | 'role' | 'reason' | 'servers'> {
  readonly person: number;
  readonly stranger: StoredAddress;
  readonly app: number;
  readonly role: number;
  readonly exportedOctets: number;
  /** How many there are, with those that are left out. */
  readonly count: number;
  /** Address, port, protocol and octets of each, as numbers with spaces between them; commas between servers. */
  readonly servers: string;
}

/** Sessions in the order they began: the `most` with most octets, where there are more. Rejects with a RangeError when there are too many and none may be left out. */
export async function findSessions(
  store: AskedStore,
  seen: SeenFlows,
  { only, most = Infinity }: { only?: Derived | undefined; most?: number | undefined } = {},
): Promise<{ sessions: Session[]; count: number }> {
  const { vocabulary } = seen;
  const unnamed: Derived = {
    needs: ['category'],
    sql: `category <> ${vocabulary.categories.indexOf(UNNAMED) + 1}`,
  };
  const limit = Math.min(most, MAX_SESSIONS);
  const rows = await seen.usingKept(
    { columns: NEEDED, only: [...(only === undefined ? [] : [only]), unnamed] },
    (flows) => sessionsOf(flows, vocabulary),
    (asked) =>
      store.query<SessionRow>(
        largest(asked.kept === undefined ? sessionsOf(asked.all, vocabulary) : sessionsOfParts(asked, vocabulary), limit),
      ),
  );
  const count = rows[0]?.count ?? 0;
  if (count > rows.length && most === Infinity) throw new RangeError(`there are more than ${MAX_SESSIONS} sessions: ask for a shorter time or for one person`); // prettier-ignore
  const catalogue = new Catalogue(new Map(), seen.names);
  const sessions = rows.map((row): Session => {
    const { person, stranger, app, role, exportedOctets, servers, count: _count, ...rest } = row;
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
  return { sessions, count };
}

/** Selects the sessions with most octets, in the order they began. */
const largest = (sessions: string, limit: number): string => `
  SELECT * EXCLUDE (from_ms, to_ms) FROM (
    SELECT *, count(*) OVER ()::DOUBLE AS count FROM (${sessions}) ORDER BY "upOctets" + "downOctets" DESC, ${ORDER} LIMIT ${limit}) ORDER BY ${ORDER}`;

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
