import { wordsOfIPv6, parseIPv6 } from '../core/net/ipv6-text.ts';
import { formatIPv4, parseIPv4 } from '../core/net/address.ts';
import { parseStored, type StoredAddress } from '../core/net/stored-address.ts';
import { CollectedBatch } from '../collector/collecting/collected-batch.ts';
import type { ApplicationName } from '../collector/collecting/label.ts';
import type { InventoryEntry } from '../collector/query/inventory.ts';
import { DuckDbStore } from '../collector/store/duckdb-store.ts';

/** The flows of an office that `bench/questions.ts` asks about: 60 hosts, 50 of them known, 4,000 servers, a fifth of it IPv6. */
export const BEGIN_MS = Date.parse('2026-03-02T08:00:00Z');
export const HOURS = 8;
const BATCH_ROWS = 65_536;
const HOSTS = 60;
const PEOPLE = 50;
const SERVERS = 4_000;
const NAMED_SERVERS = 1_000;
const APPLICATIONS = ['youtube', 'netflix', 'zoom', 'teams', 'dropbox', 'gmail', 'slack', 'acme-erp', 'acme-crm', 'acme-wiki'];
const PORTS = [443, 443, 443, 80, 53, 993, 123, 22, 5060, 8080, 3389, 587];
const ipv4 = (text: string): number => parseIPv4(text) ?? 0;
const ROUTER = ipv4('192.0.2.1');
const DOMAIN = 1;
const PUBLIC = ipv4('203.0.113.2');
const hostIPv4 = (host: number): number => ipv4('10.0.0.10') + host;
const hostIPv6 = (host: number): string => `2001:db8:50::${(host + 10).toString(16)}`;
const serverIPv4 = (server: number): number => ipv4('198.18.0.0') + 17 * server;
const serverIPv6 = (server: number): string => `2001:db8:18:${(server % 64).toString(16)}::${(server + 1).toString(16)}`;

/** Each person's addresses of both versions. */
export const INVENTORY: readonly InventoryEntry[] = Array.from({ length: PEOPLE }, (_, host) => ({
  name: `person ${host + 1}`,
  address: formatIPv4(hostIPv4(host)),
  otherAddresses: [hostIPv6(host)],
  department: '',
}));

/** As the exporter sent them: of applications by their ids, of servers by their addresses. */
export const APPLICATION_NAMES: readonly ApplicationName[] = APPLICATIONS.map((name, index) => ({
  exporter: ROUTER,
  observationDomainId: DOMAIN,
  id: index + 1,
  name,
}));
export const SERVER_NAMES: ReadonlyMap<StoredAddress, string> = new Map(
  Array.from({ length: NAMED_SERVERS }, (_, server) => server).flatMap((server) => {
    const name = `host${server}.${server % 3 === 0 ? 'office.com' : 'shop.example'}`;
    return [serverIPv4(server), parseStored(serverIPv6(server)) ?? 0].map((address) => [address, name] as const);
  }),
);

let state = 12_345;
const random = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
/** One of so many, the first ones much more often. */
const skewed = (count: number): number => Math.floor(count * random() ** 3);

const wordsOf = (text: string): Uint32Array => Uint32Array.from(wordsOfIPv6(parseIPv6(text) ?? new Uint8Array(16)));
const HOST_WORDS = Array.from({ length: HOSTS }, (_, host) => wordsOf(hostIPv6(host)));
const SERVER_WORDS = Array.from({ length: SERVERS }, (_, server) => wordsOf(serverIPv6(server)));

/** Makes the file, in the order of receiving. */
export async function makeFlows(path: string, flows: number): Promise<void> {
  const store = await DuckDbStore.open(path);
  const batch = new CollectedBatch(BATCH_ROWS);
  for (let first = 0; first < flows; first += BATCH_ROWS) {
    batch.length = Math.min(BATCH_ROWS, flows - first);
    for (let row = 0; row < batch.length; row++) fillRow(batch, row, BEGIN_MS + ((first + row) / flows) * HOURS * 3_600_000);
    await store.append(batch);
  }
  const exporter = { ipv4: ROUTER, ipv6: undefined };
  const label = { exporter, observationDomainId: DOMAIN, learntAtUs: BEGIN_MS * 1_000 };
  await store.appendLabels([
    ...APPLICATION_NAMES.map(({ id, name }) => ({ ...label, kind: 'application' as const, id, name })),
    ...[...SERVER_NAMES].map(([id, name]) => ({ ...label, kind: 'address' as const, id, name })),
  ]);
  store.close();
}

/** One half of what a host and a server say to each other; IPv4 passes NAT. */
function fillRow(batch: CollectedBatch, row: number, receivedMs: number): void {
  const [host, server] = [skewed(HOSTS), skewed(SERVERS)];
  const isIPv6 = random() < 0.2;
  const isUp = random() < 0.5;
  const servedBy = PORTS[skewed(PORTS.length)] as number;
  const port = 32_768 + Math.floor(random() * 28_000);
  const endMs = receivedMs - random() * 2_000;
  batch.exporter[row] = ROUTER;
  batch.observationDomainId[row] = DOMAIN;
  batch.templateId[row] = 256;
  batch.exportProtocol[row] = 10;
  batch.exportTimeS[row] = receivedMs / 1_000;
  batch.receivedAtUs[row] = Math.floor(receivedMs * 1_000);
  batch.ipVersion[row] = isIPv6 ? 6 : 4;
  batch.sourceAddress[row] = isIPv6 ? 0 : isUp ? hostIPv4(host) : serverIPv4(server);
  batch.destinationAddress[row] = isIPv6 ? 0 : isUp ? serverIPv4(server) : PUBLIC;
  batch.postNatSourceAddress[row] = !isIPv6 && isUp ? PUBLIC : 0;
  batch.postNatDestinationAddress[row] = isIPv6 || isUp ? 0 : hostIPv4(host);
  const [hostWords, serverWords] = [HOST_WORDS[host] as Uint32Array, SERVER_WORDS[server] as Uint32Array];
  if (isIPv6) {
    batch.sourceIPv6.set(isUp ? hostWords : serverWords, 4 * row);
    batch.destinationIPv6.set(isUp ? serverWords : hostWords, 4 * row);
  } else {
    batch.sourceIPv6.fill(0, 4 * row, 4 * row + 4);
    batch.destinationIPv6.fill(0, 4 * row, 4 * row + 4);
  }
  batch.sourcePort[row] = isUp ? port : servedBy;
  batch.destinationPort[row] = isUp ? servedBy : port;
  batch.protocol[row] = [53, 123, 5060].includes(servedBy) ? 17 : 6;
  batch.flowDirection[row] = isUp ? 2 : 1;
  batch.octetDeltaCount[row] = Math.floor(60 * Math.exp(11 * random() ** 2));
  batch.packetDeltaCount[row] = 1 + Math.floor((batch.octetDeltaCount[row] as number) / 900);
  batch.flowStartMs[row] = Math.floor(endMs - 60_000 * random() ** 4);
  batch.flowEndMs[row] = Math.floor(endMs);
  batch.flowEndReason[row] = 1;
  batch.applicationId[row] = server % 3 === 0 ? 1 + (server % APPLICATIONS.length) : 0;
}
