import type { Derived, DerivedColumns } from './derived.ts';

/**
 * `FROM` with all columns that are needed: sub-queries inside one another, each of which works out the columns whose needs are there. A condition stands in
 * the innermost that has its columns. `flows` is the table, or a relation with its columns.
 */
export function nested(
  needs: readonly string[],
  conditions: readonly Derived[],
  derived: DerivedColumns,
  flows = 'flows',
): string {
  const levels = new Map<string, { level: number; sql: string; join: string }>();
  const levelOf = (name: string): number => {
    const found = levels.get(name);
    if (found !== undefined) return found.level;
    const column = derived[name]?.();
    const level = column === undefined ? 0 : 1 + Math.max(0, ...column.needs.map(levelOf));
    levels.set(name, { level, sql: column === undefined ? name : `${column.sql} AS ${name}`, join: column?.join ?? '' });
    return level;
  };
  const top = Math.max(0, ...needs.map(levelOf), ...conditions.flatMap((one) => one.needs.map(levelOf)));
  const at = (level: number): string =>
    conditions.filter((one) => Math.max(0, ...one.needs.map(levelOf)) === level).map(({ sql }) => sql).join(' AND '); // prettier-ignore
  let from = flows;
  for (let level = 0; level < top; level++) {
    const carried = [...levels].filter(([, column]) => column.level <= level).map(([name]) => name);
    const made = [...levels.values()].filter((column) => column.level === level + 1);
    // Columns may be looked up in the same table.
    const joins = [...new Set(made.map(({ join }) => join))].join('');
    from = `(SELECT ${[...carried, ...made.map(({ sql }) => sql)].join(', ')} FROM ${from}${joins}${whereOf(at(level))}) AS level${level + 1}`;
  }
  return `${from}${whereOf(at(top))}`;
}

const whereOf = (sql: string): string => (sql === '' ? '' : ` WHERE ${sql}`);
