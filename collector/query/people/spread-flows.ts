import type { Derived } from '../language/derived.ts';
import type { SeenFlows } from './seen-flows.ts';

/** How flows are laid over even buckets of time. */
export interface Spreading {
  /** What tells flows apart, by the names their columns get. */
  readonly keys: Readonly<Record<string, Derived>>;
  /** What is counted of a flow. */
  readonly amount: Derived;
  /** Milliseconds; buckets begin at whole multiples since 1970. */
  readonly bucketMs: number;
  /** What flows must be, besides what was asked for. */
  readonly only?: readonly Derived[];
  /** All of it counts where the flow begins, or where the time that is asked for does. */
  readonly isWhole?: boolean;
}

/**
 * Common table expressions that end with `spread`: flows by their keys, with `amount`, `last_ms` and `sampling`, and which `part` of each lies in which
 * `bucket`. The amount is spread evenly from the start of a flow to its end. Flows within one bucket are added up first; most are.
 */
export function spread(seen: SeenFlows, { keys, amount, bucketMs, only = [], isWhole = false }: Spreading): string {
  const { fromMs, toMs } = seen.request;
  const names = Object.keys(keys).join(', ');
  const needs = [...Object.values(keys), amount].flatMap((one) => one.needs);
  const columns = [...new Set([...needs, 'start_ms', 'end_ms', 'sampling_interval'])];
  const shown = Object.entries(keys).map(([name, { sql }]) => (sql === name ? sql : `${sql} AS ${name}`));
  const cut = [
    ...(fromMs === undefined ? [] : [`start_ms < ${Math.ceil(fromMs)}`]),
    ...(toMs === undefined ? [] : [`end_ms > ${Math.ceil(toMs)}`]),
  ];
  const isCrossing = isWhole ? 'false' : ['last > first', ...cut].join(' OR ');
  // What is asked for of a flow, and what of that lies in the bucket.
  const begin = fromMs === undefined ? 'start_ms' : `greatest(start_ms, ${Math.ceil(fromMs)})`;
  const end = toMs === undefined ? 'end_ms' : `least(end_ms, ${Math.ceil(toMs)})`;
  const first = `(${begin} // ${bucketMs})`;
  const last = isWhole ? first : `greatest((${end} - 1) // ${bucketMs}, ${first})`;
  return `placed AS (
    SELECT ${shown.join(', ')}, start_ms, end_ms, ${amount.sql} AS amount, sampling_interval, ${first} AS first, ${last} AS last
    FROM ${seen.from(columns, only)}),
  gathered AS (
    SELECT ${names}, first, last,
      CASE WHEN ${isCrossing} THEN start_ms ELSE 0 END AS start_ms, CASE WHEN ${isCrossing} THEN end_ms ELSE 0 END AS end_ms,
      sum(amount) AS amount, max(end_ms) AS last_ms, max(sampling_interval) AS sampling
    FROM placed GROUP BY ALL),
  split AS (SELECT *, unnest(range(first, last + 1)) AS bucket FROM gathered),
  spread AS (
    SELECT *, CASE WHEN end_ms = start_ms THEN 1 ELSE greatest(0,
      least(${end}, (bucket + 1) * ${bucketMs}) - greatest(${begin}, bucket * ${bucketMs})) / (end_ms - start_ms)::DOUBLE END AS part
    FROM split)`;
}
