import { formatStored, type StoredAddress } from '../../core/net/stored-address.ts';
import type { AskedStore } from '../store/flow-store.ts';
import {
  decide,
  EVIDENCE_ROWS,
  evidenceOf,
  questionsTable,
  type Attribution,
  type Candidate,
  type EndpointQuestion,
} from './attribution.ts';
import { groupBy } from './group-by.ts';
import type { Inventory } from './inventory.ts';
import { wordInstant } from './wording.ts';

/**
 * Who used each public endpoint, by NAT events alone (RFC 8158): whoever has a mapping, or a block that holds the port, created
 * at or before the instant and not deleted before it.
 */
export async function attributeFromEvents(
  store: AskedStore,
  questions: readonly EndpointQuestion[],
  inventory: Inventory,
): Promise<Attribution[]> {
  const found = groupBy(await store.query<Candidate>(livesQuery(questions)), ({ question }) => question);
  const logs = await store.query<Log>(logsQuery(questions));
  const firstMsOf = new Map(logs.map(({ publicAddress, firstMs }) => [publicAddress, firstMs]));
  return questions.map((question, index) => {
    const lives = found.get(index) ?? [];
    // The mapping of an event without a beginning may be older than the log, or its creation was lost.
    const whole = lives.filter(({ fromMs }) => fromMs !== null);
    if (whole.some(({ insideAddress }) => insideAddress === 0)) return cannotKnow('the event tells no inside address', whole);
    return (
      decide(whole, inventory, question.atMs) ?? whyNobody(question, lives[0], firstMsOf.get(question.publicAddress), inventory)
    );
  });
}

/** Since when there are events of a public address that tell ports. */
interface Log {
  readonly publicAddress: StoredAddress;
  readonly firstMs: number;
}

function whyNobody(
  { publicAddress, atMs, toleranceMs }: EndpointQuestion,
  unbegun: Candidate | undefined,
  firstMs: number | undefined,
  inventory: Inventory,
): Attribution {
  const address = formatStored(publicAddress);
  if (firstMs === undefined) return cannotKnow(`no NAT event of ${address} is stored that tells ports`);
  if (unbegun !== undefined) {
    const { insideAddress, toMs } = unbegun;
    const end = `${inventory.who(insideAddress, toMs as number)} gave it back at ${wordInstant(toMs as number)}`;
    return cannotKnow(`${end}, and no stored event says since when it was theirs`, [unbegun]);
  }
  if (atMs + toleranceMs < firstMs) return cannotKnow(`the first stored NAT event of ${address} is of ${wordInstant(firstMs)}`);
  return { kind: 'nobody', reason: 'no mapping had it then', evidence: [] };
}

const cannotKnow = (reason: string, lives: readonly Candidate[] = []): Attribution => ({
  kind: 'cannot-know',
  reason,
  evidence: lives.slice(0, EVIDENCE_ROWS).map(evidenceOf),
});

/**
 * The lives of mappings that touch the instant. Of each two kinds, 4 and 5 to 10 and 11 and blocks' 16 and 17, the even one creates
 * and the odd one deletes (RFC 8158 section 4.3); a life lasts from a creation to the next event of the same mapping. A
 * session is one mapping for each remote endpoint. A deletion that comes first has a life of unknown beginning.
 */
const livesQuery = (questions: readonly EndpointQuestion[]): string => `
  WITH ${questionsTable(questions)},
  changes AS (
    SELECT question, asked_protocol, from_ms, to_ms, nat_events.*
    FROM nat_events JOIN questions USING (public_address, public_port)
    WHERE kind BETWEEN 4 AND 11
    UNION ALL
    SELECT question, asked_protocol, from_ms, to_ms, nat_events.*
    FROM nat_events JOIN questions USING (public_address)
    WHERE kind IN (16, 17) AND questions.public_port BETWEEN port_range_start AND port_range_end
      AND (questions.public_port - port_range_start) % port_range_step_size = 0),
  lives AS (
    SELECT *, observation_time_ms::BIGINT AS time_ms, kind % 2 = 0 AS is_creation,
      lead(time_ms) OVER life AS next_ms, lag(id) OVER life IS NULL AS is_first
    FROM changes
    -- Blocks are for all protocols: they name none.
    WHERE asked_protocol IN (-1, protocol) OR protocol = 0
    WINDOW life AS (
      PARTITION BY question, kind // 2, protocol, inside_address, inside_port, remote_address, remote_port
      ORDER BY observation_time_ms, id))
  SELECT question, id::DOUBLE AS id, protocol, inside_address AS "insideAddress", inside_port AS "insidePort",
    remote_address AS "remoteAddress", remote_port AS "remotePort", 0 AS "beforeMs",
    CASE WHEN is_creation THEN time_ms END::DOUBLE AS "fromMs",
    CASE WHEN is_creation THEN next_ms ELSE time_ms END::DOUBLE AS "toMs"
  FROM lives
  WHERE (is_creation AND time_ms <= to_ms AND coalesce(next_ms >= from_ms, true)) OR (NOT is_creation AND is_first AND time_ms >= from_ms)
  QUALIFY row_number() OVER (
    PARTITION BY question, is_creation, protocol, inside_address ORDER BY time_ms DESC, id) <= ${EVIDENCE_ROWS}
  ORDER BY question, is_creation DESC, time_ms, id`;

const logsQuery = (questions: readonly EndpointQuestion[]): string => `
  WITH ${questionsTable(questions)}
  SELECT public_address AS "publicAddress", min(observation_time_ms)::DOUBLE AS "firstMs"
  FROM nat_events WHERE public_address IN (SELECT public_address FROM questions)
    AND (kind BETWEEN 4 AND 11 OR kind IN (16, 17)) GROUP BY public_address`;
