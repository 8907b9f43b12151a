import type { StoredAddress } from '../../../core/net/stored-address.ts';
import type { AskedStore } from '../../store/flow-store.ts';
import { groupBy } from '../group-by.ts';
import type { Derived } from '../language/derived.ts';
import { DAY_MS, GRID_MS, periodStarts, type PeriodUnit, Zone } from './periods.ts';
import { LONGEST_FLOW_MS } from './people-columns.ts';
import type { Holder, SeenFlows } from './seen-flows.ts';
import { type Spreading, withSpread } from './spread-flows.ts';

/** Days on which there may be flows, at most: that many boundaries are worked out. */
const MAX_DAYS = 4_000;
/** Buckets of a chart, at most. */
const MAX_BUCKETS = 20_000;
/** Rows of an answer, at most. */
export const MAX_CELLS = 1_000_000;

/** Octets of IP packets, multiplied by the sampling interval where some was sampled; fractions where a flow lies in several buckets. */
export interface Volume {
  readonly upOctets: number;
  readonly downOctets: number;
}

/** What a holder did of a category; in the period that begins at `startMs`, where periods were asked for. */
export interface UsageCell extends Volume {
  readonly holder: Holder;
  readonly category: string;
  readonly startMs: number;
}

/** What a holder did in all. */
export interface HolderUsage extends Volume {
  readonly holder: Holder;
}

export interface PeopleUsage {
  readonly cells: readonly UsageCell[];
  readonly isSampled: boolean;
}

/**
 * What everybody sent and got by category, in every hour, day or week of a time zone. The octets of a flow are spread evenly from its start
 * to its end, so one that lasts does not come as a spike. Sums over periods are the totals, whatever the basis. Rejects with a RangeError for a
 * zone that is none, or when there are more days or rows than allowed.
 */
export async function usageByPeriod(
  store: AskedStore,
  seen: SeenFlows,
  { unit, zone, only }: { unit: PeriodUnit; zone: string; only?: Derived },
): Promise<PeopleUsage> {
  const calendar = new Zone(zone);
  const days = await seen.ofParts(
    { columns: ['start_ms'], only: only ? [only] : [], stepMs: GRID_MS },
    (flows) => `SELECT DISTINCT start_ms // ${DAY_MS} AS day FROM ${flows}`,
    (rows) => store.query<{ day: number }>(`SELECT DISTINCT day FROM ${rows} ORDER BY day LIMIT ${MAX_DAYS + 1}`),
  );
  if (days.length > MAX_DAYS) throw new RangeError(`there are flows on more than ${MAX_DAYS} days: ask for a shorter time`);
  const steps: number[] = [];
  const starts: number[] = [];
  for (const [fromMs, toMs] of stretches(days.map(({ day }) => Number(day)))) {
    const bounds = periodStarts(calendar, unit, fromMs, toMs);
    let period = 0;
    for (let atMs = fromMs; atMs < toMs; atMs += GRID_MS) {
      while ((bounds[period + 1] ?? Infinity) <= atMs) period++;
      steps.push(atMs / GRID_MS);
      starts.push(bounds[period] as number);
    }
  }
  const parameters = { steps: `[${steps.join()}]`, starts: `[${starts.join()}]` };
  const periods = `periods AS (
    SELECT unnest(CAST($steps AS BIGINT[])) AS bucket, unnest(CAST($starts AS BIGINT[])) AS period_ms)`;
  const rows = await withSpread(seen, spreading(HOLDER_KEYS, GRID_MS, only), (rows) =>
    store.query<CellRow>(
      `WITH ${periods}
      SELECT person, person_stranger, category, period_ms AS "startMs", ${VOLUMES} FROM ${rows} AS spread JOIN periods USING (bucket)
      GROUP BY ALL ORDER BY period_ms, person, person_stranger, category LIMIT ${MAX_CELLS + 1}`,
      parameters,
    ),
  );
  return readCells(rows, seen);
}

/** Days as stretches without a hole, each a flow's length longer than its last day. */
function stretches(days: readonly number[]): [fromMs: number, toMs: number][] {
  const found: [number, number][] = [];
  for (const day of days) {
    const last = found.at(-1);
    const toMs = (day + 1) * DAY_MS + LONGEST_FLOW_MS;
    if (last !== undefined && day * DAY_MS <= last[1]) last[1] = toMs;
    else found.push([day * DAY_MS, toMs]);
  }
  return found;
}

/** From when to when there is something, in milliseconds since 1970; what is asked for where that is told, no time at all without flows. */
export async function spanOf(
  store: AskedStore,
  seen: SeenFlows,
  only: readonly Derived[] = [],
): Promise<{ fromMs: number; toMs: number }> {
  const [span] = await seen.ofParts(
    { columns: ['start_ms', 'end_ms'], only, stepMs: Infinity },
    (flows) => `SELECT min(start_ms)::DOUBLE AS first_ms, max(end_ms)::DOUBLE AS last_ms FROM ${flows}`,
    (rows) =>
      store.query<{ firstMs: number | null; lastMs: number | null }>(
        `SELECT min(first_ms) AS "firstMs", max(last_ms) AS "lastMs" FROM ${rows}`,
      ),
  );
  const { fromMs, toMs } = seen.request;
  return { fromMs: fromMs ?? span?.firstMs ?? toMs ?? 0, toMs: toMs ?? span?.lastMs ?? fromMs ?? 0 };
}

/** Octets of every category in even buckets. */
export interface CategoryUsage {
  readonly bucketMs: number;
  /** Where the first bucket begins; 0 without flows. */
  readonly startMs: number;
  /** By category, then by bucket. */
  readonly series: ReadonlyMap<string, Volume[]>;
}

/** What all of them together did, in buckets. Rejects with a RangeError when there are too many. */
export async function usageByCategory(
  store: AskedStore,
  seen: SeenFlows,
  bucketMs: number,
  only?: Derived,
): Promise<CategoryUsage> {
  const buckets = await withSpread(seen, spreading(['category', 'is_up'], bucketMs, only), (rows) =>
    store.query<Volume & { bucket: number; category: number }>(
      `SELECT category, bucket, ${VOLUMES} FROM ${rows} GROUP BY ALL ORDER BY bucket, category LIMIT ${MAX_CELLS + 1}`,
    ),
  );
  const first = Number(buckets[0]?.bucket ?? 0);
  const count = buckets.length === 0 ? 0 : Number(buckets.at(-1)?.bucket) - first + 1;
  if (count > MAX_BUCKETS) throw new RangeError(`there would be ${count} buckets, and ${MAX_BUCKETS} are allowed: ask for a shorter time or longer buckets`); // prettier-ignore
  const byCategory = groupBy(buckets, ({ category }) => categoryOf(seen, category));
  const series = new Map(
    [...byCategory].map(([category, own]) => {
      const volumes = Array.from({ length: count }, (): Volume => ({ upOctets: 0, downOctets: 0 }));
      for (const { bucket, upOctets, downOctets } of own) volumes[Number(bucket) - first] = { upOctets, downOctets };
      return [category, volumes];
    }),
  );
  return { bucketMs, startMs: first * bucketMs, series };
}

/** What everybody did of each category, over the whole time. */
export async function usageOfAll(store: AskedStore, seen: SeenFlows, only?: Derived): Promise<PeopleUsage> {
  const rows = await withSpread(seen, spreading(HOLDER_KEYS, undefined, only), (rows) =>
    store.query<CellRow>(
      `SELECT person, person_stranger, category, ${VOLUMES} FROM ${rows}
      GROUP BY ALL ORDER BY person, person_stranger, category LIMIT ${MAX_CELLS + 1}`,
    ),
  );
  return readCells(rows, seen);
}

/** What everybody did who has flows, whatever of. */
export async function usageByHolder(
  store: AskedStore,
  seen: SeenFlows,
): Promise<{ readonly holders: readonly HolderUsage[]; readonly isSampled: boolean }> {
  const rows = await withSpread(seen, spreading(['person', 'person_stranger', 'is_up'], undefined), (rows) =>
    store.query<Omit<CellRow, 'category'>>(
      `SELECT person, person_stranger, ${VOLUMES} FROM ${rows} GROUP BY ALL ORDER BY person, person_stranger LIMIT ${MAX_CELLS + 1}`,
    ),
  );
  refuseTooMany(rows);
  const holders = rows.map(({ person, person_stranger, upOctets, downOctets }) => ({
    holder: seen.holderOf(Number(person), person_stranger),
    upOctets,
    downOctets,
  }));
  return { holders, isSampled: isAnySampled(rows) };
}

/** How many holders have a flow that had not ended before an instant. */
export async function countActive(store: AskedStore, seen: SeenFlows, sinceMs: number): Promise<number> {
  const [row] = await seen.ofParts(
    { columns: ['person', 'person_stranger', 'end_ms'], stepMs: Infinity },
    (flows) => `SELECT person, person_stranger, max(end_ms) AS end_ms FROM ${flows} GROUP BY ALL`,
    (rows) =>
      store.query<{ count: number }>(
        `SELECT count(DISTINCT (person, person_stranger))::DOUBLE AS count FROM ${rows} WHERE end_ms >= ${sinceMs}`,
      ),
  );
  return row?.count ?? 0;
}

/** Who did most that is of one of the categories; `undefined` when nobody did. */
export async function largestOf(
  store: AskedStore,
  seen: SeenFlows,
  categories: ReadonlySet<string>,
): Promise<{ readonly holder: Holder; readonly category: string; readonly octets: number } | undefined> {
  const numbers = seen.vocabulary.categories.flatMap((name, index) => (categories.has(name) ? [index + 1] : []));
  if (numbers.length === 0) return undefined;
  const only = { needs: ['category'], sql: `category IN (${numbers.join()})` };
  const [row] = await withSpread(seen, spreading(['person', 'person_stranger', 'category'], undefined, only), (rows) =>
    store.query<Omit<CellRow, keyof Volume> & { octets: number }>(
      `SELECT person, person_stranger, category, sum(amount) AS octets FROM ${rows}
      GROUP BY ALL ORDER BY octets DESC, person, person_stranger, category LIMIT 1`,
    ),
  );
  if (row === undefined) return undefined;
  const { person, person_stranger, category, octets } = row;
  return { holder: seen.holderOf(Number(person), person_stranger), category: categoryOf(seen, category), octets };
}

interface CellRow extends Volume {
  readonly person: number;
  readonly person_stranger: StoredAddress;
  readonly category: number;
  readonly startMs?: number;
  readonly sampling: number;
}

function readCells(rows: readonly CellRow[], seen: SeenFlows): PeopleUsage {
  refuseTooMany(rows);
  const holders = new Map<string, Holder>();
  const cells = rows.map((row): UsageCell => {
    const key = `${row.person} ${row.person_stranger}`;
    const holder = holders.get(key) ?? seen.holderOf(Number(row.person), row.person_stranger);
    holders.set(key, holder);
    const { upOctets, downOctets } = row;
    const category = categoryOf(seen, row.category);
    return { holder, category, startMs: Number(row.startMs ?? 0), upOctets, downOctets };
  });
  return { cells, isSampled: isAnySampled(rows) };
}

function refuseTooMany(rows: readonly unknown[]): void {
  if (rows.length > MAX_CELLS) throw new RangeError(`the answer has more than ${MAX_CELLS} rows: ask for a shorter time`);
}

const isAnySampled = (rows: readonly Pick<CellRow, 'sampling'>[]): boolean => rows.some(({ sampling }) => Number(sampling) > 1);

const categoryOf = (seen: SeenFlows, number: number): string => seen.vocabulary.categories[Number(number) - 1] as string;

const VOLUMES = `coalesce(sum(amount) FILTER (WHERE is_up), 0) AS "upOctets", coalesce(sum(amount) FILTER (WHERE NOT is_up), 0) AS "downOctets", max(sampling)::DOUBLE AS sampling`;

const KEYS = {
  person: { sql: 'person', needs: ['person'] },
  person_stranger: { sql: 'person_stranger', needs: ['person_stranger'] },
  category: { sql: 'category', needs: ['category'] },
  is_up: { sql: 'is_up', needs: ['is_up'] },
} as const;
const HOLDER_KEYS = ['person', 'person_stranger', 'category', 'is_up'] as const;

/** Octets of flows by some of the keys. */
const spreading = (keys: readonly (keyof typeof KEYS)[], bucketMs: number | undefined, only?: Derived): Spreading => ({
  keys: Object.fromEntries(keys.map((key) => [key, KEYS[key]])),
  amount: { sql: 'octets_scaled', needs: ['octets_scaled'] },
  bucketMs,
  only: only ? [only] : [],
});
