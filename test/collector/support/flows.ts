import { CollectedBatch } from '../../../collector/collecting/collected-batch.ts';
import { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import { parseIPv4 } from '../../../core/net/address.ts';

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
}

export const ip = (text: string): number => {
  const address = parseIPv4(text);
  if (address === undefined) throw new RangeError(text);
  return address;
};

/** The rows as a NAT router exports them: addresses before translation beside those after it. */
export function batchOf(flows: readonly HandMadeFlow[]): CollectedBatch {
  const batch = new CollectedBatch(Math.max(1, flows.length));
  for (const flow of flows) {
    const row = batch.length++;
    const isUp = flow.direction === 'up';
    const [inside, server, outside] = [ip(flow.inside), ip(flow.server), ip(PUBLIC_ADDRESS)];
    const insidePort = flow.insidePort ?? 50_000;
    const isDropped = flow.isDropped ?? false;
    batch.sourceAddress[row] = isUp ? inside : server;
    batch.destinationAddress[row] = isUp ? server : outside;
    batch.sourcePort[row] = isUp ? insidePort : flow.serverPort;
    batch.destinationPort[row] = isUp ? flow.serverPort : isDropped ? insidePort : insidePort + 1;
    batch.postNatSourceAddress[row] = isUp ? outside : isDropped ? 0 : server;
    batch.postNatDestinationAddress[row] = isUp ? server : isDropped ? 0 : inside;
    batch.postNaptSourcePort[row] = isUp ? insidePort + 1 : flow.serverPort;
    batch.postNaptDestinationPort[row] = isUp ? flow.serverPort : isDropped ? 0 : insidePort;
    batch.samplingInterval[row] = flow.samplingInterval ?? 0;
    batch.protocol[row] = flow.protocol ?? 6;
    batch.octetDeltaCount[row] = flow.octets;
    batch.packetDeltaCount[row] = flow.packets ?? 10;
    batch.flowStartMs[row] = NINE + flow.startS * 1_000;
    batch.flowEndMs[row] = NINE + flow.endS * 1_000;
    batch.tcpControlBits[row] = flow.tcpControlBits ?? 0x1b;
    batch.exporter[row] = flow.exporter === undefined ? 0 : ip(flow.exporter);
    batch.observationDomainId[row] = flow.observationDomainId ?? 0;
    batch.applicationId[row] = flow.applicationId ?? 0;
    batch.exportTimeS[row] = NINE / 1_000 + Math.ceil(flow.endS);
    batch.receivedAtUs[row] = (NINE + flow.endS * 1_000) * 1_000;
  }
  return batch;
}

/** A store in memory that holds the flows. */
export async function storeOf(flows: readonly HandMadeFlow[]): Promise<DuckDbStore> {
  const store = await DuckDbStore.open(':memory:');
  await store.append(batchOf(flows));
  return store;
}
