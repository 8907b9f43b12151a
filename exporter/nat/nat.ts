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
}

/**
 * Network address and port translation with endpoint-independent mapping (RFC 4787 REQ-1). The public port is the inside
 * one where it is free, else the next free one of the same parity (REQ-4), so it is a function of the traffic alone.
 * Mappings are refreshed by traffic that leaves (REQ-6) for as long as its train runs. State is bounded by the port range.
 */
export class Nat {
  readonly counters = { mappings: 0, exhausted: 0, unmapped: 0, filtered: 0 };
  readonly #config: NatConfig;
  readonly #tables = new Map<number, Table>();

  constructor(config: NatConfig) {
    this.#config = config;
  }

  /** A train leaves. Returns the public port it leaves from, or -1 when no port was free and it is dropped. */
  outbound(now: TrueNs, train: PacketTrain): number {
    const { protocol, insideAddress, insidePort, serverAddress, serverPort } = train.connection;
    const table = this.#table(protocol);
    const insideKey = endpointKey(insideAddress, insidePort);
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
    mapping.remotes.add(endpointKey(serverAddress, serverPort));
    mapping.expiresAt = trueNs(Math.max(mapping.expiresAt, after(trainEnd(train), this.#timeoutNs(protocol, mapping))));
    // A connection that has ended keeps its mapping for the transitory time only, whatever it was promised before.
    if (protocol === PROTOCOL_TCP && ends(train)) mapping.expiresAt = after(trainEnd(train), this.#timeoutNs(protocol, mapping));
    return mapping.publicPort;
  }

  /** A train arrives from the internet for a public port. Returns whether a mapping exists and lets its sender through. */
  inbound(now: TrueNs, protocol: number, publicPort: number, train: PacketTrain): boolean {
    const mapping = this.#table(protocol).byPort[publicPort];
    if (mapping === undefined || mapping.expiresAt <= now) {
      this.counters.unmapped++;
      return false;
    }
    const { serverAddress, serverPort } = train.connection;
    const filters = this.#config.filtering === 'address-and-port-dependent';
    if (filters && !mapping.remotes.has(endpointKey(serverAddress, serverPort))) {
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
    if (mapping.state !== before) mapping.expiresAt = after(trainEnd(train), this.#timeoutNs(PROTOCOL_TCP, mapping));
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

  #freePort(now: TrueNs, table: Table, wanted: number): number | undefined {
    const { firstPort, lastPort } = this.#config;
    const size = lastPort - firstPort + 1;
    const from = wanted >= firstPort && wanted <= lastPort ? wanted - firstPort : wanted % size;
    // An odd range holds as many ports of either parity, give or take one: two rounds of every second port see all of them.
    for (let tried = 0; tried < 2 * size; tried++) {
      const port = firstPort + ((from + 2 * tried + (tried < size ? 0 : 1)) % size);
      const holder = table.byPort[port];
      if (holder === undefined) return port;
      if (holder.expiresAt > now) continue;
      this.#remove(table, holder);
      return port;
    }
    return undefined;
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
    if (table === undefined) this.#tables.set(protocol, (table = { byInside: new Map(), byPort: [] }));
    return table;
  }
}

const endpointKey = (address: number, port: number): number => address * 65_536 + port;

const ends = (train: PacketTrain): boolean =>
  ((train.tcpFlagsFirst | train.tcpFlags | train.tcpFlagsLast) & (TCP_FIN | TCP_RST)) !== 0;
