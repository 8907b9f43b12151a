import { isIPv4, type StoredAddress } from '../../../core/net/stored-address.ts';
import { hexOf, NO_IPV6, octetsOf, shownAddress } from '../../store/clickhouse/address-sql.ts';
import { byVersion, type Dialect } from './dialect.ts';

/** Makes numbers with a sign such without: an array of both kinds has no type. */
const LIFT = 2 ** 52;

/** ClickHouse's way to say it, of 2018 and of today; addresses of 128 bits are FixedString(16), which is ordered as the numbers are. */
export const clickHouseDialect: Dialect = {
  double: (number) => `toFloat64(${number})`,
  whole: (number) => `toInt64(${number})`,
  quotient: (dividend, divisor) => `intDiv(${dividend}, ${divisor})`,
  noIPv6: NO_IPV6,
  isWithin: (stem, { first, last }) => {
    if (!isIPv4(first)) return `(${stem}_ipv6 >= ${octetsOf(first)} AND ${stem}_ipv6 <= ${octetsOf(last)})`;
    // A range of IPv4 may begin at 0, which is none at all.
    return `(${stem}_ipv4 >= ${first === 0 ? 1 : first} AND ${stem}_ipv4 <= ${last})`;
  },
  address: (stem) => shownAddress(`${stem}_ipv4`, `${stem}_ipv6`),
  // The reader of the format Native has made a number of the octets already.
  readAddress: (value) => value as StoredAddress,
  lookup: (_, number, pairs) => ({ sql: lookup(number, [...pairs]) }),
  lookupSigned: (_, number, pairs) => ({
    sql: `(toInt64(${lookup(
      number,
      [...pairs].map(([from, to]) => [from, to + LIFT] as const),
      LIFT,
    )}) - ${LIFT})`,
  }),
  lookupAddress: (_, stem, pairs) => {
    const apart = byVersion(pairs);
    const ipv4 = lookup(`${stem}_ipv4`, apart.ipv4);
    const ipv6 = apart.ipv6.map(([address, to]) => [`'${hexOf(address)}'`, to] as const);
    if (ipv6.length === 0) return { sql: ipv4 };
    return { sql: `CASE WHEN ${stem}_ipv6 = ${NO_IPV6} THEN ${ipv4} ELSE ${lookup(`hex(${stem}_ipv6)`, ipv6)} END` };
  },
  hasTable: (name) => `SELECT 1 AS there FROM system.tables WHERE database = currentDatabase() AND name = '${name}'`,
};

const lookup = (key: string, pairs: readonly (readonly [StoredAddress | string, number])[], otherwise = 0): string =>
  pairs.length === 0
    ? String(otherwise)
    : `transform(${key}, [${pairs.map(([from]) => from).join()}], [${pairs.map(([, to]) => to).join()}], ${otherwise})`;
