import type { QueryParameters } from '../flow-store.ts';

/** Texts and quoted names as a whole, so that a `$` in one of them is none. */
const PARAMETER = /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|\$(\w+)/gs;

/** The query with its parameters written out: servers of 2018 cannot bind any. Throws an Error of one sentence for one that is not given. */
export function boundQuery(sql: string, parameters: QueryParameters): string {
  return sql.replace(PARAMETER, (found, name: string | undefined) => {
    if (name === undefined) return found;
    const value = parameters[name];
    if (value === undefined) throw new Error(`the query has a parameter $${name} that is not given`);
    return typeof value === 'number' ? String(value) : `'${value.replace(/[\\']/g, '\\$&')}'`;
  });
}
