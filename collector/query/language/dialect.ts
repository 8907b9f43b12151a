import { isIPv4, type AddressRange, type StoredAddress } from '../../../core/net/stored-address.ts';

/** A value, and the tables it is looked up in, which are joined to what has the keys: `FROM ...` and `join`. */
export interface Looked {
  readonly sql: string;
  readonly join?: string;
}

/**
 * How one database says what not all of them say alike. A question is compiled to
 *
 *     SELECT ... FROM (SELECT ... FROM flows WHERE ...) AS level1 WHERE ... GROUP BY ... ORDER BY ... LIMIT ...
 *
 * with nothing else than columns of the table `flows` by their names, whole numbers, `+ - * / %`, comparisons, `AND OR NOT`, `IN` of
 * whole numbers, `CASE`, `JOIN ... USING`, `LEFT JOIN` of what is looked up, `count`, `count(DISTINCT ...)`, `sum`, `min`, `max`, and the
 * expressions of a dialect; no common table expressions, no window functions. A text from outside is never part of it: names are numbers until the rows are read.
 *
 * An address is two columns by one stem: `source` is `source_ipv4` and `source_ipv6`, of which at most one is set.
 */
export interface Dialect {
  /** The number as a floating point number: differences of it may be negative, products large. */
  double(number: string): string;
  /** The whole number with a sign and 64 bits. */
  whole(number: string): string;
  /** The whole quotient of whole numbers from 0 on. */
  quotient(dividend: string, divisor: number): string;
  /** What a column `..._ipv6` holds where there is none. */
  readonly noIPv6: string;
  /** Whether the address of the stem lies in the range, which is of one version. */
  isWithin(stem: string, range: AddressRange): string;
  /** The address of the stem as one value of a row, for `readAddress`. It is the smallest where there is none. */
  address(stem: string): string;
  /** The address of a row as it came; 0 for none. */
  readAddress(value: unknown): StoredAddress;
  /** The whole number beside `number` in `pairs`, 0 when it is not there. There may be thousands of pairs, or none. `name` is of this value alone. */
  lookup(name: string, number: string, pairs: ReadonlyMap<number, number>): Looked;
  /** The same of whole numbers with a sign. */
  lookupSigned(name: string, number: string, pairs: ReadonlyMap<number, number>): Looked;
  /** The whole number beside the address of the stem in `pairs`, 0 when it is not there. */
  lookupAddress(name: string, stem: string, pairs: ReadonlyMap<StoredAddress, number>): Looked;
  /** A query that has a row when the database has a table or view of the name. */
  hasTable(name: string): string;
}

/** What stands beside IPv4 addresses, and beside IPv6 addresses: they are looked up in two columns. */
export function byVersion<T>(pairs: ReadonlyMap<StoredAddress, T>): Record<'ipv4' | 'ipv6', (readonly [StoredAddress, T])[]> {
  const all = [...pairs];
  return { ipv4: all.filter(([address]) => isIPv4(address)), ipv6: all.filter(([address]) => !isIPv4(address)) };
}
