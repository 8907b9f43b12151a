import { keysOf } from '../../query/language/compile.ts';
import type { Derived } from '../../query/language/derived.ts';
import { duckDbDialect } from '../../query/language/duckdb-dialect.ts';
import type { SeenFlows } from '../../query/people/seen-flows.ts';
import { withSpread } from '../../query/people/spread-flows.ts';
import type { AskedStore } from '../../store/flow-store.ts';
import type { ExploreMeasure, ExploreRequest } from './explore-request.ts';

/** What a group came to in a bucket. */
export interface ExploredCell {
  /** From 1, the largest group first; 0 is what is left over. */
  readonly place: number;
  /** The columns of the dimensions, one after the other. */
  readonly keys: readonly unknown[];
  readonly bucket: number;
  readonly value: number;
  readonly sampling: number;
}

type KeyRow = Readonly<Record<string, unknown>>;
type Keys = Readonly<Record<string, Derived>>;

/**
 * Flows by group and bucket: the largest groups of all of the time are found first, so that the others are one from the beginning. How many groups there are
 * in all is told too.
 */
export async function exploredCells(
  store: AskedStore,
  seen: SeenFlows,
  { by, measure, groups }: ExploreRequest,
  bucketMs: number,
  only: readonly Derived[],
): Promise<{ readonly cells: readonly ExploredCell[]; readonly groupCount: number }> {
  // Without a dimension all flows are one group.
  const columns = by.length === 0 ? [{ sql: '0', needs: [] }] : by.flatMap((name) => keysOf(name, duckDbDialect));
  const keys = Object.fromEntries(columns.map(({ sql, needs }, index) => [`key${index}`, { sql, needs }]));
  const spreading = { amount: AMOUNTS[measure], only, isWhole: measure === 'flows' };
  const names = Object.keys(keys).join(', ');
  const ranked = await withSpread(seen, { ...spreading, keys }, (rows) =>
    store.query<KeyRow & { groupCount: number }>(`SELECT ${names}, count(*) OVER ()::DOUBLE AS "groupCount"
      FROM ${rows} GROUP BY ${names} ORDER BY sum(amount) DESC, ${names} LIMIT ${groups}`),
  );
  const groupCount = ranked[0]?.groupCount ?? 0;
  // The largest in another order are no other question.
  const inOrder = ranked.toSorted((one, other) => (textOf(keys, one) < textOf(keys, other) ? -1 : 1));
  const told = groupCount > ranked.length ? { number: numberOf(keys, inOrder) } : keys;
  const cells = await withSpread(seen, { ...spreading, keys: told, bucketMs }, (rows) =>
    store.query<
      KeyRow & Pick<ExploredCell, 'bucket' | 'value' | 'sampling'>
    >(`SELECT ${Object.keys(told).join(', ')}, bucket::DOUBLE AS bucket,
      sum(amount) AS value, max(sampling)::DOUBLE AS sampling FROM ${rows} GROUP BY ALL`),
  );
  const placeOf = new Map(ranked.map((row, index) => [textOf(keys, row), index + 1]));
  return {
    cells: cells.map((row) => {
      const group = told === keys ? row : inOrder[Number(row['number']) - 1];
      const place = (group && placeOf.get(textOf(keys, group))) ?? 0;
      const { bucket, value, sampling } = row;
      return { place, keys: group === undefined ? [] : valuesOf(keys, group), bucket, value, sampling };
    }),
    groupCount,
  };
}

const valuesOf = (keys: Keys, row: KeyRow): unknown[] => Object.keys(keys).map((name) => row[name]);
const textOf = (keys: Keys, row: KeyRow): string => valuesOf(keys, row).join(' ');

/** Which of the groups a flow is of, from 1; 0 is none of them. Keys are numbers, all of them. */
function numberOf(keys: Keys, groups: readonly KeyRow[]): Derived {
  const isOf = (group: KeyRow): string =>
    Object.entries(keys)
      .map(([name, { sql }]) => `${sql} = ${String(group[name])}`)
      .join(' AND ');
  const cases = groups.map((group, index) => `WHEN ${isOf(group)} THEN ${index + 1}`);
  return {
    needs: Object.values(keys).flatMap(({ needs }) => needs),
    sql: `(CASE ${cases.join(' ')} ELSE 0 END)::UTINYINT`,
  };
}

const OCTETS: Derived = { sql: 'octets_scaled', needs: ['octets_scaled'] };
const AMOUNTS: Readonly<Record<ExploreMeasure, Derived>> = {
  bytes: OCTETS,
  rate: OCTETS,
  packets: { sql: 'packets_scaled', needs: ['packets_scaled'] },
  flows: { sql: 'records::DOUBLE', needs: ['records'] },
};
