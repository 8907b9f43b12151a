import { readKey } from '../../query/language/answer-question.ts';
import { condition, conjuncts } from '../../query/language/compile-condition.ts';
import type { DimensionName } from '../../query/language/dimensions.ts';
import { duckDbDialect } from '../../query/language/duckdb-dialect.ts';
import { parseWhere } from '../../query/language/parse-condition.ts';
import { QueryError } from '../../query/language/query-error.ts';
import type { Condition } from '../../query/language/question.ts';
import type { Vocabulary } from '../../query/language/vocabulary.ts';
import { spanOf } from '../../query/people/people-usage.ts';
import { SeenFlows } from '../../query/people/seen-flows.ts';
import type { AskedStore } from '../../store/flow-store.ts';
import type { ExploreMeasure, ExploreRequest } from './explore-request.ts';
import { exploredCells, type ExploredCell } from './explored-cells.ts';
import { bucketOf } from './overview-view.ts';
import { sureOctets, type ViewContext, type ViewRequest } from './view-request.ts';
import type { Sure } from './sure.ts';

/** What the filter says that cannot be understood, and where; line and column count from 1. */
export interface Mistake {
  readonly sentence: string;
  readonly line: number;
  readonly column: number;
}

/** Flows that are alike in everything they were grouped by, over time. */
export interface ExploreGroup {
  /** What they are alike in, one for each dimension; none of them of what is left over. */
  readonly keys: readonly (string | number)[];
  readonly isOther: boolean;
  /** By bucket, in the unit of the answer. */
  readonly values: readonly number[];
  /** Of a bucket, over all of them; `p95` is the smallest that 95 % of them do not exceed. */
  readonly min: number;
  readonly average: number;
  readonly p95: number;
  readonly max: number;
  /** Octets of a rate, else in the unit of the answer. */
  readonly total: number;
}

/** Topic `explore`, when the filter can be understood. */
export interface ExploreTable {
  readonly by: readonly DimensionName[];
  readonly measure: ExploreMeasure;
  readonly unit: 'octets' | 'packets' | 'flows' | 'bit/s';
  readonly bucketMs: number;
  /** Where the first bucket begins, in milliseconds since 1970. */
  readonly startMs: number;
  /** The largest first, what is left over last. */
  readonly groups: readonly ExploreGroup[];
  /** Those that are left over too. */
  readonly groupCount: number;
  /** Of all groups. */
  readonly total: Sure;
  /** What a reader must know of how it was counted, as sentences. */
  readonly notes: readonly string[];
  /** Where anything is known of it. */
  readonly truth?: ExploreTruth | { readonly reason: string };
}

/** What there really was of what was asked, in the same units and buckets. */
export interface ExploreTruth {
  readonly total: number;
  readonly startMs: number;
  /** Of all groups, by bucket. */
  readonly values: readonly number[];
  /** Totals of the groups, in their order; `null` where there are too many to know of this one. */
  readonly groups: readonly (number | null)[];
}

/** Topic `explore`. */
export type ExploreView = ExploreTable | { readonly mistake: Mistake };

const MAX_BUCKETS = 2_000;
const P95 = 0.95;

/**
 * How much there was over time of the flows that a filter lets through, by up to three dimensions. Octets and packets of a flow are spread evenly from
 * its start to its end; it is itself counted where it begins. Rejects with a RangeError of one sentence when it would be too much, else only when
 * the store fails.
 */
export async function exploreView(
  store: AskedStore,
  context: ViewContext,
  request: ViewRequest & ExploreRequest,
): Promise<ExploreView> {
  const seen = await SeenFlows.of(store, context, request);
  const where = whereOf(request.where, seen.vocabulary);
  if (where instanceof QueryError) return { mistake: mistakeOf(where) };
  const only = conjuncts(where).map((one) => condition(one, duckDbDialect));
  const span = await spanOf(store, seen, only);
  const bucketMs = request.everyMs ?? bucketOf(span.toMs - span.fromMs);
  const first = Math.floor(span.fromMs / bucketMs);
  const asked = Math.ceil(span.toMs / bucketMs) - first;
  if (asked > MAX_BUCKETS) throw new RangeError(`there would be ${asked} buckets, and ${MAX_BUCKETS} are allowed: ask for a shorter time or longer buckets`); // prettier-ignore
  const { cells, groupCount } = await exploredCells(store, seen, request, bucketMs, only);
  // A flow that lasts no time at the very end is in the bucket that begins there.
  const count = cells.reduce((most, { bucket }) => Math.max(most, bucket - first + 1), Math.max(1, asked));
  const { by, measure } = request;
  const scale = measure === 'rate' ? 8_000 / bucketMs : 1;
  const groups = groupsOf(cells, request, seen.vocabulary, { first, count }, scale);
  const total = groups.reduce((sum, group) => sum + group.total, 0);
  const isSampled = cells.some(({ sampling }) => sampling > 1);
  return {
    by,
    measure,
    unit: UNITS[measure],
    bucketMs,
    startMs: first * bucketMs,
    groups,
    groupCount,
    total: measure === 'flows' ? { value: total, sure: 'exact' } : sureOctets(total, isSampled),
    notes: [...seen.notes, ...(isSampled && measure === 'flows' ? [SAMPLED] : [])],
  };
}

const UNITS = { bytes: 'octets', packets: 'packets', flows: 'flows', rate: 'bit/s' } as const;
const SAMPLED = 'some of it was sampled: short flows are missing';

/** What the filter says; none when it is empty. */
export function whereOf(text: string, vocabulary: Vocabulary): Condition | QueryError | undefined {
  if (text.trim() === '') return undefined;
  try {
    return parseWhere(text, vocabulary);
  } catch (error) {
    if (error instanceof QueryError) return error;
    throw error;
  }
}

export const mistakeOf = ({ sentence, line, column }: QueryError): Mistake => ({ sentence, line, column });

function groupsOf(
  cells: readonly ExploredCell[],
  { by }: ExploreRequest,
  vocabulary: Vocabulary,
  { first, count }: { first: number; count: number },
  scale: number,
): ExploreGroup[] {
  const byPlace = new Map<number, { cell: ExploredCell; amounts: number[] }>();
  for (const cell of cells) {
    const found = byPlace.get(cell.place) ?? { cell, amounts: new Array<number>(count).fill(0) };
    byPlace.set(cell.place, found);
    const index = cell.bucket - first;
    found.amounts[index] = (found.amounts[index] ?? 0) + cell.value;
  }
  const places = [...byPlace].sort(([one], [other]) => (one || Infinity) - (other || Infinity));
  return places.map(([place, { cell, amounts }]) => {
    let column = 0;
    const next = (): unknown => cell.keys[column++];
    const keys = place === 0 ? [] : by.map((name) => readKey(name, next, vocabulary, duckDbDialect));
    return { keys, isOther: place === 0, ...statisticsOf(amounts, scale) };
  });
}

function statisticsOf(amounts: readonly number[], scale: number): Omit<ExploreGroup, 'keys' | 'isOther'> {
  const values = amounts.map((amount) => amount * scale);
  const sorted = values.toSorted((one, other) => one - other);
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  return {
    values,
    min: sorted[0] ?? 0,
    average: (total * scale) / values.length,
    p95: sorted[Math.ceil(P95 * sorted.length) - 1] ?? 0,
    max: sorted.at(-1) ?? 0,
    total,
  };
}
