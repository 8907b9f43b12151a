import { exactNumber, isIPv4, type AddressRange, type StoredAddress } from '../../../core/net/stored-address.ts';
import type { Dialect } from './dialect.ts';

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
  lookup: (number, pairs) => lookup(number, 'UBIGINT', [...pairs]),
  lookupAddress: (stem, pairs) => {
    const all = [...pairs];
    const ipv4 = lookup(`${stem}_ipv4`, 'UINTEGER', all.filter(([address]) => isIPv4(address))); // prettier-ignore
    const ipv6 = all.filter(([address]) => !isIPv4(address));
    if (ipv6.length === 0) return ipv4;
    return `CASE WHEN ${stem}_ipv6 = 0 THEN ${ipv4} ELSE ${lookup(`${stem}_ipv6`, 'UHUGEINT', ipv6)} END`;
  },
  hasTable: (name) => `SELECT 1 AS there FROM information_schema.tables WHERE table_name = '${name}'`,
};

/** A sub-query becomes a hash join. Its table goes to the database as lists in text, which are parsed sooner than expressions. */
function lookup(key: string, type: string, pairs: readonly (readonly [StoredAddress, number])[]): string {
  if (pairs.length === 0) return '0';
  const keys = pairs.map(([from]) => from).join();
  const values = pairs.map(([, to]) => to).join();
  return `coalesce((SELECT found FROM (SELECT unnest(CAST('[${keys}]' AS ${type}[])) AS looked_up, unnest(CAST('[${values}]' AS UINTEGER[])) AS found) AS pairs WHERE looked_up = ${key}), 0)`;
}
