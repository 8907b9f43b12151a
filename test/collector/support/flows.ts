import { CollectedBatch } from '../../../collector/collecting/collected-batch.ts';
import { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import { parseIPv4 } from '../../../core/net/address.ts';
import { parseIPv6, wordsOfIPv6 } from '../../../core/net/ipv6-text.ts';

/** 2026-03-02T09:00:00Z. */
export const NINE = 1_772_442_000_000;
export const PUBLIC_ADDRESS = '203.0.113.2';

/** A flow as the router sees it, written by hand. Times are seconds after nine. */
export interface HandMadeFlow {
  readonly direction: 'up' | 'down';
  readonly inside: string;
  readonly insidePort?: number;
  readonly server: string;
  readonly serverPort: number;
  readonly protocol?: number;
  readonly octets: number;
  readonly packets?: number;
  readonly startS: number;
  readonly endS: number;
  readonly tcpControlBits?: number;
  readonly applicationId?: number;
  /** For nobody inside: the router has dropped it. */
  readonly isDropped?: boolean;
  /** One packet of so many was looked at. */
  readonly samplingInterval?: number;
  /** Nobody's, and of domain 0, without them. */
  readonly exporter?: string;
  readonly observationDomainId?: number;
  /** Seconds after its end at which it came; none unless told. */
  readonly receivedLateS?: number;
}

export const ip = (text: string): number => {
  const address = parseIPv4(text);
  if (address === undefined) throw new RangeError(text);
  return address;
};

const DEFAULTS = {
  insidePort: 50_000,
  isDropped: false,
  samplingInterval: 0,
  protocol: 6,
  packets: 10,
  tcpControlBits: 0x1b,
  exporter: '0.0.0.0',
  observationDomainId: 0,
  applicationId: 0,
};

/** The rows as a NAT router exports them: addresses before translation beside those after it. */
export function batchOf(flows: readonly HandMadeFlow[]): CollectedBatch {
  const batch = new CollectedBatch(Math.max(1, flows.length));
  for (const each of flows) {
    const row = batch.length++;
    const flow = { ...DEFAULTS, ...each };
    if (flow.direction === 'up') setUp(batch, row, flow);
    else setDown(batch, row, flow);
    batch.samplingInterval[row] = flow.samplingInterval;
    batch.protocol[row] = flow.protocol;
    batch.octetDeltaCount[row] = flow.octets;
    batch.packetDeltaCount[row] = flow.packets;
    batch.flowStartMs[row] = NINE + flow.startS * 1_000;
    batch.flowEndMs[row] = NINE + flow.endS * 1_000;
    batch.tcpControlBits[row] = flow.tcpControlBits;
    const ipv6 = parseIPv6(flow.exporter);
    if (ipv6 === undefined) batch.exporter[row] = ip(flow.exporter);
    else batch.exporterIPv6.set(wordsOfIPv6(ipv6), 4 * row);
    batch.observationDomainId[row] = flow.observationDomainId;
    batch.applicationId[row] = flow.applicationId;
    batch.exportTimeS[row] = NINE / 1_000 + Math.ceil(flow.endS);
    batch.receivedAtUs[row] = (NINE + (flow.endS + (flow.receivedLateS ?? 0)) * 1_000) * 1_000;
  }
  return batch;
}

type WholeFlow = HandMadeFlow & typeof DEFAULTS;

function setUp(batch: CollectedBatch, row: number, { inside, insidePort, server, serverPort }: WholeFlow): void {
  batch.sourceAddress[row] = ip(inside);
  batch.destinationAddress[row] = batch.postNatDestinationAddress[row] = ip(server);
  batch.sourcePort[row] = insidePort;
  batch.destinationPort[row] = batch.postNaptDestinationPort[row] = serverPort;
  batch.postNatSourceAddress[row] = ip(PUBLIC_ADDRESS);
  batch.postNaptSourcePort[row] = insidePort + 1;
}

/** What is dropped has nothing after the translation, and is sent to a port of the router itself. */
function setDown(batch: CollectedBatch, row: number, { inside, insidePort, server, serverPort, isDropped }: WholeFlow): void {
  batch.sourceAddress[row] = batch.postNatSourceAddress[row] = ip(server);
  batch.sourcePort[row] = batch.postNaptSourcePort[row] = serverPort;
  batch.destinationAddress[row] = ip(PUBLIC_ADDRESS);
  batch.destinationPort[row] = isDropped ? insidePort : insidePort + 1;
  if (isDropped) return;
  batch.postNatDestinationAddress[row] = ip(inside);
  batch.postNaptDestinationPort[row] = insidePort;
}

/** A store in memory that holds the flows. */
export async function storeOf(flows: readonly HandMadeFlow[]): Promise<DuckDbStore> {
  const store = await DuckDbStore.open(':memory:');
  await store.append(batchOf(flows));
  return store;
}
