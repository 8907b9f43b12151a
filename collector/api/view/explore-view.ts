import { readKey } from '../../query/language/answer-question.ts';
import { condition, conjuncts } from '../../query/language/compile-condition.ts';
import { keysOf } from '../../query/language/compile.ts';
import type { Derived } from '../../query/language/derived.ts';
import type { DimensionName } from '../../query/language/dimensions.ts';
import { duckDbDialect } from '../../query/language/duckdb-dialect.ts';
import { parseWhere } from '../../query/language/parse-condition.ts';
import { QueryError } from '../../query/language/query-error.ts';
import type { Condition } from '../../query/language/question.ts';
import type { Vocabulary } from '../../query/language/vocabulary.ts';
import { spanOf } from '../../query/people/people-usage.ts';
import { SeenFlows } from '../../query/people/seen-flows.ts';
import { type Spreading, withSpread } from '../../query/people/spread-flows.ts';
import type { AskedStore } from '../../store/flow-store.ts';
import type { ExploreMeasure, ExploreRequest } from './explore-request.ts';
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
  const spreading = spreadingOf(request, bucketMs, only);
  const rows = await withSpread(seen, spreading, (cells) => store.query<Row>(sqlOf(cells, spreading, request)));
  // A flow that lasts no time at the very end is in the bucket that begins there.
  const count = rows.reduce((most, { bucket }) => Math.max(most, bucket - first + 1), Math.max(1, asked));
  const { by, measure } = request;
  const scale = measure === 'rate' ? 8_000 / bucketMs : 1;
  const groups = groupsOf(rows, request, seen.vocabulary, { first, count }, scale);
  const total = groups.reduce((sum, group) => sum + group.total, 0);
  const isSampled = rows.some(({ sampling }) => sampling > 1);
  return {
    by,
    measure,
    unit: UNITS[measure],
    bucketMs,
    startMs: first * bucketMs,
    groups,
    groupCount: rows[0]?.groupCount ?? 0,
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

interface Row extends Readonly<Record<string, unknown>> {
  /** From 1, the largest first; 0 is what is left over. */
  readonly place: number;
  readonly bucket: number;
  readonly value: number;
  readonly sampling: number;
  readonly groupCount: number;
}

/** Flows by group and bucket. */
function spreadingOf({ by, measure }: ExploreRequest, bucketMs: number, only: readonly Derived[]): Spreading {
  // Without a dimension all flows are one group.
  const columns = by.length === 0 ? [{ sql: '0', needs: [] }] : by.flatMap((name) => keysOf(name, duckDbDialect));
  const keys = Object.fromEntries(columns.map(({ sql, needs }, index) => [`key${index}`, { sql, needs }]));
  return { keys, amount: AMOUNTS[measure], bucketMs, only, isWhole: measure === 'flows' };
}

/** Of these the small groups are added up in the database. */
function sqlOf(rows: string, { keys }: Spreading, { groups }: ExploreRequest): string {
  const names = Object.keys(keys);
  const shown = names.map((name) => `CASE WHEN place <= ${groups} THEN ${name} END AS ${name}`);
  return `WITH cells AS MATERIALIZED (SELECT ${names.join(', ')}, bucket, sum(amount) AS value, max(sampling) AS sampling FROM ${rows} GROUP BY ALL),
  ranked AS (
    SELECT ${names.join(', ')}, row_number() OVER (ORDER BY sum(value) DESC, ${names.join(', ')}) AS place, count(*) OVER () AS groups
    FROM cells GROUP BY ${names.join(', ')})
  SELECT (CASE WHEN place <= ${groups} THEN place ELSE 0 END)::DOUBLE AS place, ${shown.join(', ')},
    bucket::DOUBLE AS bucket, sum(value) AS value, max(sampling)::DOUBLE AS sampling, any_value(groups)::DOUBLE AS "groupCount"
  FROM cells JOIN ranked USING (${names.join(', ')}) GROUP BY ALL ORDER BY 1, bucket`;
}

const OCTETS: Derived = { sql: 'octets_scaled', needs: ['octets_scaled'] };
const AMOUNTS: Readonly<Record<ExploreMeasure, Derived>> = {
  bytes: OCTETS,
  rate: OCTETS,
  packets: { sql: 'packets_scaled', needs: ['packets_scaled'] },
  flows: { sql: 'records::DOUBLE', needs: ['records'] },
};

function groupsOf(
  rows: readonly Row[],
  { by }: ExploreRequest,
  vocabulary: Vocabulary,
  { first, count }: { first: number; count: number },
  scale: number,
): ExploreGroup[] {
  const byPlace = new Map<number, { row: Row; amounts: number[] }>();
  for (const row of rows) {
    const found = byPlace.get(row.place) ?? { row, amounts: new Array<number>(count).fill(0) };
    byPlace.set(row.place, found);
    const index = row.bucket - first;
    found.amounts[index] = (found.amounts[index] ?? 0) + row.value;
  }
  const places = [...byPlace].sort(([one], [other]) => (one || Infinity) - (other || Infinity));
  return places.map(([place, { row, amounts }]) => {
    let column = 0;
    const next = (): unknown => row[`key${column++}`];
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
