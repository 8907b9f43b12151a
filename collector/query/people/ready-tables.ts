import type { AddressRange } from '../../../core/net/stored-address.ts';
import { BEGUN_FLOWS } from '../begun-flows.ts';
import { derivedColumns } from '../language/derived-columns.ts';
import { duckDbDialect } from '../language/duckdb-dialect.ts';
import { nested } from '../language/nested-columns.ts';
import { Vocabulary } from '../language/vocabulary.ts';
import { peopleColumns } from './people-columns.ts';
import { GRID_MS } from './periods.ts';

/** What is alike in all flows of an inside host. */
export const HOST_COLUMNS = ['inside_ipv4', 'inside_ipv6'] as const;
/** What is alike in all flows with a service: what its application can be told by. */
export const SERVICE_COLUMNS = [
  'server_ipv4',
  'server_ipv6',
  'server_port',
  'protocol',
  'application_id',
  'exporter_ipv4',
  'exporter_ipv6',
  'observation_domain_id',
  'export_protocol',
] as const;
/** What flows that are added up are alike in. */
const SHARED_COLUMNS = ['host', 'service', 'is_up', 'is_down', 'is_to_inside', 'nat_ipv4', 'nat_ipv6', 'ip_version'] as const;
/** What each flow has of its own. */
const OWN_COLUMNS = [
  'id',
  'inside_port',
  'octets',
  'packets',
  'flow_start_ms',
  'lasts_ms',
  'received_at_us',
  'export_time_s',
  'sampling_interval',
  'octets_scaled',
  'packets_scaled',
] as const;
/** What is known of flows that are added up; `start_ms` and `end_ms` by their own times. */
const SUM_COLUMNS = ['start_ms', 'end_ms', 'octets_scaled', 'packets_scaled', 'records', 'sampling_interval'] as const;

export const FLOW_COLUMNS: readonly string[] = [...SHARED_COLUMNS, ...OWN_COLUMNS];
export const ADDED_COLUMNS: readonly string[] = [...SHARED_COLUMNS, ...SUM_COLUMNS];

/** The database in memory they are in. */
export const DATABASE = 'flowlab_ready';

/** Names of tables: `host` and `service` of flows and of sums are numbers that the other two explain. */
export interface ReadyTables {
  readonly hosts: string;
  readonly services: string;
  readonly flows: string;
  readonly sums: string;
}

export const readyTables = (number: number): ReadyTables => {
  const table = (name: string): string => `${DATABASE}.${name}_${number}`;
  return { hosts: table('hosts'), services: table('services'), flows: table('flows'), sums: table('sums') };
};

/** Statements that make them where they are not there. */
export function creations({ hosts, services, flows, sums }: ReadyTables, inside: readonly AddressRange[]): string[] {
  const turned = turnedFlows(inside, 'false');
  const create = (table: string, columns: readonly string[], from: string): string =>
    `CREATE TABLE IF NOT EXISTS ${table} AS SELECT ${columns.join(', ')} FROM ${from}`;
  const numbers = ['0::UINTEGER AS host', '0::UINTEGER AS service'] as const;
  return [
    `ATTACH IF NOT EXISTS ':memory:' AS ${DATABASE} (COMPRESS)`,
    create(hosts, [numbers[0], ...HOST_COLUMNS], turned),
    create(services, [numbers[1], ...SERVICE_COLUMNS], turned),
    create(flows, FLOW_COLUMNS, `(SELECT *, ${numbers.join(', ')} FROM ${turned})`),
    create(sums, ['id AS chunk', ...ADDED_COLUMNS], `(SELECT *, 0::BIGINT AS start_ms, 0::BIGINT AS end_ms, 0::BIGINT AS records FROM ${flows} LIMIT 0)`), // prettier-ignore
  ];
}

/** Statements that bring in the flows with ids from one to another: first their hosts and services, where those are new. */
export function additions(
  { hosts, services, flows }: ReadyTables,
  inside: readonly AddressRange[],
  from: number,
  to: number,
): string[] {
  const turned = turnedFlows(inside, `id BETWEEN ${from} AND ${to}`);
  const addNew = (table: string, columns: readonly string[]): string => `INSERT INTO ${table}
    SELECT (SELECT count(*) FROM ${table}) + row_number() OVER (), ${columns.join(', ')}
    FROM (SELECT DISTINCT ${columns.join(', ')} FROM ${turned}) ANTI JOIN ${table} USING (${columns.join(', ')})`;
  return [
    addNew(hosts, HOST_COLUMNS),
    addNew(services, SERVICE_COLUMNS),
    `INSERT INTO ${flows} SELECT ${FLOW_COLUMNS.join(', ')}
    FROM ${turned} JOIN ${hosts} USING (${HOST_COLUMNS.join(', ')}) JOIN ${services} USING (${SERVICE_COLUMNS.join(', ')})`,
  ];
}

/**
 * A statement that adds up the flows with ids from one until before another, as a chunk, by quarters of an hour; those that lie in several stay by themselves, so that whatever is asked in
 * whole quarters comes to the same.
 */
export function summing({ flows, sums }: ReadyTables, chunk: number, from: number, until: number): string {
  const shared = SHARED_COLUMNS.join(', ');
  return `INSERT INTO ${sums} SELECT ${chunk}, ${shared}, min(start_ms), max(end_ms), sum(octets_scaled), sum(packets_scaled), count(*), max(sampling_interval)
    FROM (SELECT *, flow_start_ms::BIGINT AS start_ms, flow_start_ms::BIGINT + lasts_ms AS end_ms FROM ${flows}
      WHERE id >= ${from} AND id < ${until})
    GROUP BY ${shared}, start_ms // ${GRID_MS}, CASE WHEN end_ms > (start_ms // ${GRID_MS} + 1) * ${GRID_MS} THEN id END`;
}

/** The sums, and the flows from `firstFlow` on that are in none. */
export const addedUp = ({ flows, sums }: ReadyTables, firstFlow: number): string => `(
  SELECT ${ADDED_COLUMNS.join(', ')} FROM ${sums} UNION ALL
  SELECT ${SHARED_COLUMNS.join(', ')}, flow_start_ms::BIGINT, flow_start_ms::BIGINT + lasts_ms, octets_scaled, packets_scaled, 1, sampling_interval
  FROM ${flows} WHERE id >= ${firstFlow}) AS added`;

/** The flows that the condition on columns of `flows` holds for, as questions see them. */
function turnedFlows(inside: readonly AddressRange[], condition: string): string {
  // Nothing that is known besides the prefixes plays a part in these columns.
  const vocabulary = new Vocabulary({ inside, inventory: [], applications: [], names: new Map() });
  const derived = { ...derivedColumns(vocabulary, duckDbDialect, 'flow', undefined), ...peopleColumns('flow') };
  const columns = [...HOST_COLUMNS, ...SERVICE_COLUMNS, ...FLOW_COLUMNS].filter((name) => name !== 'host' && name !== 'service');
  return nested(columns, [{ needs: ['id'], sql: condition }], derived, BEGUN_FLOWS);
}
