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
  'nat_port',
  'tcp_control_bits',
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
/** What is known of flows that are added up; `start_ms` and `end_ms` by their own times, of the first and the last. */
const SUM_COLUMNS = ['start_ms', 'end_ms', 'octets_scaled', 'packets_scaled', 'records', 'sampling_interval'] as const;
const ADDED_UP = 'min(start_ms), max(end_ms), sum(octets_scaled), sum(packets_scaled), sum(records), max(sampling_interval)';

export const FLOW_COLUMNS: readonly string[] = [...SHARED_COLUMNS, ...OWN_COLUMNS];
export const SUMS_COLUMNS: readonly string[] = [...SHARED_COLUMNS, ...SUM_COLUMNS];
/** Of sums over all hosts. */
export const LINES_COLUMNS: readonly string[] = SUMS_COLUMNS.filter((name) => name !== 'host');
/** Of sums over all services. */
export const SHARES_COLUMNS: readonly string[] = SUMS_COLUMNS.filter((name) => name !== 'service');

/** The database in memory they are in. */
export const DATABASE = 'flowlab_ready';

/**
 * Names of tables: `host` and `service` are numbers that the first two explain. `sums` are by quarters of an hour, `lines` the same over all hosts and
 * `shares` over all services, each of a `chunk` of flows; `totals` are of all time, and each `making` of them is whole by itself. `coming` is there
 * while flows are brought in.
 */
export interface ReadyTables {
  readonly hosts: string;
  readonly services: string;
  readonly flows: string;
  readonly sums: string;
  readonly lines: string;
  readonly shares: string;
  readonly totals: string;
  readonly coming: string;
}

export const readyTables = (number: number): ReadyTables => {
  const table = (name: string): string => `${DATABASE}.${name}_${number}`;
  return {
    hosts: table('hosts'),
    services: table('services'),
    flows: table('flows'),
    sums: table('sums'),
    lines: table('lines'),
    shares: table('shares'),
    totals: table('totals'),
    coming: table('coming'),
  };
};

/** Statements that make them where they are not there. */
export function creations(tables: ReadyTables, inside: readonly AddressRange[]): string[] {
  const { hosts, services, flows, sums, lines, shares, totals } = tables;
  const turned = turnedFlows(inside, 'false');
  const create = (table: string, columns: readonly string[], from: string): string =>
    `CREATE TABLE IF NOT EXISTS ${table} AS SELECT ${columns.join(', ')} FROM ${from}`;
  const numbers = ['0::UINTEGER AS host', '0::UINTEGER AS service'] as const;
  const timed = timedFlows(flows, 'false');
  return [
    create(hosts, [numbers[0], ...HOST_COLUMNS], turned),
    create(services, [numbers[1], ...SERVICE_COLUMNS], turned),
    create(flows, FLOW_COLUMNS, `(SELECT *, ${numbers.join(', ')} FROM ${turned})`),
    create(sums, ['id AS chunk', ...SUMS_COLUMNS], timed),
    create(lines, ['id AS chunk', ...LINES_COLUMNS], timed),
    create(shares, ['id AS chunk', ...SHARES_COLUMNS], timed),
    create(totals, ['id AS making', ...SUMS_COLUMNS], timed),
  ];
}

/** Numbers of a host and of a service. */
export interface Numbers {
  readonly host: number;
  readonly service: number;
}

/**
 * Statements that bring in the flows with ids from one to another: first their hosts and services, where those are new, with numbers after those that are `given`. What
 * flows come to is worked out once.
 */
export function additions(
  { hosts, services, flows, coming }: ReadyTables,
  given: Numbers,
  inside: readonly AddressRange[],
  from: number,
  to: number,
): string[] {
  const addNew = (table: string, number: keyof Numbers, columns: readonly string[]): string => `INSERT INTO ${table}
    SELECT (SELECT greatest(coalesce(max(${number}), 0), ${given[number]}) FROM ${table}) + row_number() OVER (), ${columns.join(', ')}
    FROM (SELECT DISTINCT ${columns.join(', ')} FROM ${coming}) ANTI JOIN ${table} USING (${columns.join(', ')})`;
  return [
    `CREATE OR REPLACE TABLE ${coming} AS FROM ${turnedFlows(inside, `id BETWEEN ${from} AND ${to}`)}`,
    addNew(hosts, 'host', HOST_COLUMNS),
    addNew(services, 'service', SERVICE_COLUMNS),
    `INSERT INTO ${flows} SELECT ${FLOW_COLUMNS.join(', ')}
    FROM ${coming} JOIN ${hosts} USING (${HOST_COLUMNS.join(', ')}) JOIN ${services} USING (${SERVICE_COLUMNS.join(', ')})`,
    `DROP TABLE ${coming}`,
  ];
}

/** Selects the last numbers of hosts and services. */
export const lastNumbers = ({ hosts, services }: ReadyTables): string =>
  `SELECT (SELECT coalesce(max(host), 0) FROM ${hosts})::DOUBLE AS host, (SELECT coalesce(max(service), 0) FROM ${services})::DOUBLE AS service`;

/**
 * Statements that add up the flows with ids from one until before another, as a chunk, by quarters of an hour, whatever was added up of it before; those that lie in several stay by themselves, so that
 * whatever is asked in whole quarters comes to the same.
 */
export function summing({ flows, sums, lines, shares }: ReadyTables, chunk: number, from: number, until: number): string[] {
  const quarter = `start_ms // ${GRID_MS}`;
  const alone = (time: string): string => `CASE WHEN end_ms > (${quarter} + 1) * ${GRID_MS} THEN ${time} END`;
  const times = [quarter, alone('start_ms'), alone('end_ms')].join(', ');
  const without = (left: string): string[] => SHARED_COLUMNS.filter((name) => name !== left);
  const add = (to: string, shared: readonly string[], source: string): string =>
    `INSERT INTO ${to} SELECT ${[chunk, ...shared].join(', ')}, ${ADDED_UP} FROM ${source} GROUP BY ${shared.join(', ')}, ${times}`;
  return [
    ...[sums, lines, shares].map((table) => `DELETE FROM ${table} WHERE chunk = ${chunk}`),
    add(sums, SHARED_COLUMNS, timedFlows(flows, `id >= ${from} AND id < ${until}`)),
    add(lines, without('host'), `${sums} WHERE chunk = ${chunk}`),
    add(shares, without('service'), `${sums} WHERE chunk = ${chunk}`),
  ];
}

/** Statements that add up the sums of chunks from one until before another; what was made last but one goes, and what was left of a making that failed. */
export const totalling = ({ sums, totals }: ReadyTables, making: number, from: number, until: number): string[] => [
  `DELETE FROM ${totals} WHERE making < ${making - 1} OR making >= ${making}`,
  `INSERT INTO ${totals} SELECT ${[making, ...SHARED_COLUMNS].join(', ')}, ${ADDED_UP} FROM ${sums} WHERE ${isWithin(from, until)} GROUP BY ${SHARED_COLUMNS.join(', ')}`,
];

/** Statements that leave out flows before an id, with hosts and services that no others have, and the sums of chunks before another. */
export const forgetting = (
  { hosts, services, flows, sums, lines, shares }: ReadyTables,
  before: number,
  chunk: number,
): string[] => [
  ...[sums, lines, shares].map((table) => `DELETE FROM ${table} WHERE chunk < ${chunk}`),
  `DELETE FROM ${flows} WHERE id < ${before}`,
  `DELETE FROM ${hosts} WHERE host NOT IN (SELECT host FROM ${flows})`,
  `DELETE FROM ${services} WHERE service NOT IN (SELECT service FROM ${flows})`,
];

/** How far flows are added up: the numbers of the first chunk that is in the sums, of the first after these that is not, and of the first of them that is not in the totals. */
export interface Added {
  /** The id of the last flow that is asked. */
  readonly last: number;
  readonly firstSummed: number;
  readonly firstLoose: number;
  readonly firstApart: number;
  /** Which of the totals. */
  readonly totals: number;
  readonly chunkFlows: number;
  /** From when to when the flows of each chunk were that is in the sums, by their own times. */
  readonly spans: ReadonlyMap<number, Span>;
}

/** Milliseconds since 1970. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Selects it of a chunk. */
export const spanOfChunk = ({ sums }: ReadyTables, chunk: number): string =>
  `SELECT min(start_ms)::DOUBLE AS "fromMs", max(end_ms)::DOUBLE AS "toMs" FROM ${sums} WHERE chunk = ${chunk} HAVING count(*) > 0`;

/** The first chunk, and the one after the last, of those in the sums that may have flows of a time: what is added up of the others need not be looked at. */
function chunksOf({ firstSummed, firstLoose, spans }: Added, time: Span | undefined): [number, number] {
  const isOutside = (chunk: number): boolean => {
    const span = spans.get(chunk);
    return time !== undefined && span !== undefined && (span.toMs < time.fromMs || span.fromMs >= time.toMs);
  };
  let [from, until] = [firstSummed, firstLoose];
  while (from < until && isOutside(from)) from++;
  while (until > from && isOutside(until - 1)) until--;
  return [from, until];
}

const isWithin = (from: number, until: number): string => `chunk >= ${from} AND chunk < ${until}`;

/** Where flows are to be found: all of them; those of complete chunks, which stay as they are, where there are any; the others. */
export interface Source {
  readonly all: string;
  readonly settled?: string;
  readonly loose?: string;
}

const union = (columns: readonly string[], sources: readonly string[]): string =>
  `(${sources.map((source) => `SELECT ${columns.join(', ')} FROM ${source}`).join(' UNION ALL ')}) AS added`;

/**
 * The flows one by one, and the tables of sums, each with the flows that are not in them: new ones, and what is left of a chunk that the oldest are gone of. `time` is
 * all that is asked of, by the flows' own times; of all time without it.
 */
export function addedUp({ flows, sums, lines, shares, totals }: ReadyTables, added: Added, time: Span | undefined) {
  const { last, firstSummed, firstLoose, firstApart, totals: making, chunkFlows } = added;
  const [from, until] = chunksOf(added, time);
  const outside = [`id >= ${firstLoose * chunkFlows} AND id <= ${last}`, `id < ${firstSummed * chunkFlows} AND id <= ${last}`];
  const loose = outside.map((which) => timedFlows(flows, which));
  const sourceOf = (columns: readonly string[], settled: readonly string[], others = loose): Source => ({
    all: union(columns, [...settled, ...others]),
    ...(from < until && { settled: union(columns, settled), loose: union(columns, others) }),
  });
  const untimed = (which: string): string => `${flows} WHERE ${which}`;
  const oneByOne = sourceOf(
    FLOW_COLUMNS,
    [untimed(`id >= ${from * chunkFlows} AND id < ${until * chunkFlows}`)],
    outside.map(untimed),
  );
  const isAll = from === firstSummed && until === firstLoose;
  const summed = isWithin(from, until);
  return {
    flows: isAll ? { ...oneByOne, all: `(FROM ${untimed(`id <= ${last}`)}) AS flows` } : oneByOne,
    sums: sourceOf(SUMS_COLUMNS, [`${sums} WHERE ${summed}`]),
    lines: sourceOf(LINES_COLUMNS, [`${lines} WHERE ${summed}`]),
    shares: sourceOf(SHARES_COLUMNS, [`${shares} WHERE ${summed}`]),
    // Of all time.
    totals: sourceOf(SUMS_COLUMNS, [`${totals} WHERE making = ${making}`, `${sums} WHERE ${isWithin(firstApart, firstLoose)}`]),
  };
}

const timedFlows = (flows: string, condition: string): string =>
  `(SELECT *, flow_start_ms::BIGINT AS start_ms, flow_start_ms::BIGINT + lasts_ms AS end_ms, 1::BIGINT AS records FROM ${flows} WHERE ${condition})`;

/** The flows that the condition on columns of `flows` holds for, as questions see them. */
function turnedFlows(inside: readonly AddressRange[], condition: string): string {
  // Nothing that is known besides the prefixes plays a part in these columns.
  const vocabulary = new Vocabulary({ inside, inventory: [], applications: [], names: new Map() });
  const derived = { ...derivedColumns(vocabulary, duckDbDialect, 'flow', undefined), ...peopleColumns('flow') };
  const columns = [...HOST_COLUMNS, ...SERVICE_COLUMNS, ...FLOW_COLUMNS].filter((name) => name !== 'host' && name !== 'service');
  return nested(columns, [{ needs: ['id'], sql: condition }], derived, BEGUN_FLOWS);
}
