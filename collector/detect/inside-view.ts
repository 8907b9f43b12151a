import { isIPv4, type AddressRange, type StoredAddress } from '../../core/net/stored-address.ts';
import type { FlowColumn, StoredFlows } from '../store/flow-store.ts';
import { OTHER, type Application } from '../query/catalogue.ts';
import { AddressNumbers, NO_ADDRESS } from './address-numbers.ts';
import { addressWords } from './address-words.ts';
import type { FlowApplications } from './flow-applications.ts';
import { InsideFlows, NOT_STORED } from './inside-flows.ts';

/** The columns of Flow Records that tell how they are seen from inside. */
export const VIEWED_COLUMNS = [
  'sourceAddress',
  'sourceIPv6',
  'destinationAddress',
  'destinationIPv6',
  'postNatDestinationAddress',
  'postNatDestinationIPv6',
  'sourcePort',
  'destinationPort',
  'postNaptDestinationPort',
  'protocol',
  'octetDeltaCount',
  'packetDeltaCount',
  'samplingInterval',
  'tcpControlBits',
  'flowStartMs',
  'flowEndMs',
  'exportTimeS',
  'receivedAtUs',
  'applicationId',
  'exporter',
  'exporterIPv6',
  'observationDomainId',
] as const satisfies readonly FlowColumn[];

/** Flow Records on their way to the store, or out of it: those have ids. */
export type ViewedFlows = Omit<StoredFlows<(typeof VIEWED_COLUMNS)[number]>, 'id'> & { readonly id?: Float64Array };

/** A column of addresses of each version; one of the two is 0, and both where there is none. */
interface Addresses {
  readonly ipv4: Uint32Array;
  readonly ipv6: Uint32Array;
}

/** The addresses of a batch that a row is turned by. */
interface BatchAddresses {
  readonly source: Addresses;
  readonly destination: Addresses;
  readonly translated: Addresses;
}

/** How flows are turned. */
export interface Viewpoint {
  /** The prefixes of the office. */
  readonly inside: readonly AddressRange[];
  /** The address that stands for all of the same device. */
  hostOf(address: StoredAddress): StoredAddress;
  readonly applications: FlowApplications;
}

/**
 * Turns Flow Records so that they are seen from the device inside, as the SQL of `query/turned-flows.ts` does it: it is the source when that
 * lies inside, else the destination after translation, else the destination. No object is made for a record.
 */
export class InsideView {
  readonly addresses: AddressNumbers;
  readonly #applications: FlowApplications;
  readonly #addressOf: (number: number) => StoredAddress;
  readonly #hostOf: (address: StoredAddress) => StoredAddress;
  readonly #ipv4Ranges: readonly (readonly [first: number, last: number])[];
  readonly #ipv6Ranges: readonly (readonly [first: Uint32Array, last: Uint32Array])[];
  /** The address that stands for each device seen, by the number of its own; emptied when it grows too large. */
  readonly #hosts = new Map<number, StoredAddress>();
  readonly #maxAddresses: number;
  #flows = new InsideFlows(0);

  /** `maxAddresses`: so many are known at a time. */
  constructor({ inside, hostOf, applications }: Viewpoint, maxAddresses: number) {
    this.addresses = new AddressNumbers(maxAddresses);
    this.#addressOf = (number) => this.addresses.addressOf(number);
    this.#maxAddresses = maxAddresses;
    this.#applications = applications;
    this.#hostOf = hostOf;
    this.#ipv4Ranges = inside.filter(({ first }) => isIPv4(first)).map(({ first, last }) => [Number(first), Number(last)]);
    this.#ipv6Ranges = inside
      .filter(({ first }) => !isIPv4(first))
      .map(({ first, last }) => [addressWords(first), addressWords(last)]);
  }

  /** These rows of a batch, in this order, seen from inside. They are overwritten by the next call. */
  turn(batch: ViewedFlows, rows: readonly number[]): InsideFlows {
    if (this.#flows.capacity < rows.length) this.#flows = new InsideFlows(rows.length);
    const addresses: BatchAddresses = {
      source: { ipv4: batch.sourceAddress, ipv6: batch.sourceIPv6 },
      destination: { ipv4: batch.destinationAddress, ipv6: batch.destinationIPv6 },
      translated: { ipv4: batch.postNatDestinationAddress, ipv6: batch.postNatDestinationIPv6 },
    };
    this.#applications.clear();
    this.#flows.length = 0;
    for (const row of rows) this.#turnRow(batch, addresses, row);
    return this.#flows;
  }

  #turnRow(batch: ViewedFlows, addresses: BatchAddresses, row: number): void {
    const flows = this.#flows;
    const to = flows.length++;
    const { source, destination, translated } = addresses;
    const isUp = this.#isInside(source, row);
    const isDown = !isUp && this.#isInside(translated, row);
    const isForInside = isUp || isDown || this.#isInside(destination, row);
    flows.isUp[to] = isUp ? 1 : 0;
    flows.inside[to] = isForInside ? this.#hostNumber(isUp ? source : isDown ? translated : destination, row) : NO_ADDRESS;
    flows.called[to] = isForInside ? NO_ADDRESS : this.#numberOf(destination, row);
    flows.insidePort[to] = (isUp ? batch.sourcePort : isDown ? batch.postNaptDestinationPort : batch.destinationPort)[
      row
    ] as number;
    // By NAT64 an IPv6 device speaks to an IPv4 server, which is known by its own address.
    const isByNat64 = isUp && translated.ipv4[row] !== 0 && isIPv6(destination, row);
    flows.server[to] = isByNat64
      ? this.addresses.numberOf(0, 0, 0, translated.ipv4[row] as number)
      : this.#numberOf(isUp ? destination : source, row);
    flows.serverPort[to] = (isUp ? batch.destinationPort : batch.sourcePort)[row] as number;
    copyCounts(batch, row, flows, to);
    flows.application[to] = isForInside ? this.#applicationOf(batch.applicationId[row] as number, to) : OTHER;
  }

  #applicationOf(id: number, to: number): Application {
    const { server, protocol, serverPort } = this.#flows;
    return this.#applications.of(id, server[to] as number, protocol[to] as number, serverPort[to] as number, this.#addressOf);
  }

  #isInside({ ipv4, ipv6 }: Addresses, row: number): boolean {
    const address = ipv4[row] as number;
    for (const [first, last] of this.#ipv4Ranges) if (address >= first && address <= last) return true;
    for (const [first, last] of this.#ipv6Ranges) {
      if (compareWords(ipv6, 4 * row, first) >= 0 && compareWords(ipv6, 4 * row, last) <= 0) return true;
    }
    return false;
  }

  #numberOf({ ipv4, ipv6 }: Addresses, row: number): number {
    const at = 4 * row;
    if (!isIPv6({ ipv4, ipv6 }, row)) return this.addresses.numberOf(0, 0, 0, ipv4[row] as number);
    return this.addresses.numberOf(ipv6[at] as number, ipv6[at + 1] as number, ipv6[at + 2] as number, ipv6[at + 3] as number);
  }

  #hostNumber(addresses: Addresses, row: number): number {
    const own = this.#numberOf(addresses, row);
    let host = this.#hosts.get(own);
    if (host === undefined) {
      if (this.#hosts.size >= this.#maxAddresses) this.#hosts.clear();
      host = this.#hostOf(this.addresses.addressOf(own));
      this.#hosts.set(own, host);
    }
    return this.addresses.numberOfStored(host);
  }
}

const isIPv6 = ({ ipv6 }: Addresses, row: number): boolean => {
  const at = 4 * row;
  return ipv6[at] !== 0 || ipv6[at + 1] !== 0 || ipv6[at + 2] !== 0 || ipv6[at + 3] !== 0;
};

function compareWords(words: Uint32Array, at: number, bound: Uint32Array): number {
  for (let word = 0; word < bound.length; word++) {
    const difference = (words[at + word] as number) - (bound[word] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

function copyCounts(batch: ViewedFlows, row: number, flows: InsideFlows, to: number): void {
  const [startMs, endMs] = [batch.flowStartMs[row] as number, batch.flowEndMs[row] as number];
  // One that does not say when it began begins where it ends, or where it was exported: `query/begun-flows.ts`.
  const begunMs = startMs > 0 ? startMs : endMs > 0 ? endMs : (batch.exportTimeS[row] as number) * 1_000;
  flows.startMs[to] = begunMs;
  flows.endMs[to] = Math.max(begunMs, endMs);
  flows.protocol[to] = batch.protocol[row] as number;
  flows.packets[to] = batch.packetDeltaCount[row] as number;
  flows.octets[to] = batch.octetDeltaCount[row] as number;
  flows.samplingInterval[to] = batch.samplingInterval[row] as number;
  flows.tcpControlBits[to] = batch.tcpControlBits[row] as number;
  flows.receivedAtUs[to] = batch.receivedAtUs[row] as number;
  flows.id[to] = batch.id?.[row] ?? NOT_STORED;
}
