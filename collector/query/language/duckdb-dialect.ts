import { exactNumber, isIPv4, type AddressRange, type StoredAddress } from '../../../core/net/stored-address.ts';
import { byVersion, type Dialect } from './dialect.ts';

/** DuckDB's way to say it; addresses of 128 bits are UHUGEINT. */
export const duckDbDialect: Dialect = {
  double: (number) => `CAST(${number} AS DOUBLE)`,
  whole: (number) => `CAST(${number} AS BIGINT)`,
  quotient: (dividend, divisor) => `(${dividend} // ${divisor})`,
  noIPv6: '0::UHUGEINT',
  isWithin: (stem, { first, last }: AddressRange) => {
    // A range of IPv4 may begin at 0, which is none at all.
    const least = first === 0 ? 1 : first;
    const column = `${stem}_${isIPv4(first) ? 'ipv4' : 'ipv6'}`;
    return least === last ? `${column} = ${last}` : `${column} BETWEEN ${least} AND ${last}`;
  },
  address: (stem) => `CASE WHEN ${stem}_ipv6 = 0 THEN ${stem}_ipv4::UHUGEINT ELSE ${stem}_ipv6 END`,
  readAddress: (value) => (typeof value === 'bigint' ? exactNumber(value) : (value as number)),
  lookup: (name, number, pairs) => ({
    sql: `coalesce(${name}_pairs.found, 0)`,
    join: leftJoin(`${name}_pairs`, number, 'UBIGINT', [...pairs]),
  }),
  lookupSigned: (name, number, pairs) => ({
    sql: `coalesce(${name}_pairs.found, 0)`,
    join: leftJoin(`${name}_pairs`, number, 'UBIGINT', [...pairs], 'BIGINT'),
  }),
  lookupAddress: (name, stem, pairs) => {
    const { ipv4, ipv6 } = byVersion(pairs);
    return {
      sql: `coalesce(CASE WHEN ${stem}_ipv6 = 0 THEN ${name}_ipv4.found ELSE ${name}_ipv6.found END, 0)`,
      join: `${leftJoin(`${name}_ipv4`, `${stem}_ipv4`, 'UINTEGER', ipv4)}${leftJoin(`${name}_ipv6`, `${stem}_ipv6`, 'UHUGEINT', ipv6)}`,
    };
  },
  hasTable: (name) => `SELECT 1 AS there FROM information_schema.tables WHERE table_name = '${name}'`,
};

/**
 * A hash join that rows flow through; a sub-query in the place of the value would keep all rows until the last has come. The table goes to the database
 * as lists in text, which are parsed sooner than expressions.
 */
function leftJoin(
  name: string,
  key: string,
  type: string,
  pairs: readonly (readonly [StoredAddress, number])[],
  found = 'UINTEGER',
): string {
  const keys = pairs.map(([from]) => from).join();
  const values = pairs.map(([, to]) => to).join();
  return ` LEFT JOIN (SELECT unnest(CAST('[${keys}]' AS ${type}[])) AS looked_up, unnest(CAST('[${values}]' AS ${found}[])) AS found) AS ${name} ON ${name}.looked_up = ${key}`;
}
