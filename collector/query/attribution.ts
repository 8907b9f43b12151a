import { formatStored, type StoredAddress } from '../../core/net/stored-address.ts';
import { groupBy } from './group-by.ts';
import type { Inventory } from './inventory.ts';

/** Who used a public endpoint at an instant? */
export interface EndpointQuestion {
  readonly publicAddress: StoredAddress;
  readonly publicPort: number;
  /** `undefined` for any: then two hosts can be right at once. */
  readonly protocol?: number | undefined;
  /** Milliseconds since 1970 by the exporter's clock. */
  readonly atMs: number;
  /** How far `atMs` may be from what that clock showed. */
  readonly toleranceMs: number;
}

/** A row of the store that speaks of the endpoint. */
export interface Evidence {
  /** In `flows` or `nat_events`, whichever was asked. */
  readonly id: number;
  readonly protocol: number;
  readonly insideAddress: string;
  readonly insidePort: number;
  /** 0.0.0.0:0 when the row tells no other end. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** When the flow or the mapping began and ended by the exporter's clock; `null` when that is not in the store. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

/** An answer, or why there is none. */
export type Attribution =
  | {
      readonly kind: 'somebody';
      /** The name of whoever has the inside address by the inventory, else the address. */
      readonly who: string;
      readonly insideAddress: string;
      readonly insidePort: number;
      readonly protocol: number;
      /** `covered`: in use at that instant. `nearby`: used shortly before, so that the mapping is likely to have been there. */
      readonly certainty: 'covered' | 'nearby';
      readonly evidence: readonly Evidence[];
    }
  | { readonly kind: 'nobody' | 'cannot-know'; readonly reason: string; readonly evidence: readonly Evidence[] };

/** What a query finds: a row of the store beside the question, by its index, that it may answer. */
export interface Candidate {
  readonly question: number;
  readonly id: number;
  readonly protocol: number;
  readonly insideAddress: StoredAddress;
  readonly insidePort: number;
  readonly remoteAddress: StoredAddress;
  readonly remotePort: number;
  readonly fromMs: number | null;
  readonly toMs: number | null;
  /** How long before the instant, tolerance taken off, it ended; 0 when it covers it. */
  readonly beforeMs: number;
}

/** Rows that are kept of each inside host as evidence. */
export const EVIDENCE_ROWS = 3;

/** An answer for an instant from candidates, the nearest first; `undefined` without any. */
export function decide(candidates: readonly Candidate[], inventory: Inventory, atMs: number): Attribution | undefined {
  const covering = candidates.filter(({ beforeMs }) => beforeMs === 0);
  // Protocols have port numbers of their own: the last user of one says nothing of another's.
  const latest = [...groupBy(candidates, ({ protocol }) => protocol).values()].flatMap(([nearest]) => nearest ?? []);
  const named = covering.length > 0 ? covering : latest;
  const [first] = named;
  if (first === undefined) return undefined;
  const hosts = [...new Set(named.map(({ insideAddress }) => insideAddress))];
  if (hosts.length > 1) {
    const evidence = hosts.map((host) => evidenceOf(named.find(({ insideAddress }) => insideAddress === host) as Candidate));
    return {
      kind: 'cannot-know',
      reason: `${hosts.map((host) => inventory.who(host, atMs)).join(' and ')} may all have`,
      evidence,
    };
  }
  const { insideAddress, insidePort, protocol } = first;
  return {
    kind: 'somebody',
    who: inventory.who(insideAddress, atMs),
    insideAddress: formatStored(insideAddress),
    insidePort,
    protocol,
    certainty: covering.length > 0 ? 'covered' : 'nearby',
    evidence: named.slice(0, EVIDENCE_ROWS).map(evidenceOf),
  };
}

export const evidenceOf = (candidate: Candidate): Evidence => ({
  id: candidate.id,
  protocol: candidate.protocol,
  insideAddress: formatStored(candidate.insideAddress),
  insidePort: candidate.insidePort,
  remoteAddress: formatStored(candidate.remoteAddress),
  remotePort: candidate.remotePort,
  fromMs: candidate.fromMs,
  toMs: candidate.toMs,
});

const ANY_PROTOCOL = -1;

const isAddress = (address: StoredAddress): boolean => typeof address === 'bigint' || Number.isSafeInteger(address);

/**
 * A common table expression `questions` of whole numbers: an index, the endpoint, the protocol (-1 for any) and the first and
 * last millisecond that count as the instant. There must be a question.
 */
export function questionsTable(questions: readonly EndpointQuestion[]): string {
  const rows = questions.map(({ publicAddress, publicPort, protocol = ANY_PROTOCOL, atMs, toleranceMs }, index) => {
    const numbers = [index, publicPort, protocol, Math.floor(atMs - toleranceMs), Math.ceil(atMs + toleranceMs)];
    if (!numbers.every(Number.isSafeInteger) || !isAddress(publicAddress))
      throw new RangeError(`question ${index} has a number that is not whole`);
    return `(${[...numbers, `'${publicAddress}'`].join(', ')})`;
  });
  return `questions AS (
    SELECT question, public_address::UHUGEINT AS public_address, public_port::USMALLINT AS public_port, asked_protocol,
      from_ms::BIGINT AS from_ms, to_ms::BIGINT AS to_ms
    FROM (VALUES ${rows.join(', ')}) AS asked(question, public_port, asked_protocol, from_ms, to_ms, public_address))`;
}
