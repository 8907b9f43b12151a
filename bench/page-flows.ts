import { formatIPv4, parseIPv4 } from '../core/net/address.ts';
import type { InventoryEntry } from '../collector/query/inventory.ts';
import { CollectedBatch } from '../collector/collecting/collected-batch.ts';
import { DuckDbStore } from '../collector/store/duckdb-store.ts';
import { FLOWS } from '../collector/store/columns.ts';

/** An office whose flows `bench/page.ts` asks for: people, and a tenth as many hosts that are in no inventory. */
export interface Office {
  readonly people: number;
  readonly days: number;
  readonly flows: number;
}

/** A Monday. */
export const BEGIN_MS = Date.parse('2026-03-02T00:00:00Z');
const DAY_MS = 86_400_000;
const SERVERS = 6_000;
/** Those a host goes to again and again, and how often it goes elsewhere. */
const FAVOURITES = 80;
const ELSEWHERE = 0.05;
const ipv4 = (text: string): number => parseIPv4(text) ?? 0;
const [ROUTER, PUBLIC, FIRST_HOST] = [ipv4('192.0.2.1'), ipv4('203.0.113.2'), ipv4('10.0.1.0')];
/** Prefixes of the catalogue from 198.18.1.0/24 on, and none. */
const PREFIXES = 40;
const PORTS = [443, 443, 443, 443, 80, 53, 993, 123, 22, 5060, 8080, 3389, 587];
const DEPARTMENTS = ['sales', 'engineering', 'finance', 'support', 'marketing'];

export const inventoryOf = ({ people }: Office): InventoryEntry[] =>
  Array.from({ length: people }, (_, index) => ({
    name: `person ${index + 1}`,
    address: formatIPv4(FIRST_HOST + index),
    department: DEPARTMENTS[index % DEPARTMENTS.length] ?? '',
  }));

/** A number from 0 to 1 that is of row `i` and of `salt`, the same in every run. */
const random = (salt: number): string => `(hash(i * 16 + ${salt}) / 18446744073709551616.0)`;

/** The number of the server. */
const PLACE = `CASE WHEN ${random(3)} < ${ELSEWHERE} THEN floor(${SERVERS} * ${random(4)})::INTEGER
  ELSE hash(host::BIGINT * 1000 + floor(${FAVOURITES} * ${random(5)} ** 2)::INTEGER) % ${SERVERS} END`;

/** Nights and the weekend are quiet; `i` goes up with the time, as rows do that come as they happen. */
const received = ({ days, flows }: Office): string => `(
  SELECT i, ${BEGIN_MS} + (day + CASE WHEN part < 0.04 THEN part / 0.04 * 8 WHEN part < 0.96 THEN 8 + (part - 0.04) / 0.92 * 10
    ELSE 18 + (part - 0.96) / 0.04 * 6 END / 24) * ${DAY_MS} AS received_ms
  FROM (SELECT i, floor(place)::INTEGER AS day, place - floor(place) AS part
    FROM (SELECT i, CASE WHEN done < 0.96 THEN done / 0.96 * ${Math.min(days, 5)} ELSE ${Math.min(days, 5)} + (done - 0.96) / 0.04 * ${Math.max(0, days - 5)} END AS place
      FROM (SELECT i, i / ${flows}${days > 5 ? '' : ' * 0.96'} AS done FROM range(${flows}) AS rows (i)))))`;

/** Makes the file, in the order of receiving. */
export async function makeOffice(path: string, office: Office): Promise<void> {
  const values: Readonly<Record<string, string>> = {
    id: 'i',
    exporter_ipv4: `${ROUTER}`,
    observation_domain_id: '1',
    template_id: '256',
    export_time_s: 'received_ms // 1000',
    received_at_us: '(received_ms * 1000)',
    ip_version: '4',
    source_ipv4: 'if(is_up, host, server)',
    destination_ipv4: `if(is_up, server, ${PUBLIC})`,
    source_port: 'if(is_up, client_port, server_port)',
    destination_port: 'if(is_up, server_port, client_port)',
    protocol: 'if(server_port IN (53, 123, 5060), 17, 6)',
    // Of TCP nine in ten are told with their end.
    tcp_control_bits: `if(server_port IN (53, 123, 5060), 0, if(${random(10)} < 0.9, 27, 24))`,
    octets: `(60 * exp(11 * ${random(6)} ** 2))`,
    packets: `(1 + 60 * exp(11 * ${random(6)} ** 2) // 900)`,
    flow_start_ms: '(received_ms - 500 - lasts_ms)',
    flow_end_ms: '(received_ms - 500)',
    flow_end_reason: '1',
    post_nat_source_ipv4: `if(is_up, ${PUBLIC}, server)`,
    post_nat_destination_ipv4: 'if(is_up, server, host)',
    post_napt_source_port: 'if(is_up, client_port, server_port)',
    post_napt_destination_port: 'if(is_up, server_port, client_port)',
    export_protocol: '10',
    flow_direction: 'if(is_up, 2, 1)',
  };
  const names = ['id', ...FLOWS.columns.map(({ name }) => name)];
  const shown = names.map((name) => `${values[name] ?? '0'} AS ${name}`);
  const store = await DuckDbStore.open(path);
  await store.query(`INSERT INTO flows BY NAME SELECT ${shown.join(', ')} FROM (
    SELECT *, list_extract([${PORTS.join()}], 1 + (hash(server) % ${PORTS.length})::INTEGER) AS server_port
    FROM (SELECT *, ${ipv4('198.18.1.0')} + 256 * (place % ${PREFIXES})::INTEGER + (place // ${PREFIXES})::INTEGER AS server
      FROM (SELECT i, received_ms, host, is_up, client_port, lasts_ms, ${PLACE} AS place
        FROM (SELECT *, ${random(1)} < 0.5 AS is_up, ${FIRST_HOST} + floor(${office.people} * 1.1 * ${random(2)} ** 1.5)::INTEGER AS host,
            32768 + floor(28000 * ${random(7)})::INTEGER AS client_port,
            floor(CASE WHEN ${random(8)} < 0.7 THEN 2000 ELSE 60000 END * ${random(9)} ** 2)::BIGINT AS lasts_ms
          FROM ${received(office)}))))`);
  store.close();
}

/** Flows of the first person that have just come. */
export function newFlows(count: number, atMs: number): CollectedBatch {
  const batch = new CollectedBatch(count);
  batch.length = count;
  batch.exporter.fill(ROUTER);
  batch.observationDomainId.fill(1);
  batch.ipVersion.fill(4);
  batch.sourceAddress.fill(FIRST_HOST);
  batch.destinationAddress.fill(ipv4('198.18.1.7'));
  batch.postNatSourceAddress.fill(PUBLIC);
  batch.destinationPort.fill(443);
  batch.protocol.fill(6);
  batch.exportProtocol.fill(10);
  batch.octetDeltaCount.fill(1_000);
  batch.packetDeltaCount.fill(2);
  batch.flowStartMs.fill(atMs - 500);
  batch.flowEndMs.fill(atMs);
  batch.exportTimeS.fill(Math.floor(atMs / 1_000));
  batch.receivedAtUs.fill(atMs * 1_000);
  for (let row = 0; row < count; row++) {
    batch.sourcePort[row] = batch.postNaptSourcePort[row] = 40_000 + row;
  }
  return batch;
}
