import { addressColumns } from '../language/derived-columns.ts';
import type { Derived, DerivedColumns } from '../language/derived.ts';
import { nested } from '../language/nested-columns.ts';
import type { Vocabulary } from '../language/vocabulary.ts';
import type { Ready, ReadyFlows } from './ready-flows.ts';
import {
  addedUp,
  FLOW_COLUMNS,
  HOST_COLUMNS,
  LINES_COLUMNS,
  SERVICE_COLUMNS,
  SHARES_COLUMNS,
  SUMS_COLUMNS,
  type Source,
  type Span,
} from './ready-tables.ts';

/** What statements can select from, how columns it has not are worked out, and whether these and its own come to a column of that name. */
export interface Relation {
  readonly source: Source;
  readonly derived: DerivedColumns;
  has(column: string): boolean;
}

/** The flows of a store one by one, and added up; of several the first that has all columns is the shortest. */
export interface ReadyRelations {
  readonly flows: Relation;
  readonly byQuarter: readonly Relation[];
  readonly ofAllTime: readonly Relation[];
}

/** What depends on the service alone, and on the host alone; with leases, whose a device is depends on when. */
const TOLD_BY_SERVICE = ['exported_app', 'app', 'category', 'server_name'];
const TOLD_BY_HOST = ['fixed_device'];
const TOLD_WITHOUT_LEASES = [
  'device',
  'person',
  'person_stranger',
  ...['device', 'person'].flatMap((of) => addressColumns(`${of}_stranger`)),
];

/** Flows made ready, with the columns of questions worked out once for each host and service instead of for each flow. Such as are not of a time, by their own times, may be left out. */
export async function readyRelations(
  { told: toldTables }: ReadyFlows,
  ready: Ready,
  derived: DerivedColumns,
  { leases }: Vocabulary,
  time: Span | undefined,
): Promise<ReadyRelations> {
  const { tables, numbers } = ready;
  const toldByHost = leases.length > 0 ? TOLD_BY_HOST : [...TOLD_BY_HOST, ...TOLD_WITHOUT_LEASES];
  const select = (number: string, columns: readonly string[], known: DerivedColumns) => (rows: string) =>
    `SELECT ${[number, ...columns].join(', ')} FROM ${nested([number, ...columns], [], known, rows)}`;
  const ofHosts = select('host', toldByHost, without(derived, HOST_COLUMNS));
  const ofServices = select('service', TOLD_BY_SERVICE, without(derived, SERVICE_COLUMNS));
  const told = {
    ...looked('host', tables.hosts, 'of_host', HOST_COLUMNS),
    ...looked('host', await toldTables.of(tables.hosts, 'host', numbers.host, ofHosts), 'told_host', toldByHost),
    ...looked('service', tables.services, 'of_service', SERVICE_COLUMNS),
    ...looked(
      'service',
      await toldTables.of(tables.services, 'service', numbers.service, ofServices),
      'told_service',
      TOLD_BY_SERVICE,
    ),
  };
  const relation = (source: Source, columns: readonly string[]): Relation => {
    const all = { ...without(derived, columns), ...told };
    const has = (column: string): boolean => columns.includes(column) || (all[column]?.().needs.every(has) ?? false);
    return { source, derived: all, has };
  };
  const added = addedUp(tables, ready, time);
  const [lines, shares, sums, totals] = [
    relation(added.lines, LINES_COLUMNS),
    relation(added.shares, SHARES_COLUMNS),
    relation(added.sums, SUMS_COLUMNS),
    relation(added.totals, SUMS_COLUMNS),
  ];
  return {
    flows: relation(added.flows, FLOW_COLUMNS),
    byQuarter: [shares, lines, sums],
    ofAllTime: [totals],
  };
}

/** Columns that are told by a number: a table has them. */
function looked(number: string, table: string, alias: string, columns: readonly string[]): DerivedColumns {
  const join = ` JOIN ${table} AS ${alias} USING (${number})`;
  return Object.fromEntries(columns.map((name) => [name, (): Derived => ({ needs: [number], sql: `${alias}.${name}`, join })]));
}

const without = (derived: DerivedColumns, names: readonly string[]): DerivedColumns =>
  Object.fromEntries(Object.entries(derived).filter(([name]) => !names.includes(name)));
