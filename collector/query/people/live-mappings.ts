import type { AskedStore } from '../../store/flow-store.ts';
import { addressColumns } from '../language/derived-columns.ts';
import type { Derived } from '../language/derived.ts';
import { duckDbDialect } from '../language/duckdb-dialect.ts';
import { idleTime, IS_CLOSING, livesOf, MAPPED, NEEDED, piecesOf, stretchesOf, type NatTimeouts } from './mapping-lives.ts';
import { LONGEST_FLOW_MS } from './people-columns.ts';
import type { SeenFlows } from './seen-flows.ts';

/** A flow that was translated. */
export const WENT_THROUGH_NAT: Derived = {
  needs: ['is_up', 'is_down', ...addressColumns('inside'), ...addressColumns('nat')],
  sql: '((is_up OR is_down) AND (nat_ipv4 <> 0 OR nat_ipv6 <> 0) AND (nat_ipv4 <> inside_ipv4 OR nat_ipv6 <> inside_ipv6))',
};

/** What is kept of mappings is of those that lived at the full hour or later. */
const HOUR_MS = 3_600_000;

/**
 * What `ask` answers given common table expressions that end with `live`: the mappings that a NAT still has at an instant, each since it was last idle for longer than it
 * is kept. It is kept for as long as the connection through it that is kept longest, so what one of them closes leaves the others open (RFC 5382 section 5). Of a
 * connection, stretches without a pause are told first: nothing ends within one, and after one in which it was closed another begins. What mappings there are
 * is looked for in what ended lately; only of those that are found is everything before looked at. What flows that stay as they are come to is kept.
 */
export async function usingLiveMappings<T>(
  store: AskedStore,
  seen: SeenFlows,
  presentMs: number,
  timeouts: NatTimeouts,
  ask: (tables: string) => Promise<T>,
): Promise<T> {
  const begun: Derived = { needs: ['start_ms'], sql: `start_ms <= ${Math.floor(presentMs)}` };
  const needs = { columns: NEEDED, only: [WENT_THROUGH_NAT, begun] };
  const askAll = (): Promise<T> => {
    const all = ownPieces(seen, seen.from(needs.columns, needs.only), presentMs, timeouts);
    return ask(liveOf(livesOf(all, timeouts), presentMs));
  };
  const coming = seen.loose(needs);
  if (coming === undefined || !(await haveSettledBegun(store, seen, presentMs))) return askAll();
  const sinceMs = await keptSince(store, coming, presentMs, timeouts);
  return seen.usingKept(
    // A present that goes on is no part of what is kept.
    isPresentTold(seen) ? needs : { columns: NEEDED, only: [WENT_THROUGH_NAT] },
    (flows) => stretchesOf(ownPieces(seen, flows, sinceMs, timeouts), timeouts),
    ({ kept: stretches, keeping }) => {
      if (stretches === undefined) return askAll();
      return keeping(livesOf(`FROM ${stretches}`, timeouts), (lives) => {
        if (lives === undefined) return askAll();
        // Of mappings that nothing comes for they are as they were.
        const touched = `(SELECT DISTINCT ${MAPPED} FROM ${coming})`;
        const again = `FROM ${stretches} SEMI JOIN ${touched} USING (${MAPPED}) UNION ALL BY NAME (${piecesOf(coming)})`;
        return ask(
          liveOf(
            `FROM ${lives} ANTI JOIN ${touched} USING (${MAPPED}) UNION ALL BY NAME (${livesOf(again, timeouts)})`,
            presentMs,
          ),
        );
      });
    },
  );
}

/** Whether it does not go on with the clock. */
const isPresentTold = ({ request: { toMs, knownAtMs } }: SeenFlows): boolean => toMs !== undefined || knownAtMs !== undefined;

/** Whether flows that stay as they are have all begun by then, by their clock: else others would stay as the present goes on. */
async function haveSettledBegun(store: AskedStore, seen: SeenFlows, presentMs: number): Promise<boolean> {
  if (isPresentTold(seen)) return true;
  return seen.usingKept(
    { columns: ['start_ms'], only: [WENT_THROUGH_NAT] },
    (flows) => `SELECT max(start_ms)::DOUBLE AS latest FROM ${flows}`,
    async ({ kept }) => {
      if (kept === undefined) return false;
      const [row] = await store.query<{ latest: number | null }>(`FROM ${kept}`);
      return (row?.latest ?? -Infinity) <= presentMs;
    },
  );
}

/**
 * From when on mappings must have lived that can have to do with what lives now, among flows that stay as they are: what was over before any flow began
 * that came later for the same mapping has nothing to do with it.
 */
async function keptSince(store: AskedStore, coming: string, presentMs: number, timeouts: NatTimeouts): Promise<number> {
  const [row] = await store.query<{ first: number | null }>(`SELECT min(start_ms)::DOUBLE AS first
    FROM (FROM ${coming}) SEMI JOIN (${mappingsSince(coming, presentMs, timeouts)}) USING (${MAPPED})`);
  return Math.floor(Math.min(presentMs, row?.first ?? presentMs) / HOUR_MS) * HOUR_MS;
}

/** Selects the mappings that have a flow they may live for then or later. */
function mappingsSince(flows: string, sinceMs: number, timeouts: NatTimeouts): string {
  // Within a stretch another flow may have closed it, or not.
  const idleMs = idleTime({ ...timeouts, tcpIdleS: Math.max(timeouts.tcpIdleS, timeouts.tcpClosedIdleS) });
  return `SELECT DISTINCT ${MAPPED} FROM (FROM ${flows}) AS flows WHERE end_ms + ${idleMs(IS_CLOSING)} >= ${sinceMs}`;
}

/** Selects all flows of these, as pieces of connections. */
function ownPieces({ request }: SeenFlows, flows: string, sinceMs: number, timeouts: NatTimeouts): string {
  const longestMs = Math.max(...Object.values(timeouts)) * 1_000;
  // What the other condition comes to that the database need not work out for each flow; there is no such one by another time than the flow's own.
  const lately =
    request.basis === 'flow' ? ` AND flow_start_ms >= ${Math.max(0, Math.floor(sinceMs - longestMs - LONGEST_FLOW_MS))}` : '';
  return `FROM (${piecesOf(flows)}) SEMI JOIN (${mappingsSince(flows, sinceMs, timeouts)}${lately}) USING (${MAPPED})`;
}

/** The common table expression. */
const liveOf = (lives: string, presentMs: number): string => `live AS MATERIALIZED (
  SELECT protocol, ${duckDbDialect.address('inside')} AS "insideAddress", inside_port AS "insidePort", ${duckDbDialect.address('nat')} AS "publicAddress",
    nat_port AS "publicPort", largest.address AS "remoteAddress", largest.port AS "remotePort", remotes::DOUBLE AS remotes,
    first_ms::DOUBLE AS "firstMs", last_ms::DOUBLE AS "lastMs", up AS "upOctets", down AS "downOctets",
    until_ms::DOUBLE - greatest(${presentMs}, last_ms::DOUBLE) AS "leftMs"
  FROM (${lives}) WHERE "leftMs" > 0)`;
