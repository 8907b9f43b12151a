import { ClockAudit, type ClockSegment } from '../../../../collector/clock-audit/clock-audit.ts';
import { Catalogue } from '../../../../collector/query/catalogue.ts';
import type { InventoryEntry } from '../../../../collector/query/inventory.ts';
import type { ApplicationName } from '../../../../collector/collecting/label.ts';
import { parseRange, parseStored, rangeHas, type StoredAddress } from '../../../../core/net/stored-address.ts';

/** A stored flow as a person would write it down; addresses are texts, empty where there is none. */
export interface Row {
  readonly exporter: string;
  readonly source: string;
  readonly destination: string;
  readonly postSource: string;
  readonly postDestination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly protocol: number;
  readonly octets: number;
  readonly packets: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly exportS: number;
  readonly receivedUs: number;
  readonly sampling: number;
  readonly applicationId: number;
  readonly biflowHalf: number;
  /** Domain, interfaces, VRFs, autonomous systems, VLAN, direction, version of IP and protocol of export, by their words in a question. */
  readonly plain: Readonly<Record<string, number>>;
}

/** What is known besides the flows. */
export interface World {
  readonly inside: readonly string[];
  readonly inventory: readonly InventoryEntry[];
  readonly applications: readonly ApplicationName[];
  readonly names: ReadonlyMap<StoredAddress, string>;
}

export type Basis = 'flow' | 'export' | 'receive' | 'corrected';

/** A flow with all that a question can ask of it; of `values` the text of each dimension. */
export interface Seen {
  readonly row: Row;
  readonly timeMs: number;
  readonly inside: string;
  readonly device: number;
  readonly person: string | undefined;
  readonly values: Readonly<Record<string, string | number>>;
}

const has = (prefix: string, address: string): boolean => {
  const range = parseRange(prefix);
  return address !== '' && range !== undefined && rangeHas(range, parseStored(address) ?? 0);
};

const PORTS: Readonly<Record<number, string>> = { 22: 'ssh', 53: 'dns', 443: 'https', 4739: 'ipfix' };
const PROTOCOLS: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmpv6' };
const DIRECTIONS = ['unknown', 'ingress', 'egress'];
const EXPORTS: Readonly<Record<number, string>> = { 5: 'netflow-v5', 9: 'netflow-v9', 10: 'ipfix', 255: 'sflow' };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Sees every row of a table from its inside host, one row after the other. */
export function see(rows: readonly Row[], world: World, basis: Basis): Seen[] {
  return rows.map((row) => {
    const { source, destination, postSource, sourcePort, destinationPort, protocol, applicationId } = row;
    const { isUp, isDown, inside, server, serverPort } = endsOf(row, world);
    const timeMs = timeOf(row, rows, basis);
    const device = deviceOf(inside, timeMs, world.inventory);
    const person = world.inventory[device - 1]?.name;
    const serverAddress = parseStored(server) ?? 0;
    const told = nameOfApplication(row, world);
    const { application } = new Catalogue(new Map(told === undefined ? [] : [[applicationId, told]]), world.names).classify({ applicationId, serverAddress, protocol, serverPort }); // prettier-ignore
    const values = {
      person: person ?? inside,
      device: person ?? inside,
      address: inside || '-',
      server: server || '-',
      source: source || '-',
      destination: destination || '-',
      'nat address': (isUp ? postSource : isDown ? destination : '') || '-',
      port: PORTS[serverPort] ?? String(serverPort),
      'source port': PORTS[sourcePort] ?? String(sourcePort),
      'destination port': PORTS[destinationPort] ?? String(destinationPort),
      protocol: PROTOCOLS[protocol] ?? String(protocol),
      app: application.name,
      category: application.category,
      'server name': world.names.get(serverAddress) ?? '-',
      exporter: row.exporter || '-',
      ...row.plain,
      direction: DIRECTIONS[row.plain['direction'] as number] as string,
      'export protocol': EXPORTS[row.plain['export protocol'] as number] as string,
      'application id': applicationId,
      hour: Math.floor(timeMs / HOUR_MS) * HOUR_MS,
      day: Math.floor(timeMs / DAY_MS) * DAY_MS,
    };
    return { row, timeMs, inside, device, person, values };
  });
}

/** What its exporter called the application in the flow's domain, else what it called it in domain 0, for all (RFC 7011 section 3.1). */
function nameOfApplication({ exporter, applicationId, plain }: Row, { applications }: World): string | undefined {
  const ofExporter = applications.filter((one) => one.exporter === parseStored(exporter) && one.id === applicationId);
  return [plain['domain'], 0].map((domain) => ofExporter.find((one) => one.observationDomainId === domain)?.name).find(Boolean);
}

interface Ends {
  readonly isUp: boolean;
  readonly isDown: boolean;
  readonly inside: string;
  readonly server: string;
  readonly serverPort: number;
}

function endsOf({ source, destination, postDestination, sourcePort, destinationPort }: Row, world: World): Ends {
  const isInside = (address: string): boolean => world.inside.some((prefix) => has(prefix, address));
  const isNat64 = destination.includes(':') && postDestination.includes('.');
  if (isInside(source)) {
    const server = isNat64 ? postDestination : destination;
    return { isUp: true, isDown: false, inside: source, server, serverPort: destinationPort };
  }
  const isDown = isInside(postDestination);
  const inside = isDown ? postDestination : isInside(destination) ? destination : '';
  return { isUp: false, isDown, inside, server: source, serverPort: sourcePort };
}

function timeOf(row: Row, rows: readonly Row[], basis: Basis): number {
  if (basis === 'receive') return Math.floor(row.receivedUs / 1_000);
  if (basis === 'export') return row.exportS * 1_000;
  // A flow without a time has none to correct.
  if (basis === 'flow' || row.startMs === 0) return row.startMs;
  if (protocolOf(row) === 255) return row.startMs;
  const segments = segmentsOf(row, rows);
  const segment = segments.findLast(({ fromUs }) => fromUs <= row.receivedUs) ?? segments[0];
  const { aheadMs, driftPpb } = aheadAt(row.receivedUs, segment);
  const receivedMs = Math.floor(row.receivedUs / 1_000);
  const rest = protocolOf(row) === 9 ? Math.min(999, Math.max(0, receivedMs - row.exportS * 1_000 + aheadMs)) : 0;
  const age = receivedMs + aheadMs - row.startMs;
  return row.startMs - aheadMs + rest + (age < 0 || age > DAY_MS ? 0 : Math.floor((driftPpb * age) / 1e9));
}

const audited = new WeakMap<readonly Row[], Map<string, readonly ClockSegment[]>>();

/** The clock of the exporter and domain of the row, by all its Messages. */
function segmentsOf(row: Row, rows: readonly Row[]): readonly ClockSegment[] {
  const ofTable = audited.get(rows) ?? new Map<string, readonly ClockSegment[]>();
  audited.set(rows, ofTable);
  const key = `${row.exporter} ${row.plain['domain']}`;
  const segments = ofTable.get(key) ?? auditOf(row, rows);
  ofTable.set(key, segments);
  return segments;
}

const protocolOf = (one: Row): number => one.plain['export protocol'] as number;

function auditOf(row: Row, rows: readonly Row[]): readonly ClockSegment[] {
  const same = rows
    .filter(
      (other) => other.exporter === row.exporter && other.plain['domain'] === row.plain['domain'] && protocolOf(other) !== 255,
    )
    .toSorted((one, other) => one.receivedUs - other.receivedUs);
  const audit = new ClockAudit();
  for (const receivedAtUs of new Set(same.map(({ receivedUs }) => receivedUs))) {
    const told = same.filter(({ receivedUs }) => receivedUs === receivedAtUs);
    const latest = told.map((one) =>
      protocolOf(one) === 10 && Math.floor(one.endMs / 1_000) === one.exportS ? one.endMs * 1_000 : one.exportS * 1e6,
    );
    const exportS = told.reduce((sum, one) => sum + one.exportS, 0) / told.length;
    audit.add({ receivedAtUs, exportTimeUs: Math.round(exportS * 1e6), latestUs: Math.max(...latest), uptimeMs: undefined });
  }
  return audit.estimate()?.segments ?? [];
}

/** In whole numbers, from the beginning of the hour on, as a database works it out. */
function aheadAt(receivedUs: number, segment: ClockSegment | undefined): { aheadMs: number; driftPpb: number } {
  if (segment === undefined || Math.abs(segment.offsetMs) <= segment.boundMs) return { aheadMs: 0, driftPpb: 0 };
  const { offsetMs, driftPpm, driftBoundPpm, atUs } = segment;
  const ppm = Math.abs(driftPpm) > driftBoundPpm ? Math.max(-1e5, Math.min(1e5, driftPpm)) : 0;
  const beginUs = Math.floor(receivedUs / 1_000 / HOUR_MS) * HOUR_MS * 1_000;
  const beginAheadUs = Math.round(offsetMs * 1_000 - (ppm * (atUs - beginUs)) / 1e6);
  const driftPpb = Math.round(ppm * 1_000);
  const gainedUs = Number((BigInt(driftPpb) * BigInt(receivedUs - beginUs) + 10n ** 18n) / 10n ** 9n) - 1e9;
  return { aheadMs: Math.floor((beginAheadUs + gainedUs) / 1_000), driftPpb };
}

/** The number of the entry from 1, 0 for nobody's: leases go first, then single addresses, then prefixes. */
function deviceOf(address: string, timeMs: number, inventory: readonly InventoryEntry[]): number {
  const isOf = (entry: InventoryEntry, isSingle: boolean): boolean =>
    [entry.address, ...(entry.otherAddresses ?? [])].some((text) => text.includes('/') !== isSingle && has(text, address));
  const isLease = ({ fromMs, toMs }: InventoryEntry): boolean => fromMs !== undefined || toMs !== undefined;
  const leased = inventory.findIndex(
    (entry) =>
      isLease(entry) &&
      (isOf(entry, true) || isOf(entry, false)) &&
      timeMs >= (entry.fromMs ?? -Infinity) &&
      timeMs < (entry.toMs ?? Infinity),
  );
  if (leased >= 0) return leased + 1;
  const single = inventory.findIndex((entry) => !isLease(entry) && isOf(entry, true));
  return (single >= 0 ? single : inventory.findIndex((entry) => !isLease(entry) && isOf(entry, false))) + 1;
}

/** A condition as its text and its meaning. */
export interface Clause {
  readonly text: string;
  readonly holds: (seen: Seen) => boolean;
}

/** Whether an address or prefix is one of the addresses that a dimension means. */
export function isWithin(dimension: string, { row, values, person }: Seen, prefix: string): boolean {
  if (dimension === 'ip')
    return [row.source, row.destination, row.postSource, row.postDestination].some((one) => has(prefix, one));
  if (dimension === 'person' || dimension === 'device') return person === undefined && has(prefix, String(values[dimension]));
  const text = String(values[dimension]);
  return text !== '-' && has(prefix, text);
}

export interface Asked {
  readonly kind: 'top' | 'series' | 'sum' | 'count';
  readonly measure: string;
  readonly dimensions: readonly string[];
  readonly limit: number;
  readonly everyMs: number;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  readonly where: Clause | undefined;
  readonly basis: Basis;
  readonly isScaled: boolean;
}

/** Every row of the answer, in no order and without a limit. */
export function naiveAnswer(rows: readonly Row[], world: World, asked: Asked): (string | number)[][] {
  const { kind, dimensions, fromMs = -Infinity, toMs = Infinity, where, basis, everyMs } = asked;
  const isHeld = dimensions.some((name) => name === 'person' || name === 'device');
  const seen = see(rows, world, basis)
    .filter(({ timeMs }) => timeMs >= fromMs && timeMs < toMs)
    .filter(({ inside }) => !isHeld || inside !== '')
    .filter((one) => where?.holds(one) ?? true);
  if (kind === 'sum') return [[measured(seen, world, asked)]];
  const groups = new Map<string, Seen[]>();
  for (const one of seen) {
    // What is counted must be there.
    if (kind === 'count' && dimensions.some((name) => one.values[name] === '-')) continue;
    const bucket = kind === 'series' ? [Math.floor(one.timeMs / everyMs) * everyMs] : [];
    // Two devices of one name are two.
    const hidden = dimensions.includes('device') ? one.device : 0;
    const key = JSON.stringify([[...bucket, ...dimensions.map((name) => one.values[name])], hidden]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  if (kind === 'count') return [[groups.size]];
  return [...groups].map(([key, group]) => [...(JSON.parse(key) as [(string | number)[]])[0], measured(group, world, asked)]);
}

function measured(seen: readonly Seen[], world: World, { measure, isScaled, kind, everyMs, fromMs, toMs }: Asked): number {
  const add = (count: (row: Row) => number): number => seen.reduce((sum, { row }) => sum + count(row), 0);
  const scaled = (count: number, { sampling }: Row): number => (isScaled && sampling > 1 ? count * sampling : count);
  const octets = add((row) => scaled(row.octets, row));
  switch (measure) {
    case 'bytes':
      return octets;
    case 'packets':
      return add((row) => scaled(row.packets, row));
    case 'flows':
      return seen.length;
    case 'duration':
      return add(({ startMs, endMs }) => (startMs > 0 && endMs > startMs ? endMs - startMs : 0)) / 1_000;
    case 'people':
      return new Set(seen.map(({ person, inside }) => (world.inventory.length > 0 ? (person ?? '') : inside)).filter((one) => one !== '')).size; // prettier-ignore
    default: {
      const starts = seen.map(({ row }) => row.startMs).filter((ms) => ms > 0);
      const ends = seen.map(({ row }) => row.endMs).filter((ms) => ms > 0);
      const flowMs = starts.length > 0 && ends.length > 0 ? Math.max(1, Math.max(...ends) - Math.min(...starts)) : 1;
      const spanMs = kind === 'series' ? everyMs : fromMs === undefined || toMs === undefined ? flowMs : toMs - fromMs;
      return (octets * 8_000) / spanMs;
    }
  }
}
