import { protocolName } from '../../../core/net/protocol-name.ts';
import { formatStored, type StoredAddress } from '../../../core/net/stored-address.ts';
import { activitiesOf } from '../../query/activities/find-activities.ts';
import type { NamedActivity } from '../../query/activities/name-activity.ts';
import { groupBy } from '../../query/group-by.ts';
import { addressColumns } from '../../query/language/derived-columns.ts';
import type { Derived } from '../../query/language/derived.ts';
import { duckDbDialect } from '../../query/language/duckdb-dialect.ts';
import { usageByHolder, usageByPeriod, type HolderUsage, type UsageCell } from '../../query/people/people-usage.ts';
import { type PeriodUnit, Zone } from '../../query/people/periods.ts';
import { type Holder, SeenFlows } from '../../query/people/seen-flows.ts';
import type { AskedStore } from '../../store/flow-store.ts';
import type { Sure } from './sure.ts';
import { sureOctets, type ViewContext, type ViewRequest } from './view-request.ts';

/** Something a person would name: a film, a call, an upload. Instants are milliseconds since 1970. */
export interface ActivityView extends Omit<NamedActivity, 'holder' | 'connections' | 'servers'> {
  readonly octets: number;
  /** Names or addresses, those with most octets first; ten at most. */
  readonly servers: readonly string[];
  /** What it was and when, where that is known and it is really so. */
  readonly truth?: TrueActivityView;
}

/** Something a person really did. Instants are milliseconds since 1970 by true time. */
export interface TrueActivityView {
  readonly application: string;
  readonly label: string;
  readonly category: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly upOctets: number;
  readonly downOctets: number;
  /** Whether the scenario has it written down; else it was part of the day. */
  readonly isScripted: boolean;
}

/** What somebody really did and used. */
export interface PersonTruth {
  readonly octets: number;
  /** Activities there were, and those that were told as they were: their `truth` is there. */
  readonly activities: number;
  readonly found: number;
  /** Activities that were not told as they were. */
  readonly missed: readonly TrueActivityView[];
}

/** A record of the store as a reader sees it. */
export interface FlowRow {
  readonly id: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly direction: 'up' | 'down';
  readonly server: string;
  readonly serverName?: string;
  readonly port: number;
  /** `TCP`; of those rarely met, the number. */
  readonly protocol: string;
  readonly octets: number;
  readonly packets: number;
  readonly application: string;
}

/** An hour, a day or a week in the time zone that was asked for. */
export interface Period {
  readonly unit: 'hour' | 'day' | 'week';
  readonly startMs: number;
  readonly upOctets: number;
  readonly downOctets: number;
  readonly byCategory: Readonly<Record<string, number>>;
}

/** One person's day. Octets are of IP packets. */
export interface PersonView {
  readonly id: string;
  readonly name: string;
  readonly department: string;
  readonly addresses: readonly string[];
  readonly totals: { readonly upOctets: Sure; readonly downOctets: Sure; readonly octets: Sure };
  /** In the order they began; those with most octets, where there are more than can be looked at. */
  readonly activities: readonly ActivityView[];
  /** The twenty with most octets. */
  readonly destinations: readonly {
    readonly name: string;
    readonly address: string;
    readonly octets: number;
    readonly flows: number;
  }[];
  /** Everybody else, largest first; so many at most. */
  readonly colleagues: readonly { readonly id: string; readonly name: string; readonly octets: number }[];
  /** Of all of these: how many there are, how many used less, and what half of them used less than. */
  readonly others: { readonly count: number; readonly fewer: number; readonly medianOctets: number };
  /** The newest 200. */
  readonly flows: readonly FlowRow[];
  /** Hours, days and weeks. */
  readonly periods: readonly Period[];
  /** What a reader must know of how it was counted, as sentences. */
  readonly notes: readonly string[];
  /** Where it is known. */
  readonly truth?: PersonTruth;
}

const DESTINATIONS = 20;
const FLOWS = 200;
const COLLEAGUES = 200;
const ACTIVITIES = 1_000;

/** What one of the people did. Rejects with a RangeError of one sentence when nobody has that id, or when it would be too much. */
export async function personView(
  store: AskedStore,
  context: ViewContext,
  request: ViewRequest & { id: string },
): Promise<PersonView> {
  const { id, zone } = request;
  const seen = await SeenFlows.of(store, context, request);
  const only = seen.isOf(id);
  if (only === undefined)
    throw new RangeError(`nobody has the id "${id}": it is a name of the inventory, or the address of what is not in it`);
  const { cells: spread, isSampled } = await usageByPeriod(store, seen, { unit: 'hour', zone, only });
  const cells = inWholeOctets(spread);
  const { holders: everybody } = await usageByHolder(store, seen);
  const holder =
    seen.known.find((known) => known.id === id) ??
    cells[0]?.holder ??
    everybody.find(({ holder: { id: other } }) => other === id)?.holder ??
    nobody(id);
  const colleagues = colleaguesOf(everybody, seen, id);
  const { activities, count } = await activitiesOf(store, seen, id, ACTIVITIES);
  const upOctets = cells.reduce((sum, cell) => sum + cell.upOctets, 0);
  const downOctets = cells.reduce((sum, cell) => sum + cell.downOctets, 0);
  return {
    ...holder,
    totals: {
      upOctets: sureOctets(upOctets, isSampled),
      downOctets: sureOctets(downOctets, isSampled),
      octets: sureOctets(upOctets + downOctets, isSampled),
    },
    activities: activities.map(viewOf),
    destinations: await destinationsOf(store, seen, only),
    colleagues: colleagues.slice(0, COLLEAGUES),
    others: {
      count: colleagues.length,
      fewer: colleagues.filter(({ octets }) => octets < upOctets + downOctets).length,
      medianOctets: colleagues[colleagues.length - 1 - (colleagues.length >> 1)]?.octets ?? 0,
    },
    flows: await newestFlows(store, seen, only),
    periods: (['hour', 'day', 'week'] as const).flatMap((unit) => periodsOf(cells, unit, new Zone(zone))),
    notes: [...seen.notes, ...(activities.length < count ? [leftOut(count)] : [])],
  };
}

const leftOut = (count: number): string => `${count} activities were found; the ${ACTIVITIES} with most octets are shown`;

const nobody = (id: string): Holder => ({ id, name: id, department: '', addresses: [id] });

/**
 * The hours of one holder, in their order, without the fractions that a flow leaves in each of several. What there was of a category until the end of an hour
 * is rounded, not what there was in it, so that hours still add up to what the flows have.
 */
function inWholeOctets(cells: readonly UsageCell[]): UsageCell[] {
  const until = new Map<string, { up: number; down: number }>();
  return cells.map((cell) => {
    const before = until.get(cell.category) ?? { up: 0, down: 0 };
    const after = { up: before.up + cell.upOctets, down: before.down + cell.downOctets };
    until.set(cell.category, after);
    const whole = (way: 'up' | 'down'): number => Math.round(after[way]) - Math.round(before[way]);
    return { ...cell, upOctets: whole('up'), downOctets: whole('down') };
  });
}

const viewOf = ({ servers, holder: _holder, connections: _connections, ...activity }: NamedActivity): ActivityView => ({
  ...activity,
  octets: activity.upOctets + activity.downOctets,
  servers: [...new Set(servers.map(({ name, address }) => name ?? address))],
});

function colleaguesOf(everybody: readonly HolderUsage[], seen: SeenFlows, id: string): PersonView['colleagues'] {
  const octetsOf = new Map(everybody.map(({ holder, upOctets, downOctets }) => [holder.id, upOctets + downOctets]));
  const others = [...seen.known, ...everybody.map(({ holder }) => holder)].filter((holder) => holder.id !== id);
  const rows = [...new Map(others.map((holder) => [holder.id, holder])).values()].map((holder) => ({
    id: holder.id,
    name: holder.name,
    octets: Math.round(octetsOf.get(holder.id) ?? 0),
  }));
  return rows.sort((one, other) => other.octets - one.octets);
}

/** Hours of the zone lie within its days, and those within its weeks. */
function periodsOf(cells: readonly UsageCell[], unit: PeriodUnit, zone: Zone): Period[] {
  const groups = groupBy(cells, ({ startMs }) => (unit === 'hour' ? startMs : zone.startOf(unit, startMs)));
  return [...groups].map(([startMs, own]) => {
    const byCategory: Record<string, number> = {};
    for (const { category, upOctets, downOctets } of own)
      byCategory[category] = (byCategory[category] ?? 0) + upOctets + downOctets;
    return {
      unit,
      startMs,
      upOctets: own.reduce((sum, cell) => sum + cell.upOctets, 0),
      downOctets: own.reduce((sum, cell) => sum + cell.downOctets, 0),
      byCategory,
    };
  });
}

async function destinationsOf(store: AskedStore, seen: SeenFlows, only: Derived): Promise<PersonView['destinations']> {
  const rows = await seen.ofParts(
    { columns: [...addressColumns('server'), 'octets_scaled', 'records'], only: [only], stepMs: Infinity },
    (flows) => `SELECT ${duckDbDialect.address('server')} AS address, sum(octets_scaled) AS octets, sum(records)::DOUBLE AS flows
      FROM ${flows} GROUP BY ALL`,
    (parts) =>
      store.query<{ address: StoredAddress; octets: number; flows: number }>(
        `SELECT address, sum(octets) AS octets, sum(flows) AS flows FROM ${parts} GROUP BY address ORDER BY octets DESC, address LIMIT ${DESTINATIONS}`,
      ),
  );
  return rows.map(({ address, octets, flows }) => ({
    name: seen.names.get(address) ?? formatStored(address),
    address: formatStored(address),
    octets,
    flows,
  }));
}

type StoredFlow = Omit<FlowRow, 'server' | 'serverName' | 'application' | 'direction' | 'protocol'> & {
  readonly protocol: number;
  readonly address: StoredAddress;
  readonly isUp: boolean;
  readonly app: number;
};

async function newestFlows(store: AskedStore, seen: SeenFlows, only: Derived): Promise<FlowRow[]> {
  const columns = [
    'id',
    'start_ms',
    'end_ms',
    'is_up',
    ...addressColumns('server'),
    'server_port',
    'protocol',
    'octets',
    'packets',
    'app',
  ];
  const newest = `ORDER BY "startMs" DESC, id DESC LIMIT ${FLOWS}`;
  const rows = await seen.ofParts(
    { columns, only: [only] },
    (
      flows,
    ) => `SELECT id::DOUBLE AS id, start_ms::DOUBLE AS "startMs", end_ms::DOUBLE AS "endMs", is_up AS "isUp", ${duckDbDialect.address('server')} AS address,
        server_port AS port, protocol, octets::DOUBLE AS octets, packets::DOUBLE AS packets, app
      FROM ${flows} ${newest}`,
    (parts) => store.query<StoredFlow>(`FROM ${parts} ${newest}`),
  );
  return rows.map(({ address, isUp, app, protocol, ...row }) => {
    const serverName = seen.names.get(address);
    return {
      ...row,
      direction: isUp ? 'up' : 'down',
      protocol: protocolName(protocol) ?? String(protocol),
      server: formatStored(address),
      ...(serverName === undefined ? {} : { serverName }),
      application: seen.vocabulary.apps[app - 1] as string,
    };
  });
}
