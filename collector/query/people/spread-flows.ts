import type { Derived } from '../language/derived.ts';
import type { SeenFlows } from './seen-flows.ts';

/** How flows are laid over even buckets of time. */
export interface Spreading {
  /** What tells flows apart, by the names their columns get. */
  readonly keys: Readonly<Record<string, Derived>>;
  /** What is counted of a flow. */
  readonly amount: Derived;
  /** Milliseconds; buckets begin at whole multiples since 1970. All of time is one, number 0, without it. */
  readonly bucketMs?: number | undefined;
  /** What flows must be, besides what was asked for. */
  readonly only?: readonly Derived[];
  /** All of it counts where the flow begins, or where the time that is asked for does. */
  readonly isWhole?: boolean;
}

/**
 * What `ask` answers, given rows that can stand in `FROM`: `amount` by key and `bucket`, with `sampling`, several of each at times. The amount of a flow is
 * spread evenly from its start to its end.
 */
export function withSpread<T>(seen: SeenFlows, spreading: Spreading, ask: (rows: string) => Promise<T>): Promise<T> {
  const { keys, amount, bucketMs = Infinity, only } = spreading;
  const { fromMs, toMs } = seen.request;
  // Where all of it counts, no clock says more or less.
  const times = bucketMs === Infinity && fromMs === undefined && toMs === undefined ? [] : ['start_ms', 'end_ms'];
  const needs = [...Object.values(keys), amount].flatMap((one) => one.needs);
  const columns = [...new Set([...needs, ...times, 'sampling_interval'])];
  return seen.ofParts(
    { columns, only, stepMs: bucketMs },
    (flows, isKept) => {
      const expressions = spread(seen, spreading, times, flows);
      if (!isKept) return `WITH ${expressions} FROM spread`;
      return `WITH ${expressions} SELECT ${Object.keys(keys).join(', ')}, bucket, sum(amount) AS amount, max(sampling) AS sampling FROM spread GROUP BY ALL`;
    },
    ask,
  );
}

/** Common table expressions that end with `spread`. Most flows lie in one bucket and are added up there; only what others are made of is looked at one by one. */
function spread(seen: SeenFlows, spreading: Spreading, times: readonly string[], flows: string): string {
  const { keys, amount, bucketMs = Infinity, isWhole = false } = spreading;
  const { fromMs, toMs } = seen.request;
  const names = Object.keys(keys).join(', ');
  const shown = Object.entries(keys).map(([key, { sql }]) => (sql === key ? sql : `${sql} AS ${key}`));
  // What is asked for of a flow.
  const begin = fromMs === undefined ? 'start_ms' : `greatest(start_ms, ${Math.ceil(fromMs)})`;
  const end = toMs === undefined ? 'end_ms' : `least(end_ms, ${Math.ceil(toMs)})`;
  const first = bucketMs === Infinity ? '0::BIGINT' : `${begin} // ${bucketMs}`;
  const isCrossing = [
    ...(bucketMs === Infinity ? [] : [`end_ms > (first + 1) * ${bucketMs}`]),
    ...(fromMs === undefined ? [] : [`start_ms < ${Math.ceil(fromMs)}`]),
    ...(toMs === undefined ? [] : [`end_ms > ${Math.ceil(toMs)}`]),
  ].join(' OR ');
  const isAlone = isWhole || isCrossing === '';
  const placed = `placed AS NOT MATERIALIZED (
    SELECT ${[...shown, ...times].join(', ')}, ${amount.sql} AS amount, sampling_interval AS sampling, ${first} AS first
    FROM ${flows}),
  within AS NOT MATERIALIZED (
    SELECT ${names}, first AS bucket, sum(amount) AS amount, max(sampling) AS sampling
    FROM placed${isAlone ? '' : ` WHERE NOT (${isCrossing})`} GROUP BY ${names}, first)`;
  if (isAlone) return `${placed}, spread AS NOT MATERIALIZED (FROM within)`;
  // What of that lies in the bucket.
  const overlap =
    bucketMs === Infinity
      ? `${end} - ${begin}`
      : `least(${end}, (bucket + 1) * ${bucketMs}) - greatest(${begin}, bucket * ${bucketMs})`;
  return `${placed},
  crossing AS (
    SELECT *, unnest(range(first, ${bucketMs === Infinity ? '1' : `greatest((${end} - 1) // ${bucketMs}, first) + 1`})) AS bucket FROM placed WHERE ${isCrossing}),
  spread AS NOT MATERIALIZED (
    FROM within UNION ALL
    SELECT ${names}, bucket, amount * (greatest(0, ${overlap}) / (end_ms - start_ms)::DOUBLE), sampling
    FROM crossing)`;
}
