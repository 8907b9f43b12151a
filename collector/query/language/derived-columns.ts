import type { ClockCorrections } from '../clock-corrections.ts';
import { clockColumns, correctedTime } from './clock-columns.ts';
import type { Derived, DerivedColumns } from './derived.ts';
import type { Dialect } from './dialect.ts';
import { numberPairSql } from './number-pair.ts';
import type { TimeBasis } from './question.ts';
import type { Vocabulary } from './vocabulary.ts';

/** The two columns of an address. */
export const addressColumns = (stem: string): string[] => [`${stem}_ipv4`, `${stem}_ipv6`];

/** Whether there is an address. */
export const isThere = ({ noIPv6 }: Dialect, stem: string): string => `(${stem}_ipv4 <> 0 OR ${stem}_ipv6 <> ${noIPv6})`;

/** Where the inside host can be: there is one when any of these holds. */
export const SIDES = ['is_up', 'is_down', 'is_to_inside'];

/**
 * What questions see beyond the columns of `flows`. A flow is seen from its inside host, which is the source when that lies inside, else the destination after
 * translation, else the destination; the server is what it is outside: of NAT64, the IPv4 one.
 */
export function derivedColumns(
  vocabulary: Vocabulary,
  dialect: Dialect,
  basis: TimeBasis,
  corrections: ClockCorrections | undefined,
): DerivedColumns {
  const { noIPv6 } = dialect;
  const isInside = (stem: string) => (): Derived => ({
    needs: addressColumns(stem),
    sql: anyOf(vocabulary.inside.map((range) => dialect.isWithin(stem, range))),
  });
  const isNat64 = `is_up AND destination_ipv6 <> ${noIPv6} AND post_nat_destination_ipv4 <> 0`;
  const none = { ipv4: '0', ipv6: noIPv6 };
  const versions = (stem: string, sqlOf: (version: 'ipv4' | 'ipv6') => Derived): DerivedColumns => ({
    [`${stem}_ipv4`]: () => sqlOf('ipv4'),
    [`${stem}_ipv6`]: () => sqlOf('ipv6'),
  });
  return {
    is_up: isInside('source'),
    is_down: isInside('post_nat_destination'),
    is_to_inside: isInside('destination'),
    ...versions('inside', (v) => ({
      needs: [...SIDES, `source_${v}`, `post_nat_destination_${v}`, `destination_${v}`],
      sql: `CASE WHEN is_up THEN source_${v} WHEN is_down THEN post_nat_destination_${v} WHEN is_to_inside THEN destination_${v} ELSE ${none[v]} END`,
    })),
    ...versions('server', (v) => ({
      needs: ['is_up', 'destination_ipv6', 'post_nat_destination_ipv4', `destination_${v}`, `source_${v}`],
      sql: `CASE WHEN ${isNat64} THEN ${v === 'ipv4' ? 'post_nat_destination_ipv4' : noIPv6} WHEN is_up THEN destination_${v} ELSE source_${v} END`,
    })),
    ...versions('nat', (v) => ({
      needs: ['is_up', 'is_down', `post_nat_source_${v}`, `destination_${v}`],
      sql: `CASE WHEN is_up THEN post_nat_source_${v} WHEN is_down THEN destination_${v} ELSE ${none[v]} END`,
    })),
    server_port: () => ({
      needs: ['is_up', 'source_port', 'destination_port'],
      sql: 'CASE WHEN is_up THEN destination_port ELSE source_port END',
    }),
    time_ms: () => timeOf(dialect, basis),
    ...(corrections === undefined ? {} : clockColumns(corrections, dialect)),
    ...holders(vocabulary, dialect, versions),
    ...applications(vocabulary, dialect),
  };
}

function timeOf(dialect: Dialect, basis: TimeBasis): Derived {
  if (basis === 'receive') return { needs: ['received_at_us'], sql: dialect.quotient('received_at_us', 1_000) };
  if (basis === 'export') return { needs: ['export_time_s'], sql: `${dialect.whole('export_time_s')} * 1000` };
  if (basis === 'flow') return { needs: ['flow_start_ms'], sql: 'flow_start_ms' };
  return correctedTime(dialect);
}

/** Whose device the inside address is: by leases, by single addresses, by prefixes, in this order. */
function holders(
  { leases, deviceOfAddress, prefixes, personOfDevice }: Vocabulary,
  dialect: Dialect,
  versions: (stem: string, sqlOf: (version: 'ipv4' | 'ipv6') => Derived) => DerivedColumns,
): DerivedColumns {
  const inside = addressColumns('inside');
  const stranger = (of: string): DerivedColumns =>
    versions(`${of}_stranger`, (v) => ({
      needs: [of, `inside_${v}`],
      sql: `CASE WHEN ${of} = 0 THEN inside_${v} ELSE ${v === 'ipv4' ? '0' : dialect.noIPv6} END`,
    }));
  const leased = leases.map((lease) => {
    const from = Number.isFinite(lease.fromMs) ? ` AND time_ms >= ${lease.fromMs}` : '';
    const to = Number.isFinite(lease.toMs) ? ` AND time_ms < ${lease.toMs}` : '';
    return `WHEN ${dialect.isWithin('inside', lease)}${from}${to} THEN ${lease.device} `;
  });
  const ranges = prefixes.map((range) => `WHEN ${dialect.isWithin('inside', range)} THEN ${range.device} `);
  return {
    fixed_device: () => ({ needs: inside, ...dialect.lookupAddress('fixed_device', 'inside', deviceOfAddress) }),
    device: () => ({
      needs: ['fixed_device', ...inside, ...(leases.length > 0 ? ['time_ms'] : [])],
      sql: `CASE ${leased.join('')}WHEN fixed_device <> 0 THEN fixed_device ${ranges.join('')}ELSE 0 END`,
    }),
    person: () => ({ needs: ['device'], ...dialect.lookup('person', 'device', personOfDevice) }),
    ...stranger('device'),
    ...stranger('person'),
  };
}

/** What `Catalogue.classify` says, in its order. */
function applications(vocabulary: Vocabulary, dialect: Dialect): DerivedColumns {
  const { catalogue, icmp, other, exporters, domains, appOfName, categoryOfApp, nameOfServer } = vocabulary;
  const server = addressColumns('server');
  const placed = catalogue.flatMap(({ prefixes }, index) =>
    prefixes.map((range) => `WHEN ${dialect.isWithin('server', range)} THEN ${index + 1}`),
  );
  const heard = catalogue.flatMap(({ ports }, index) =>
    ports.map(
      ([protocol, first, last]) =>
        `WHEN protocol = ${protocol} AND server_port >= ${first} AND server_port <= ${last} THEN ${index + 1}`,
    ),
  );
  // Most exporters name in one way: what they do not use costs nothing.
  const ofPair = (name: string, first: string, second: string, found: ReadonlyMap<number, number>): Derived =>
    found.size === 0
      ? { needs: [], sql: '0' }
      : { needs: [first, second], ...dialect.lookup(name, numberPairSql(first, second), found) };
  return {
    naming_exporter: () => ({
      needs: addressColumns('exporter'),
      ...dialect.lookupAddress('naming_exporter', 'exporter', exporters),
    }),
    naming_domain: () => ofPair('naming_domain', 'naming_exporter', 'observation_domain_id', domains),
    domain_app: () => ofPair('domain_app', 'naming_domain', 'application_id', vocabulary.appOfDomainId),
    exporter_app: () => ofPair('exporter_app', 'naming_exporter', 'application_id', vocabulary.appOfExporterId),
    exported_app: () => ({
      needs: ['domain_app', 'exporter_app'],
      sql: 'CASE WHEN domain_app <> 0 THEN domain_app ELSE exporter_app END',
    }),
    named_app: () => ({ needs: server, ...dialect.lookupAddress('named_app', 'server', appOfName) }),
    app: () => ({
      needs: ['exported_app', 'named_app', 'protocol', 'server_port', ...server],
      sql: `CASE WHEN exported_app <> 0 THEN exported_app WHEN protocol IN (1, 58) THEN ${icmp} WHEN named_app <> 0 THEN named_app
        ${[...placed, ...heard].join(' ')} ELSE ${other} END`,
    }),
    category: () => ({ needs: ['app'], ...dialect.lookup('category', 'app', categoryOfApp) }),
    server_name: () => ({ needs: server, ...dialect.lookupAddress('server_name', 'server', nameOfServer) }),
  };
}

const anyOf = (conditions: readonly string[]): string => (conditions.length === 0 ? '1 = 0' : `(${conditions.join(' OR ')})`);
