import { formatEndpoint } from '../../../core/net/endpoint.ts';
import { formatStored, type StoredAddress } from '../../../core/net/stored-address.ts';
import { protocolName } from '../../../core/net/protocol-name.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP, TCP_FIN, TCP_RST } from '../../../core/net/packet-train.ts';
import type { AttributionConfig } from '../../query/attribution-config.ts';
import { Inventory } from '../../query/inventory.ts';
import { addressColumns } from '../../query/language/derived-columns.ts';
import { duckDbDialect } from '../../query/language/duckdb-dialect.ts';
import { SeenFlows } from '../../query/people/seen-flows.ts';
import { isFrom, type AskedStore, type Exporter } from '../../store/flow-store.ts';
import type { Sure } from './sure.ts';
import type { ViewContext, ViewRequest } from './view-request.ts';

/** An inside endpoint and the public one that stands for it outside. */
export interface MappingView {
  readonly protocol: string;
  readonly who: string;
  readonly insideAddress: string;
  readonly insidePort: number;
  readonly publicAddress: string;
  readonly publicPort: number;
  /** The one with most octets, of so many. */
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
}

/** What is asked for: mappings as they were at the end of the time, traffic and events of all of it. */
export interface NatRequest extends ViewRequest {
  readonly timeouts: Pick<AttributionConfig, 'udpIdleS' | 'tcpIdleS' | 'tcpClosedIdleS' | 'otherIdleS'>;
  readonly limit?: number;
}

/** A request with what is needed to answer it. */
interface NatSubject {
  readonly seen: SeenFlows;
  readonly inventory: Inventory;
  readonly exporter: Exporter | undefined;
  readonly request: NatRequest;
  /** The instant at which mappings are looked at. */
  readonly presentMs: number;
}

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
  readonly isClosed: boolean;
  readonly leftMs: number;
}

/** What the router's translation looks like, from the Flow Records and NAT events collected. Rejects only when the store fails. */
export async function natView(store: AskedStore, context: ViewContext, request: NatRequest): Promise<NatView> {
  const { limit = 200, knownAtMs, nowMs, toMs = Infinity } = request;
  const subject: NatSubject = {
    // What was opened before may still be open.
    seen: await SeenFlows.of(store, context, { ...request, fromMs: undefined }),
    inventory: new Inventory(context.inventory),
    exporter: context.exporter,
    request,
    presentMs: Math.min(knownAtMs ?? nowMs, toMs),
  };
  const { inventory, presentMs } = subject;
  const rows = await store.query<MappingRow>(
    `WITH ${mappingsOf(subject)} FROM live ORDER BY "lastMs" DESC, "publicPort" LIMIT ${limit}`,
  );
  // Each pool as a whole, and part by part.
  const poolsAndParts = await store.query<PoolRow>(`WITH ${mappingsOf(subject)},
    placed AS (SELECT *, ("publicPort" // ${PORTS_PER_PART})::INTEGER AS part FROM live)
    SELECT protocol, "publicAddress", part, count(DISTINCT "publicPort")::DOUBLE AS used, count(*)::DOUBLE AS endpoints,
      count(DISTINCT "insideAddress")::DOUBLE AS hosts
    FROM placed GROUP BY GROUPING SETS ((protocol, "publicAddress"), (protocol, "publicAddress", part))
    ORDER BY protocol, "publicAddress"`);
  const pools = poolsAndParts.filter(({ part }) => part === null);
  return {
    nowMs: presentMs,
    mappings: rows.map((row) => mappingOf(row, inventory)),
    mappingCount: pools.reduce((sum, { endpoints }) => sum + endpoints, 0),
    pools: pools.map((pool) => poolOf(pool, poolsAndParts)),
    events: await eventsOf(store, subject),
    ...(await talkersOf(store, subject)),
  };
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

const ENDS = ['source', 'destination', 'post_nat_source', 'post_nat_destination'] as const;
const COLUMNS = ['protocol', 'tcp_control_bits', 'octets', 'start_ms', 'end_ms', 'source_port', 'destination_port', 'post_napt_source_port', 'post_napt_destination_port']; // prettier-ignore

/** Flows that were translated, of `fromMs` and after, as the inside sees them, with their times by the asked clock. */
function translatedFlows({ seen, presentMs }: NatSubject, fromMs = 0): string {
  const from = Math.ceil(fromMs);
  const begun = {
    needs: ['start_ms', 'end_ms'],
    sql: `start_ms <= ${Math.floor(presentMs)} AND (start_ms >= ${from} OR end_ms > ${from})`,
  };
  const addresses = ENDS.map((end) => `${duckDbDialect.address(end)} AS ${end}`);
  const common = 'protocol, tcp_control_bits, octets, start_ms, end_ms';
  return `begun AS (
    SELECT ${[...COLUMNS, ...addresses].join(', ')} FROM ${seen.from([...COLUMNS, ...ENDS.flatMap(addressColumns)], [begun])}),
  translated AS (
    SELECT ${common}, true AS up, source AS inside_address, source_port AS inside_port, post_nat_source AS public_address,
      post_napt_source_port AS public_port, destination AS remote_address, destination_port AS remote_port
    FROM begun WHERE post_nat_source NOT IN (0, source)
    UNION ALL
    SELECT ${common}, false, post_nat_destination, post_napt_destination_port, destination, destination_port, source, source_port
    FROM begun WHERE post_nat_destination NOT IN (0, destination))`;
}

/** Mappings that the router still has, by what it is taken to keep them for. */
function mappingsOf(subject: NatSubject): string {
  const { presentMs, request } = subject;
  const { timeouts } = request;
  return `${translatedFlows(subject)},
  mapped AS (
    SELECT protocol, inside_address AS "insideAddress", inside_port AS "insidePort", public_address AS "publicAddress",
      public_port AS "publicPort", arg_max(remote_address, octets) AS "remoteAddress", arg_max(remote_port, octets) AS "remotePort",
      count(DISTINCT (remote_address, remote_port))::DOUBLE AS remotes, min(start_ms)::DOUBLE AS "firstMs",
      max(end_ms)::DOUBLE AS "lastMs", coalesce(sum(octets) FILTER (WHERE up), 0)::DOUBLE AS "upOctets",
      coalesce(sum(octets) FILTER (WHERE NOT up), 0)::DOUBLE AS "downOctets",
      bool_or(tcp_control_bits & ${TCP_FIN | TCP_RST} <> 0) AS "isClosed"
    FROM translated GROUP BY protocol, inside_address, inside_port, public_address, public_port),
  live AS (
    SELECT *, CASE
        WHEN protocol = ${PROTOCOL_UDP} THEN ${timeouts.udpIdleS * 1_000}
        WHEN protocol = ${PROTOCOL_TCP} AND "isClosed" THEN ${timeouts.tcpClosedIdleS * 1_000}
        WHEN protocol = ${PROTOCOL_TCP} THEN ${timeouts.tcpIdleS * 1_000}
        ELSE ${timeouts.otherIdleS * 1_000} END - greatest(${presentMs} - "lastMs", 0) AS "leftMs"
    FROM mapped WHERE "leftMs" > 0)`;
}

function mappingOf(row: MappingRow, inventory: Inventory): MappingView {
  const { isClosed: _closed, leftMs, protocol, insideAddress, publicAddress, remoteAddress, ...rest } = row;
  return {
    ...rest,
    protocol: wordProtocol(protocol),
    who: inventory.who(insideAddress, row.lastMs),
    insideAddress: formatStored(insideAddress),
    publicAddress: formatStored(publicAddress),
    remoteAddress: formatStored(remoteAddress),
    expiresInS: {
      value: leftMs / 1_000,
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

async function talkersOf(store: AskedStore, subject: NatSubject): Promise<Pick<NatView, 'inside' | 'outside'>> {
  const sum = (column: string): string => `WITH ${translatedFlows(subject, subject.request.fromMs)}
    SELECT ${column} AS address, sum(octets::DOUBLE) AS octets FROM translated GROUP BY ALL ORDER BY octets DESC, address LIMIT ${TALKERS}`;
  const inside = await store.query<{ address: StoredAddress; octets: number }>(sum('inside_address'));
  const outside = await store.query<{ address: StoredAddress; octets: number }>(sum('public_address'));
  return {
    inside: inside.map(({ address, octets }) => ({ name: subject.inventory.who(address, subject.presentMs), octets })),
    outside: outside.map(({ address, octets }) => ({ name: formatStored(address), octets })),
  };
}

const wordProtocol = (protocol: number): string => protocolName(protocol) ?? `protocol ${protocol}`;

/** Nothing for an address there is none of. */
const endpoint = (address: StoredAddress, port: number): string =>
  address === 0 ? '' : formatEndpoint({ address: formatStored(address), port });
