import { formatEndpoint } from '../../../core/net/endpoint.ts';
import { formatStored, type StoredAddress } from '../../../core/net/stored-address.ts';
import { protocolName } from '../../../core/net/protocol-name.ts';
import { Inventory } from '../../query/inventory.ts';
import { addressColumns } from '../../query/language/derived-columns.ts';
import { duckDbDialect } from '../../query/language/duckdb-dialect.ts';
import { usingLiveMappings, WENT_THROUGH_NAT } from '../../query/people/live-mappings.ts';
import type { NatTimeouts } from '../../query/people/mapping-lives.ts';
import { SeenFlows } from '../../query/people/seen-flows.ts';
import { isFrom, type AskedStore, type Exporter } from '../../store/flow-store.ts';
import type { Sure } from './sure.ts';
import { SAMPLED, type ViewContext, type ViewRequest } from './view-request.ts';

/** An inside endpoint and the public one that stands for it outside. */
export interface MappingView {
  readonly protocol: string;
  readonly who: string;
  readonly insideAddress: string;
  readonly insidePort: number;
  readonly publicAddress: string;
  readonly publicPort: number;
  /** The one a connection with which had most octets, of so many. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly remotes: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly upOctets: number;
  readonly downOctets: number;
  /** How long the router keeps it when nothing more comes; a mapping whose time is over is not listed. */
  readonly expiresInS: Sure;
}

/** How many of a public address's ports stand for somebody. */
export interface PoolView {
  readonly protocol: string;
  readonly publicAddress: string;
  readonly usedPorts: Sure;
  readonly endpoints: number;
  readonly hosts: number;
  /** Ports in 64 equal parts of 1,024 each, from 0 up. */
  readonly usedByRange: readonly number[];
}

/** An event the NAT itself told of (RFC 8158). */
export interface NatEventView {
  readonly atMs: number;
  readonly kind: string;
  readonly protocol: string;
  readonly who: string;
  readonly inside: string;
  readonly outside: string;
}

/** Who sends and gets most, as it is called on one side of the router. */
export interface TalkerView {
  readonly name: string;
  readonly octets: number;
}

/** Topic `nat`. */
export interface NatView {
  readonly nowMs: number;
  /** The latest first, so many of `mappingCount`. */
  readonly mappings: readonly MappingView[];
  readonly mappingCount: number;
  readonly pools: readonly PoolView[];
  readonly events: readonly NatEventView[];
  /** The same traffic from both sides: fifty people inside are one talker outside. */
  readonly inside: readonly TalkerView[];
  readonly outside: readonly TalkerView[];
  /** What a reader must know of how it was counted, as sentences. */
  readonly notes: readonly string[];
}

/**
 * What is asked for: mappings as they were at the end of the time, traffic and events of all of it. Without an end mappings are as they are now; traffic then has
 * also what a router whose clock is ahead says is still to come.
 */
export interface NatRequest extends ViewRequest {
  readonly timeouts: NatTimeouts;
  readonly limit?: number;
}

/** A request with what is needed to answer it. */
interface NatSubject {
  readonly inventory: Inventory;
  readonly exporter: Exporter | undefined;
  readonly request: NatRequest;
  /** The instant at which mappings are looked at. */
  readonly presentMs: number;
}

/** Of those that were used last at the same instant too, always the same is first. */
const LATEST_FIRST = '"lastMs" DESC, "publicPort", protocol, "publicAddress", "insideAddress", "insidePort"';
const PARTS = 64;
const PORTS_PER_PART = 1_024;
const EVENTS = 50;
const TALKERS = 10;

interface MappingRow {
  readonly protocol: number;
  readonly insideAddress: StoredAddress;
  readonly insidePort: number;
  readonly publicAddress: StoredAddress;
  readonly publicPort: number;
  readonly remoteAddress: StoredAddress;
  readonly remotePort: number;
  readonly remotes: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly upOctets: number;
  readonly downOctets: number;
  readonly leftMs: number;
}

interface PoolRow {
  readonly protocol: number;
  readonly publicAddress: StoredAddress;
  /** `null` is all of them. */
  readonly part: number | null;
  readonly used: number;
  readonly endpoints: number;
  readonly hosts: number;
}

/** What the router's translation looks like, from the Flow Records and NAT events collected. Rejects only when the store fails. */
export async function natView(store: AskedStore, context: ViewContext, request: NatRequest): Promise<NatView> {
  const { limit = 200, knownAtMs, nowMs, toMs = Infinity } = request;
  const presentMs = Math.min(knownAtMs ?? nowMs, toMs);
  const inventory = new Inventory(context.inventory);
  const asked = await SeenFlows.of(store, context, request);
  // What was opened before may still be open.
  const seen = request.fromMs === undefined ? asked : await SeenFlows.of(store, context, { ...request, fromMs: undefined });
  const subject: NatSubject = { inventory, exporter: context.exporter, request, presentMs };
  // Each pool as a whole, and part by part.
  const rows = await usingLiveMappings(store, seen, presentMs, request.timeouts, (tables) =>
    store.query<MappingRow | PoolRow>(`WITH ${tables},
    latest AS (FROM live ORDER BY ${LATEST_FIRST} LIMIT ${limit}),
    placed AS (SELECT *, ("publicPort" // ${PORTS_PER_PART})::INTEGER AS part FROM live),
    pools AS (
      SELECT protocol, "publicAddress", part, count(DISTINCT "publicPort")::DOUBLE AS used, count(*)::DOUBLE AS endpoints,
        count(DISTINCT "insideAddress")::DOUBLE AS hosts
      FROM placed GROUP BY GROUPING SETS ((protocol, "publicAddress"), (protocol, "publicAddress", part)))
    FROM latest UNION ALL BY NAME FROM pools ORDER BY ${LATEST_FIRST}`),
  );
  const mappings = rows.filter((row): row is MappingRow => !isPool(row));
  const poolsAndParts = rows.filter(isPool);
  const pools = poolsAndParts.filter(({ part }) => part === null);
  return {
    nowMs: presentMs,
    mappings: mappings.map((row) => mappingOf(row, inventory)),
    mappingCount: pools.reduce((sum, { endpoints }) => sum + endpoints, 0),
    pools: pools.map((pool) => poolOf(pool, poolsAndParts)),
    events: await eventsOf(store, subject),
    ...(await talkersOf(store, asked, subject)),
  };
}

function mappingOf(row: MappingRow, inventory: Inventory): MappingView {
  const { insidePort, publicPort, remotePort, remotes, firstMs, lastMs, upOctets, downOctets } = row;
  return {
    protocol: wordProtocol(row.protocol),
    who: inventory.who(row.insideAddress, lastMs),
    insideAddress: formatStored(row.insideAddress),
    insidePort,
    publicAddress: formatStored(row.publicAddress),
    publicPort,
    remoteAddress: formatStored(row.remoteAddress),
    remotePort,
    remotes,
    firstMs,
    lastMs,
    upOctets,
    downOctets,
    expiresInS: {
      value: row.leftMs / 1_000,
      sure: 'estimated',
      note: 'by the timeouts the collector takes the router to have; a record in between may be still to come',
    },
  };
}

function poolOf({ protocol, publicAddress, used, endpoints, hosts }: PoolRow, rows: readonly PoolRow[]): PoolView {
  const usedByRange = new Array<number>(PARTS).fill(0);
  for (const row of rows)
    if (row.part !== null && row.protocol === protocol && row.publicAddress === publicAddress) usedByRange[row.part] = row.used;
  return {
    protocol: wordProtocol(protocol),
    publicAddress: formatStored(publicAddress),
    usedPorts: { value: used, sure: 'estimated', note: 'of mappings that had a flow' },
    endpoints,
    hosts,
    usedByRange,
  };
}

interface EventRow {
  readonly atMs: number;
  readonly natEvent: number;
  readonly protocol: number;
  readonly insideAddress: StoredAddress;
  readonly insidePort: number;
  readonly publicAddress: number;
  readonly publicPort: number;
}

async function eventsOf(store: AskedStore, { inventory, exporter, request, presentMs }: NatSubject): Promise<NatEventView[]> {
  const { fromMs = 0, knownAtMs } = request;
  const known = knownAtMs === undefined ? '' : ` AND received_at_us <= ${Math.floor(knownAtMs * 1_000)}`;
  const rows = await store.query<EventRow>(`SELECT observation_time_ms::DOUBLE AS "atMs", nat_event AS "natEvent", protocol,
      inside_address AS "insideAddress", inside_port AS "insidePort", public_address AS "publicAddress", public_port AS "publicPort"
    FROM nat_events WHERE observation_time_ms BETWEEN ${Math.ceil(fromMs)} AND ${Math.floor(presentMs)} AND ${isFrom(exporter)}${known}
    ORDER BY observation_time_ms DESC, id DESC LIMIT ${EVENTS}`);
  return rows.map(({ atMs, natEvent, protocol, insideAddress, insidePort, publicAddress, publicPort }) => ({
    atMs,
    kind: EVENTS_BY_NUMBER[natEvent] ?? `event ${natEvent}`,
    protocol: protocol === 0 ? '' : wordProtocol(protocol),
    who: insideAddress === 0 ? '' : inventory.who(insideAddress, atMs),
    inside: endpoint(insideAddress, insidePort),
    outside: endpoint(publicAddress, publicPort),
  }));
}

/** RFC 8158 section 4.3. */
const EVENTS_BY_NUMBER: Readonly<Record<number, string>> = {
  1: 'translation created',
  2: 'translation deleted',
  3: 'addresses exhausted',
  4: 'session created',
  5: 'session deleted',
  6: 'session created (NAT64)',
  7: 'session deleted (NAT64)',
  8: 'binding created',
  9: 'binding deleted',
  10: 'binding created (NAT64)',
  11: 'binding deleted (NAT64)',
  12: 'ports exhausted',
  13: 'quota exceeded',
  14: 'address bound',
  15: 'address released',
  16: 'ports allocated',
  17: 'ports released',
  18: 'threshold reached',
};

async function talkersOf(
  store: AskedStore,
  seen: SeenFlows,
  { inventory, presentMs }: NatSubject,
): Promise<Pick<NatView, 'inside' | 'outside' | 'notes'>> {
  const columns = ['octets_scaled', 'sampling_interval'];
  const sum = (stem: string): Promise<{ address: StoredAddress; octets: number; sampling: number }[]> =>
    seen.ofParts(
      { columns: [...addressColumns(stem), ...columns], only: [WENT_THROUGH_NAT], stepMs: Infinity },
      (
        flows,
      ) => `SELECT ${duckDbDialect.address(stem)} AS address, sum(octets_scaled) AS octets, max(sampling_interval)::DOUBLE AS sampling
        FROM ${flows} GROUP BY ALL`,
      (rows) =>
        store.query(`SELECT address, sum(octets) AS octets, max(sampling) AS sampling FROM ${rows}
          GROUP BY address ORDER BY octets DESC, address LIMIT ${TALKERS}`),
    );
  const [inside, outside] = [await sum('inside'), await sum('nat')];
  return {
    inside: inside.map(({ address, octets }) => ({ name: inventory.who(address, presentMs), octets })),
    outside: outside.map(({ address, octets }) => ({ name: formatStored(address), octets })),
    notes: [...seen.notes, ...(outside.some(({ sampling }) => sampling > 1) ? [`octets are estimated: ${SAMPLED}`] : [])],
  };
}

const isPool = (row: MappingRow | PoolRow): row is PoolRow => 'used' in row && row.used !== null;

const wordProtocol = (protocol: number): string => protocolName(protocol) ?? `protocol ${protocol}`;

/** Nothing for an address there is none of. */
const endpoint = (address: StoredAddress, port: number): string =>
  address === 0 ? '' : formatEndpoint({ address: formatStored(address), port });
