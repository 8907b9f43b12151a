import { addressOfEndpoint, endpointNumber } from '../../core/net/endpoint-number.ts';
import type { NatEvent, NatQuotaEvent } from '../../core/net/nat-event.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP, TCP_RST, tcpFlagsOf, trainEnd, type PacketTrain } from '../../core/net/packet-train.ts';
import { Random } from '../../core/random/random.ts';
import { after, trueNs, type TrueNs } from '../../core/time/instant.ts';
import { AddressPool } from './address-pool.ts';
import type { NatConfig } from './config.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import { EventLog } from './event-log.ts';
import { admits } from './filtering.ts';
import { insideEndOf, refusalOfError, remoteEndOf, sourceOfError } from './icmp-errors.ts';
import { MappingTable } from './mapping-table.ts';
import { newSession, type Mapping, type Session } from './mapping.ts';
import { SessionTimers } from './session-timers.ts';
import { nextTcpState } from './tcp-state.ts';
import { Thresholds } from './thresholds.ts';
import { Timers } from './timers.ts';

/** What a NAT may be given beside its configuration. */
interface NatOptions {
  /** For random ports. */
  readonly random?: Random;
  /** What gives out public endpoints, if not the configured addresses. */
  readonly pool?: EndpointPool;
  /** Is told what the option `natEvents` asks for. */
  readonly onEvent?: (event: NatEvent) => void;
}

/**
 * Network address and port translation. A mapping ties an inside endpoint to a public one; a session is a mapping and one
 * remote endpoint, with the timer and the TCP state of that conversation. A mapping lives while it has sessions, so
 * it never outlives their timers, and what it holds is never given to another while it lives. Trains are taken when they begin
 * and keep a session alive until they end and its timeout after.
 */
export class Nat {
  /** What happened so far: made, and trains refused by reason. */
  readonly counters = { mappings: 0, sessions: 0, exhausted: 0, overQuota: 0, unmapped: 0, filtered: 0, misdirected: 0 };
  readonly #config: NatConfig;
  readonly #timers: Timers;
  readonly #log: EventLog;
  readonly #pool: EndpointPool;
  readonly #thresholds: Thresholds;
  readonly #tables = new Map<number, MappingTable>();
  readonly #due = new SessionTimers();
  #mappings = 0;
  #sessions = 0;

  constructor(config: NatConfig, { random = new Random(0), pool, onEvent }: NatOptions = {}) {
    this.#config = config;
    this.#timers = new Timers(config);
    this.#log = new EventLog(config, onEvent);
    this.#pool = pool ?? new AddressPool(config, random, this.#log);
    this.#thresholds = new Thresholds(config, this.#log);
    for (const forward of config.portForwards) {
      const protocol = forward.protocol === 'tcp' ? PROTOCOL_TCP : PROTOCOL_UDP;
      const insideEndpoint = endpointNumber(forward.insideAddress, forward.insidePort);
      const publicEndpoint = endpointNumber(config.publicAddress, forward.publicPort);
      this.#pool.reserve(protocol, publicEndpoint);
      const mapping = { protocol, insideEndpoint, publicEndpoint, madeFor: 0, isStatic: true, sessions: new Map() };
      this.#table(protocol).add(mapping);
    }
  }

  /** Mappings and sessions that live, as of the last train or timeout. */
  get live(): { readonly mappings: number; readonly sessions: number } {
    return { mappings: this.#mappings, sessions: this.#sessions };
  }

  /** A train leaves. Returns the public endpoint it leaves from, or -1 when it is dropped. */
  outbound(now: TrueNs, train: PacketTrain): number {
    this.handleTimeout(now);
    const { about } = train.connection;
    if (about !== undefined) {
      const source = sourceOfError(this.#table(about.protocol), train.connection, about, this.#config.publicAddress);
      if (source < 0) this.counters.unmapped++;
      return source;
    }
    const remoteEndpoint = remoteEndOf(train.connection);
    const session = this.#sessionOut(now, train, insideEndOf(train.connection), remoteEndpoint);
    if (session === undefined) return -1;
    this.#passed(session, true, train);
    const { publicEndpoint } = session.mapping;
    // Hairpinning (RFC 4787 REQ-9): it comes back in at once, and REQ-9a, from the public endpoint.
    if (this.#pool.has(train.connection.serverAddress) && this.#arrives(now, train, remoteEndpoint, publicEndpoint) === undefined)
      return -1;
    return publicEndpoint;
  }

  /**
   * A train arrives from the internet for a public endpoint. Returns whether a mapping exists, lets its sender through and leads
   * to the train's inside endpoint: what would reach another host by a mapping that has changed hands is refused as misdirected.
   * For an ICMP error the endpoint is the one its packet left from.
   */
  inbound(now: TrueNs, train: PacketTrain, publicEndpoint: number): boolean {
    this.handleTimeout(now);
    const { about } = train.connection;
    if (about !== undefined) {
      const refusal = refusalOfError(this.#table(about.protocol), about, publicEndpoint);
      if (refusal !== undefined) this.counters[refusal]++;
      return refusal === undefined;
    }
    const { connection } = train;
    return this.#arrives(now, train, publicEndpoint, remoteEndOf(connection), insideEndOf(connection)) !== undefined;
  }

  /** When the next session may end; `undefined` when nobody is told and the next train is early enough. */
  nextTimeout(): TrueNs | undefined {
    return this.#log.isOn ? this.#due.nextInstant : undefined;
  }

  /** Ends what has expired by `now`. */
  handleTimeout(now: TrueNs): void {
    for (let session = this.#due.take(now); session !== undefined; session = this.#due.take(now)) this.#end(session);
  }

  #sessionOut(now: TrueNs, train: PacketTrain, insideEndpoint: number, remoteEndpoint: number): Session | undefined {
    const { protocol } = train.connection;
    const table = this.#table(protocol);
    const known = table.ofInside(insideEndpoint, remoteEndpoint);
    const session = known?.sessions.get(remoteEndpoint);
    if (session !== undefined) return session;
    if (this.#isFull(now)) return undefined;
    const mapping = known ?? this.#map(now, table, protocol, insideEndpoint, remoteEndpoint);
    return mapping && this.#begin(now, mapping, remoteEndpoint, train);
  }

  #arrives(
    now: TrueNs,
    train: PacketTrain,
    publicEndpoint: number,
    remoteEndpoint: number,
    insideEndpoint?: number,
  ): Mapping | undefined {
    const { counters } = this;
    const mapping = this.#table(train.connection.protocol).ofPublic(publicEndpoint, remoteEndpoint);
    if (mapping === undefined) return void counters.unmapped++;
    if (!admits(this.#config.filtering, mapping, remoteEndpoint)) return void counters.filtered++;
    if (insideEndpoint !== undefined && insideEndpoint !== mapping.insideEndpoint) return void counters.misdirected++;
    let session = mapping.sessions.get(remoteEndpoint);
    if (session === undefined && this.#remembersStrangers(mapping)) {
      if (this.#isFull(now)) return undefined;
      session = this.#begin(now, mapping, remoteEndpoint, train);
    }
    if (session !== undefined) this.#passed(session, false, train);
    return mapping;
  }

  /**
   * Whether someone from outside who is let in begins a session. Not where only the inside keeps mappings alive (RFC 7857 section 7),
   * nor where an answer to him would be another mapping.
   */
  #remembersStrangers({ isStatic }: Mapping): boolean {
    return isStatic || (this.#timers.inboundRefresh && this.#config.mapping === 'endpoint-independent');
  }

  /** Moves the session's state and timer on. */
  #passed(session: Session, isFromInside: boolean, train: PacketTrain): void {
    const { protocol } = session.mapping;
    const flags = tcpFlagsOf(train, 0, train.packets);
    const before = session.tcpState;
    if (protocol === PROTOCOL_TCP) session.tcpState = nextTcpState(before, isFromInside, flags);
    if (!isFromInside) session.isAnswered = true;
    const expiresAt = after(trainEnd(train), this.#timers.timeoutNs(session));
    // A new state has its own timeout, whatever the session was promised before.
    if (session.tcpState !== before) this.#due.set(session, expiresAt);
    // RFC 4787 REQ-6; an RST from inside says that nobody listens (RFC 7857 section 7.1).
    else if (isFromInside ? (flags & TCP_RST) === 0 : this.#timers.inboundRefresh)
      this.#due.set(session, trueNs(Math.max(session.expiresAt, expiresAt)));
  }

  #map(now: TrueNs, table: MappingTable, protocol: number, insideEndpoint: number, madeFor: number): Mapping | undefined {
    const insideAddress = addressOfEndpoint(insideEndpoint);
    const { maxHosts, maxMappings, maxMappingsPerHost, portOverlapping } = this.#config;
    const own = this.#pool.mappingsOf(insideAddress);
    if (own === 0 && this.#exceeds(now, 'hosts', this.#pool.hosts, maxHosts)) return undefined;
    if (this.#exceeds(now, 'host-mappings', own, maxMappingsPerHost, insideAddress)) return undefined;
    if (this.#exceeds(now, 'mappings', this.#mappings, maxMappings)) return undefined;
    const mayShare = (candidate: number): boolean => portOverlapping && table.ofPublic(candidate, madeFor) === undefined;
    const publicEndpoint = this.#pool.allocate({ now, protocol, insideEndpoint, mayShare });
    if (publicEndpoint < 0) return void this.counters.exhausted++;
    const mapping = { protocol, insideEndpoint, publicEndpoint, madeFor, isStatic: false, sessions: new Map() };
    table.add(mapping);
    this.counters.mappings++;
    this.#log.binding('binding-create', now, mapping);
    this.#counted(now, mapping, 1);
    return mapping;
  }

  #isFull(now: TrueNs): boolean {
    return this.#exceeds(now, 'sessions', this.#sessions, this.#config.maxSessions);
  }

  /** Whether one more would be more than the quota allows; then it is counted and told (RFC 8158 section 4.4). */
  #exceeds(at: TrueNs, quota: NatQuotaEvent['quota'], inUse: number, limit: number, insideAddress = 0): boolean {
    if (inUse < limit) return false;
    this.counters.overQuota++;
    this.#log.limited({ kind: 'quota-exceeded', at, quota, limit, insideAddress });
    return true;
  }

  #begin(now: TrueNs, mapping: Mapping, remoteEndpoint: number, train: PacketTrain): Session {
    const session = newSession(mapping, remoteEndpoint);
    this.#due.set(session, after(trainEnd(train), this.#timers.timeoutNs(session)));
    mapping.sessions.set(remoteEndpoint, session);
    this.#sessions++;
    this.counters.sessions++;
    this.#log.session('session-create', now, session);
    return session;
  }

  #end(session: Session): void {
    const { mapping, remoteEndpoint, expiresAt } = session;
    mapping.sessions.delete(remoteEndpoint);
    this.#sessions--;
    this.#log.session('session-delete', expiresAt, session);
    if (mapping.isStatic || mapping.sessions.size > 0) return;
    this.#table(mapping.protocol).remove(mapping);
    this.#log.binding('binding-delete', expiresAt, mapping);
    this.#pool.release(expiresAt, mapping);
    this.#counted(expiresAt, mapping, -1);
  }

  #counted(at: TrueNs, { insideEndpoint }: Mapping, change: 1 | -1): void {
    this.#mappings += change;
    const insideAddress = addressOfEndpoint(insideEndpoint);
    this.#thresholds.changed(at, this.#mappings, this.#pool.inUse, insideAddress, this.#pool.mappingsOf(insideAddress));
  }

  #table(protocol: number): MappingTable {
    let table = this.#tables.get(protocol);
    if (table === undefined) this.#tables.set(protocol, (table = new MappingTable(this.#config)));
    return table;
  }
}
