import type { AddressRange } from '../../../core/net/stored-address.ts';
import type { AskedStore } from '../../store/flow-store.ts';
import { BEGUN_FLOWS } from '../begun-flows.ts';
import { addressColumns, derivedColumns } from '../language/derived-columns.ts';
import { duckDbDialect } from '../language/duckdb-dialect.ts';
import { nested } from '../language/nested-columns.ts';
import type { Derived, DerivedColumns } from '../language/derived.ts';
import { Vocabulary } from '../language/vocabulary.ts';
import { insidePort } from './people-columns.ts';

/** What is alike in all flows of an inside host. */
const HOST_COLUMNS = ['inside_ipv4', 'inside_ipv6'] as const;
/** What is alike in all flows with a service: what its application can be told by. */
const SERVICE_COLUMNS = [
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
/** What each flow has of its own. */
const FLOW_COLUMNS = [
  'id',
  'is_up',
  'is_down',
  'is_to_inside',
  'inside_port',
  'nat_ipv4',
  'nat_ipv6',
  'ip_version',
  'octets',
  'packets',
  'flow_start_ms',
  'flow_end_ms',
  'received_at_us',
  'export_time_s',
  'sampling_interval',
] as const;

/** What is stored of each flow. */
const READY_COLUMNS: ReadonlySet<string> = new Set(['host', 'service', ...FLOW_COLUMNS]);

/** Rows made ready in one statement: others are answered in between. */
const PORTION_ROWS = 500_000;
/** Rows that lie as they were added; more are packed. */
const LOOSE_ROWS = 250_000;
const DATABASE = 'flowlab_ready';

/** The tables of flows made ready: columns `host` and `service` of the first are numbers that the others begin with. */
export interface ReadyTables {
  readonly flows: string;
  readonly hosts: string;
  readonly services: string;
}

let made = 0;

/**
 * The flows of a store as the views want them, in the database's memory: seen from inside, with hosts and services as small numbers, packed. Rows of the table
 * `flows` only come and, when they are too old, go, so nothing but what is new is looked at again. What depends on what is known (people, names, applications) or on
 * what is asked (the clock) is not in it.
 */
export class ReadyFlows {
  readonly #store: AskedStore;
  readonly #inside: readonly AddressRange[];
  readonly #maxFlows: number;
  readonly #tables: ReadyTables;
  #turn: Promise<unknown> = Promise.resolve();
  #loose = 0;

  /** `inside` are the prefixes of the office; of more than `maxFlows` none are made ready. */
  constructor(store: AskedStore, inside: readonly AddressRange[], maxFlows: number) {
    this.#store = store;
    this.#inside = inside;
    this.#maxFlows = maxFlows;
    const number = made++;
    const table = (name: string): string => `${DATABASE}.${name}_${number}`;
    this.#tables = { flows: table('flows'), hosts: table('hosts'), services: table('services') };
  }

  /** The tables, with all rows of the store in them; `undefined` when these are too many. Rejects only when the store fails. */
  update(): Promise<ReadyTables | undefined> {
    const turn = this.#turn.then(() => this.#update());
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #update(): Promise<ReadyTables | undefined> {
    const stored = await this.#countOf('flows');
    if (stored.rows > this.#maxFlows) {
      await this.#drop();
      return undefined;
    }
    // A store that failed and was opened anew has nothing of this.
    await this.#create();
    let ready = await this.#countOf(this.#tables.flows);
    if (ready.rows > 0 && stored.first > ready.first) {
      await this.#store.query(`DELETE FROM ${this.#tables.flows} WHERE id < ${stored.first}`);
      ready = await this.#countOf(this.#tables.flows);
    }
    await this.#addAfter(ready.last, stored.last);
    if ((await this.#countOf(this.#tables.flows)).rows === stored.rows) return this.#tables;
    // Rows went that are not the oldest: all anew.
    await this.#drop();
    await this.#create();
    await this.#addAfter(-1, stored.last);
    return this.#tables;
  }

  async #countOf(table: string): Promise<{ rows: number; first: number; last: number }> {
    const [found] = await this.#store.query<{ rows: number; first: number; last: number }>(
      `SELECT count(*)::DOUBLE AS rows, coalesce(min(id), -1)::DOUBLE AS first, coalesce(max(id), -1)::DOUBLE AS last FROM ${table}`,
    );
    return found ?? { rows: 0, first: -1, last: -1 };
  }

  async #addAfter(last: number, until: number): Promise<void> {
    for (let from = last + 1; from <= until; from += PORTION_ROWS) {
      const to = Math.min(until, from + PORTION_ROWS - 1);
      for (const sql of this.#additions(from, to)) await this.#store.query(sql);
      this.#loose += to - from + 1;
    }
    if (this.#loose < LOOSE_ROWS) return;
    this.#loose = 0;
    await this.#store.query(`CHECKPOINT ${DATABASE}`);
  }

  /** Statements that bring in the rows with ids from one to another: first their hosts and services, where those are new. */
  #additions(from: number, to: number): string[] {
    const { flows, hosts, services } = this.#tables;
    const turned = turnedFlows(this.#inside, `id BETWEEN ${from} AND ${to}`);
    const addNew = (table: string, number: string, columns: readonly string[]): string => `INSERT INTO ${table}
      SELECT (SELECT count(*) FROM ${table}) + row_number() OVER (), ${columns.join(', ')}
      FROM (SELECT DISTINCT ${columns.join(', ')} FROM ${turned}) ANTI JOIN ${table} USING (${columns.join(', ')})`;
    return [
      addNew(hosts, 'host', HOST_COLUMNS),
      addNew(services, 'service', SERVICE_COLUMNS),
      `INSERT INTO ${flows} SELECT ${[...READY_COLUMNS].join(', ')}
      FROM ${turned} JOIN ${hosts} USING (${HOST_COLUMNS.join(', ')}) JOIN ${services} USING (${SERVICE_COLUMNS.join(', ')})`,
    ];
  }

  async #create(): Promise<void> {
    const { flows, hosts, services } = this.#tables;
    const turned = turnedFlows(this.#inside, 'false');
    await this.#store.query(`ATTACH IF NOT EXISTS ':memory:' AS ${DATABASE} (COMPRESS)`);
    await this.#store.query(`CREATE TABLE IF NOT EXISTS ${hosts} AS SELECT 0::UINTEGER AS host, ${HOST_COLUMNS.join(', ')} FROM ${turned}`);
    await this.#store.query(`CREATE TABLE IF NOT EXISTS ${services} AS SELECT 0::UINTEGER AS service, ${SERVICE_COLUMNS.join(', ')} FROM ${turned}`);
    await this.#store.query(`CREATE TABLE IF NOT EXISTS ${flows} AS SELECT 0::UINTEGER AS host, 0::UINTEGER AS service, ${FLOW_COLUMNS.join(', ')} FROM ${turned}`);
  }

  async #drop(): Promise<void> {
    this.#loose = 0;
    await this.#store.query(`ATTACH IF NOT EXISTS ':memory:' AS ${DATABASE} (COMPRESS)`);
    for (const table of Object.values(this.#tables)) await this.#store.query(`DROP TABLE IF EXISTS ${table}`);
  }
}

/** The flows that the condition on columns of `flows` holds for, as questions see them. */
function turnedFlows(inside: readonly AddressRange[], condition: string): string {
  // Nothing that is known besides the prefixes plays a part in these columns.
  const vocabulary = new Vocabulary({ inside, inventory: [], applications: [], names: new Map() });
  const derived = { ...derivedColumns(vocabulary, duckDbDialect, 'flow', undefined), inside_port: insidePort };
  const needs = [...HOST_COLUMNS, ...SERVICE_COLUMNS, ...FLOW_COLUMNS];
  return nested(needs, [{ needs: ['id'], sql: condition }], derived, BEGUN_FLOWS);
}

/** What statements can select from, how columns it has not are worked out, and whether these and its own come to a column of that name. */
export interface Relation {
  readonly sql: string;
  readonly derived: DerivedColumns;
  has(column: string): boolean;
}

/** What depends on the service alone, and on the host alone; with leases, whose a device is depends on when. */
const TOLD_BY_SERVICE = [...SERVICE_COLUMNS, 'exported_app', 'app', 'category', 'server_name'];
const TOLD_BY_HOST = [...HOST_COLUMNS, 'fixed_device'];
const TOLD_WITHOUT_LEASES = ['device', 'person', ...['device', 'person'].flatMap((of) => addressColumns(`${of}_stranger`))];

/** The flows made ready, with the columns of questions worked out once for each host and service instead of for each flow. */
export function readyRelation(tables: ReadyTables, derived: DerivedColumns, { leases }: Vocabulary): Relation {
  const ofFlows = without(derived, READY_COLUMNS);
  const all = {
    ...ofFlows,
    ...looked('host', tables.hosts, leases.length > 0 ? TOLD_BY_HOST : [...TOLD_BY_HOST, ...TOLD_WITHOUT_LEASES], without(derived, new Set(HOST_COLUMNS))),
    ...looked('service', tables.services, TOLD_BY_SERVICE, without(derived, new Set(SERVICE_COLUMNS))),
  };
  const has = (column: string): boolean => READY_COLUMNS.has(column) || (all[column]?.().needs.every(has) ?? false);
  return { sql: `${tables.flows} AS flows`, derived: all, has };
}

/** Columns that are told by a number: they are worked out in the table of what has these, and joined. */
function looked(number: string, table: string, columns: readonly string[], derived: DerivedColumns): DerivedColumns {
  const join = ` JOIN (SELECT ${[number, ...columns].join(', ')} FROM ${nested([number, ...columns], [], derived, table)}) AS of_${number} USING (${number})`;
  return Object.fromEntries(columns.map((name) => [name, (): Derived => ({ needs: [number], sql: `of_${number}.${name}`, join })]));
}

const without = (derived: DerivedColumns, names: ReadonlySet<string>): DerivedColumns =>
  Object.fromEntries(Object.entries(derived).filter(([name]) => !names.has(name)));
