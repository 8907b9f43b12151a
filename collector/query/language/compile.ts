import { addressColumns, derivedColumns, isThere, SIDES } from './derived-columns.ts';
import type { Derived } from './derived.ts';
import type { ClockCorrections } from '../clock-corrections.ts';
import type { Dialect } from './dialect.ts';
import { DIMENSIONS, type Dimension, type DimensionName } from './dimensions.ts';
import { measureOf } from './measure.ts';
import { condition, conjuncts } from './compile-condition.ts';
import { nested } from './nested-columns.ts';
import type { FlowQuestion } from './question.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Rows of a series, or values of a dimension, at most. */
export const MAX_ROWS = 100_000;

/**
 * The question as one SELECT. Its rows have `bucket` (of a series), `key0` and so on in the order of the columns of the dimensions (`keyColumns`), `value`,
 * and `sampling`, the largest sampling interval among their flows. Corrected times want `corrections`.
 */
export function compile(
  question: FlowQuestion,
  vocabulary: Vocabulary,
  dialect: Dialect,
  corrections?: ClockCorrections,
): string {
  const { kind, dimensions, limit, everyMs, selection } = question;
  const derived = derivedColumns(vocabulary, dialect, selection.basis, corrections);
  const keys = dimensions.flatMap((name) => keysOf(name, dialect));
  const bucket = kind === 'series' ? [spanStart(everyMs, dialect)] : [];
  const value = measureOf(question, vocabulary, dialect);
  const needs = ['sampling_interval', ...value.needs, ...[...bucket, ...keys].flatMap((key) => key.needs)];
  const from = nested(needs, conditionsOf(question, dialect), derived);
  const groups = [...bucket, ...keys].flatMap((key) => key.groups);
  const groupBy = groups.length === 0 ? '' : ` GROUP BY ${groups.join(', ')}`;
  if (kind === 'count')
    return `SELECT count(*) AS value, max(sampling) AS sampling FROM (SELECT max(sampling_interval) AS sampling FROM ${from}${groupBy}) AS groups`;
  const shown = [...bucket.map(({ sql }) => `${sql} AS bucket`), ...keys.map(({ sql }, index) => `${sql} AS key${index}`)];
  const select = [...shown, `${value.sql} AS value`, 'max(sampling_interval) AS sampling'].join(', ');
  const order = [...bucket.map(() => 'bucket'), 'value DESC', ...keys.map((_, index) => `key${index}`)].join(', ');
  const rows = kind === 'top' ? limit : MAX_ROWS + 1;
  // A total is one row: there is nothing to order, and ClickHouse of old wants no LIMIT without it.
  const rest = kind === 'total' ? '' : ` ORDER BY ${order} LIMIT ${rows}`;
  return `SELECT ${select} FROM ${from}${groupBy}${rest}`;
}

interface Key extends Derived {
  readonly groups: readonly string[];
}

/** Rows are grouped by the number of the span: a database that knows how few there are groups them sooner. */
function spanStart(spanMs: number, dialect: Dialect): Key {
  const number = dialect.quotient('time_ms', spanMs);
  return { sql: `${number} * ${spanMs}`, needs: ['time_ms'], groups: [number] };
}

/** The columns of the result that a dimension has, in their order. */
export function keysOf(name: DimensionName, dialect: Dialect): Key[] {
  const { kind, columns, spanMs = 1 } = DIMENSIONS[name] as Dimension;
  const [column, stranger] = columns as [string, string];
  const address = (stem: string): Key => ({
    sql: dialect.address(stem),
    needs: addressColumns(stem),
    groups: addressColumns(stem),
  });
  if (kind === 'time') return [spanStart(spanMs, dialect)];
  if (kind === 'address') return [address(column)];
  const own = { sql: column, needs: [column], groups: [column] };
  return kind === 'holder' ? [own, address(stranger)] : [own];
}

/** What each row must be, as conditions that all hold. */
function conditionsOf({ kind, selection, dimensions }: FlowQuestion, dialect: Dialect): Derived[] {
  const { fromMs, toMs, where } = selection;
  const times = [
    ...(fromMs === undefined ? [] : [`time_ms >= ${Math.ceil(fromMs)}`]),
    ...(toMs === undefined ? [] : [`time_ms < ${Math.ceil(toMs)}`]),
  ].map((sql) => ({ needs: ['time_ms'], sql }));
  const isHeld = dimensions.some((name) => DIMENSIONS[name].kind === 'holder');
  const held = isHeld ? [{ needs: SIDES, sql: `(${SIDES.join(' OR ')})` }] : [];
  // What is counted must be there: no name and no address are no value.
  const counted = kind === 'count' ? dimensions.flatMap((name) => presenceOf(DIMENSIONS[name], dialect)) : [];
  return [...times, ...held, ...counted, ...conjuncts(where).map((one) => condition(one, dialect))];
}

function presenceOf({ kind, columns: [column = ''] }: Dimension, dialect: Dialect): Derived[] {
  if (kind === 'address') return [{ needs: addressColumns(column), sql: isThere(dialect, column) }];
  return kind === 'name' ? [{ needs: [column], sql: `${column} <> 0` }] : [];
}
