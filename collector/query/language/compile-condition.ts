import { addressColumns } from './derived-columns.ts';
import type { Derived } from './derived.ts';
import type { Dialect } from './dialect.ts';
import { DIMENSIONS, type Dimension } from './dimensions.ts';
import type { Condition } from './question.ts';

/** Conditions that all hold when the one does. */
export const conjuncts = (where: Condition | undefined): readonly Condition[] =>
  where === undefined ? [] : where.kind === 'and' ? where.all.flatMap(conjuncts) : [where];

/** A condition, and the columns it is about. */
export function condition(one: Condition, dialect: Dialect): Derived {
  if (one.kind === 'and' || one.kind === 'or') {
    const all = one.all.map((each) => condition(each, dialect));
    return {
      needs: all.flatMap(({ needs }) => needs),
      sql: `(${all.map(({ sql }) => sql).join(one.kind === 'or' ? ' OR ' : ' AND ')})`,
    };
  }
  if (one.kind === 'not') {
    const { needs, sql } = condition(one.one, dialect);
    return { needs, sql: `NOT (${sql})` };
  }
  const { kind, columns } = DIMENSIONS[one.dimension] as Dimension;
  const [column, stranger] = columns as [string, string];
  if (one.kind === 'number') return { needs: [column], sql: `${column} ${one.operator} ${one.value}` };
  if (one.kind === 'name') return { needs: [column], sql: `${column} IN (${one.indexes.join(', ')})` };
  // A holder is called by an address when it has no name.
  const stems = kind === 'holder' ? [stranger] : columns;
  return {
    needs: stems.flatMap(addressColumns),
    sql: `(${stems.map((stem) => dialect.isWithin(stem, one.range)).join(' OR ')})`,
  };
}
