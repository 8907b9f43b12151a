import { addressOfEndpoint, endpointNumber, portOfEndpoint } from '../../core/net/endpoint-number.ts';
import {
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  TCP_ACK,
  TCP_FIN,
  TCP_RST,
  TCP_SYN,
  trainEnd,
  type PacketTrain,
} from '../../core/net/packet-train.ts';
import { after, NS_PER_S, trueNs, type TrueNs } from '../../core/time/instant.ts';
import type { NatConfig } from './config.ts';

/** One inside endpoint and the public port it is known by. */
interface Mapping {
  readonly insideKey: number;
  readonly publicPort: number;
  expiresAt: TrueNs;
  /** Servers it has sent to, as address * 2^16 + port: those that may answer. */
  readonly remotes: Set<number>;
  /** TCP: `open` once the server has answered, `closing` from the first FIN or RST to the next SYN. */
  state: 'opening' | 'open' | 'closing';
}

/** The mappings of one protocol. */
interface Table {
  readonly byInside: Map<number, Mapping>;
  readonly byPort: (Mapping | undefined)[];
  /** Where the last search ended, for even and for odd ports. */
  readonly cursors: [even: number, odd: number];
  /** No port is free before this, unless a mapping is cut short. */
  fullUntil: number;
}

/**
 * Network address and port translation with endpoint-independent mapping (RFC 4787 REQ-1). The public port is the inside
 * one where it is free, else the next free one, of the same parity while there is one (REQ-4), so it is a function of the traffic alone.
 * Mappings are refreshed by traffic that leaves (REQ-6) for as long as its train runs. State is bounded by the port range.
 */
export class Nat {
  readonly counters = { mappings: 0, exhausted: 0, unmapped: 0, filtered: 0 };
  readonly #config: NatConfig;
  readonly #tables = new Map<number, Table>();

  constructor(config: NatConfig) {
    this.#config = config;
  }

  /** A train leaves. Returns the public endpoint it leaves from, or -1 when no port was free and it is dropped. */
  outbound(now: TrueNs, train: PacketTrain): number {
    const { protocol, insideAddress, insidePort, serverAddress, serverPort } = train.connection;
    const table = this.#table(protocol);
    const insideKey = endpointNumber(insideAddress, insidePort);
    let mapping = table.byInside.get(insideKey);
    if (mapping !== undefined && mapping.expiresAt <= now) {
      this.#remove(table, mapping);
      mapping = undefined;
    }
    mapping ??= this.#create(now, table, insideKey, insidePort);
    if (mapping === undefined) {
      this.counters.exhausted++;
      return -1;
    }
    if (ends(train)) mapping.state = 'closing';
    else if (mapping.state === 'closing' && (train.tcpFlagsFirst & TCP_SYN) !== 0) mapping.state = 'opening';
    mapping.remotes.add(endpointNumber(serverAddress, serverPort));
    mapping.expiresAt = trueNs(Math.max(mapping.expiresAt, after(trainEnd(train), this.#timeoutNs(protocol, mapping))));
    // A connection that has ended keeps its mapping for the transitory time only, whatever it was promised before.
    if (protocol === PROTOCOL_TCP && ends(train))
      this.#expire(table, mapping, after(trainEnd(train), this.#timeoutNs(protocol, mapping)));
    return endpointNumber(this.#config.publicAddress, mapping.publicPort);
  }

  /** A train arrives from the internet for a public endpoint. Returns whether a mapping exists and lets its sender through. */
  inbound(now: TrueNs, train: PacketTrain, publicEndpoint: number): boolean {
    const { protocol, serverAddress, serverPort } = train.connection;
    const isOurs = addressOfEndpoint(publicEndpoint) === this.#config.publicAddress;
    const mapping = isOurs ? this.#table(protocol).byPort[portOfEndpoint(publicEndpoint)] : undefined;
    if (mapping === undefined || mapping.expiresAt <= now) {
      this.counters.unmapped++;
      return false;
    }
    const filters = this.#config.filtering === 'address-and-port-dependent';
    if (filters && !mapping.remotes.has(endpointNumber(serverAddress, serverPort))) {
      this.counters.filtered++;
      return false;
    }
    if (protocol === PROTOCOL_TCP) this.#answered(train, mapping);
    return true;
  }

  /** TCP: the first answer establishes the connection, which then may be idle for longer (RFC 5382 section 5). */
  #answered(train: PacketTrain, mapping: Mapping): void {
    const before = mapping.state;
    if (ends(train)) mapping.state = 'closing';
    else if (before === 'opening' && ((train.tcpFlagsFirst | train.tcpFlags) & TCP_ACK) !== 0) mapping.state = 'open';
    if (mapping.state !== before)
      this.#expire(this.#table(PROTOCOL_TCP), mapping, after(trainEnd(train), this.#timeoutNs(PROTOCOL_TCP, mapping)));
  }

  #create(now: TrueNs, table: Table, insideKey: number, wanted: number): Mapping | undefined {
    const publicPort = this.#freePort(now, table, wanted);
    if (publicPort === undefined) return undefined;
    const mapping: Mapping = { insideKey, publicPort, expiresAt: now, remotes: new Set(), state: 'opening' };
    table.byInside.set(insideKey, mapping);
    table.byPort[publicPort] = mapping;
    this.counters.mappings++;
    return mapping;
  }

  /** Searches on from where the last search ended: beginning at the wanted port anew would walk over the same full stretch. */
  #freePort(now: TrueNs, table: Table, wanted: number): number | undefined {
    const { firstPort, lastPort } = this.#config;
    if (wanted >= firstPort && wanted <= lastPort && this.#isFree(now, table, wanted)) return wanted;
    if (now < table.fullUntil) return undefined;
    const parity = wanted & 1;
    const found = this.#search(now, table, parity) ?? this.#search(now, table, 1 - parity);
    if (found === undefined) table.fullUntil = this.#firstExpiry(table);
    return found;
  }

  /** The next free port of the parity, once around. */
  #search(now: TrueNs, table: Table, parity: number): number | undefined {
    const { firstPort, lastPort } = this.#config;
    const first = firstPort + ((firstPort ^ parity) & 1);
    const count = Math.floor((lastPort - first) / 2) + 1;
    const from = table.cursors[parity as 0 | 1];
    for (let tried = 1; tried <= count; tried++) {
      const index = (from + tried) % count;
      if (!this.#isFree(now, table, first + 2 * index)) continue;
      table.cursors[parity as 0 | 1] = index;
      return first + 2 * index;
    }
    return undefined;
  }

  /** Whether the port has no mapping; one that has expired is forgotten. */
  #isFree(now: TrueNs, table: Table, port: number): boolean {
    const holder = table.byPort[port];
    if (holder === undefined) return true;
    if (holder.expiresAt > now) return false;
    this.#remove(table, holder);
    return true;
  }

  #firstExpiry({ byInside }: Table): number {
    let first = Number.POSITIVE_INFINITY;
    for (const { expiresAt } of byInside.values()) first = Math.min(first, expiresAt);
    return first;
  }

  /** Sets how long the mapping lives; a shorter life may free a port early. */
  #expire(table: Table, mapping: Mapping, at: TrueNs): void {
    if (at < mapping.expiresAt) table.fullUntil = 0;
    mapping.expiresAt = at;
  }

  #remove(table: Table, mapping: Mapping): void {
    table.byInside.delete(mapping.insideKey);
    table.byPort[mapping.publicPort] = undefined;
  }

  #timeoutNs(protocol: number, mapping: Mapping): number {
    const { udpTimeoutS, tcpTimeoutS, tcpTransitoryTimeoutS, otherTimeoutS } = this.#config;
    if (protocol === PROTOCOL_UDP) return udpTimeoutS * NS_PER_S;
    if (protocol === PROTOCOL_TCP) return (mapping.state === 'open' ? tcpTimeoutS : tcpTransitoryTimeoutS) * NS_PER_S;
    return otherTimeoutS * NS_PER_S;
  }

  #table(protocol: number): Table {
    let table = this.#tables.get(protocol);
    if (table === undefined)
      this.#tables.set(protocol, (table = { byInside: new Map(), byPort: [], cursors: [-1, -1], fullUntil: 0 }));
    return table;
  }
}

const ends = (train: PacketTrain): boolean =>
  ((train.tcpFlagsFirst | train.tcpFlags | train.tcpFlagsLast) & (TCP_FIN | TCP_RST)) !== 0;
