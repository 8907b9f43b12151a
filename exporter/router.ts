import type { ObservedPacket } from '../core/flow/observed-packet.ts';
import { isIPv6, UNSPECIFIED_IPV6 } from '../core/net/address-book.ts';
import { addressOfEndpoint, portOfEndpoint } from '../core/net/endpoint-number.ts';
import type { IPv6Prefix } from '../core/net/ipv6-prefix.ts';
import type { NatEvent } from '../core/net/nat-event.ts';
import { embedIPv4 } from '../core/net/nat64-address.ts';
import { addressedTo } from '../core/net/icmp.ts';
import type { PacketTrain } from '../core/net/packet-train.ts';
import type { Random } from '../core/random/random.ts';
import { trueNs, unixMs, type Epoch, type TrueNs } from '../core/time/instant.ts';
import type { VirtualClock } from '../core/time/virtual-clock.ts';
import { APPLICATION_NAMES, Classifier } from './classification/classifier.ts';
import { classOfServiceOf, type Crossing } from './crossing.ts';
import type { ExportingProcess } from './exporting/exporting-process.ts';
import { FlowMonitor } from './flow-monitor.ts';
import { firewallOf } from './nat/firewall.ts';
import { Nat } from './nat/nat.ts';
import { outsideByNat64 } from './nat/nat64.ts';
import { nat64PrefixOf, type MonitorConfig, type RouterConfig } from './config.ts';

/** The office's router: it translates what passes, IPv6 excepted, meters it and exports the Flow Records, all by one clock. */
export class Router {
  readonly clock: VirtualClock;
  readonly #epoch: Epoch;
  readonly #nat: Nat;
  /** What lets IPv6 in that was asked for. */
  readonly #firewall: Nat;
  readonly #nat64Prefix: IPv6Prefix | undefined;
  /** What the collector gets. */
  readonly #main: FlowMonitor;
  /** The same traffic told in other ways, by name. */
  readonly monitors: ReadonlyMap<string, FlowMonitor>;
  readonly #all: readonly FlowMonitor[];
  readonly #classifier = new Classifier();
  readonly #bleaches: boolean;
  #now: TrueNs;

  /** `random` chooses public ports, where they are random. */
  constructor(config: RouterConfig, clock: VirtualClock, epoch: Epoch, startedAt: TrueNs, random: Random) {
    this.clock = clock;
    this.#epoch = epoch;
    this.#now = startedAt;
    this.#bleaches = config.wanMarking === 'bleach';
    this.#nat = new Nat(config.nat, { random, onEvent: (event) => this.#export(event) });
    this.#firewall = firewallOf(config.firewall);
    this.#nat64Prefix = nat64PrefixOf(config);
    const monitor = (parts: MonitorConfig): FlowMonitor => new FlowMonitor(parts, APPLICATION_NAMES, clock, epoch, startedAt);
    this.#main = monitor(config);
    this.monitors = new Map(config.monitors.map((parts) => [parts.name, monitor(parts)]));
    this.#all = [this.#main, ...this.monitors.values()];
  }

  get exported(): ExportingProcess['exported'] {
    return this.#main.exporting.exported;
  }

  /** What of all that passed is in the records, and what is not. */
  get metered(): FlowMonitor['metering']['counters'] {
    return this.#main.metering.counters;
  }

  /** What could not be told of it. */
  get notSent(): ExportingProcess['notSent'] {
    return this.#main.exporting.notSent;
  }

  /** A train enters from the office. Returns the public endpoint it leaves from (an `endpointNumber`), or -1 when it was dropped. */
  forwardOut(now: TrueNs, train: PacketTrain): number {
    this.#now = now;
    const outside = this.#outside(train);
    const keeper = isIPv6(outside.connection.serverAddress) ? this.#firewall : this.#nat;
    const publicEndpoint = keeper.outbound(now, outside);
    if (publicEndpoint >= 0) this.#observe(train, outside, publicEndpoint, false);
    return publicEndpoint;
  }

  /**
   * A train arrives from the internet for a public endpoint, an ICMP error for the one its packet left from. Returns whether a
   * mapping let it through.
   */
  forwardIn(now: TrueNs, train: PacketTrain, publicEndpoint: number): boolean {
    this.#now = now;
    const { connection } = train;
    const outside = this.#outside(train);
    const keeper = isIPv6(addressOfEndpoint(publicEndpoint)) ? this.#firewall : this.#nat;
    if (!keeper.inbound(now, outside, publicEndpoint)) {
      // Nobody inside gets it, so it is never anything else than it is outside.
      this.#observe(outside, outside, addressedTo(connection, publicEndpoint), true);
      return false;
    }
    if (connection.dnsAnswer !== 0 && connection.dnsAnswer !== UNSPECIFIED_IPV6) {
      for (const { exporting } of this.#all) exporting.learnName(now, connection.dnsAnswer, connection.serverName);
    }
    this.#observe(train, outside, addressedTo(connection, publicEndpoint), false);
    return true;
  }

  /** A packet passes that neither the translation nor the firewall looks at. */
  forwardSeen(packet: ObservedPacket): void {
    for (const monitor of this.#all) monitor.observePacket(packet);
  }

  /** The collector is there anew: whatever it was told before is forgotten. */
  beginSession(now: TrueNs): void {
    this.#main.exporting.beginSession(now);
  }

  nextTimeout(): TrueNs {
    let next = this.#main.nextTimeout();
    for (const monitor of this.monitors.values()) next = trueNs(Math.min(next, monitor.nextTimeout()));
    const nat = this.#nat.nextTimeout();
    return nat !== undefined && nat < next ? nat : next;
  }

  handleTimeout(now: TrueNs): void {
    this.#now = now;
    this.#nat.handleTimeout(now);
    this.#firewall.handleTimeout(now);
    for (const monitor of this.#all) monitor.handleTimeout(now);
  }

  /** Ends every flow and makes everything ready to be sent, as on shutdown. */
  flush(now: TrueNs): void {
    for (const monitor of this.#all) monitor.flush(now);
  }

  /** The next Message for the collector, or `undefined`; those of `monitors` are polled there. */
  poll(): Uint8Array | undefined {
    return this.#main.poll();
  }

  /** The Message for the collector that was polled last could not be sent. */
  giveUp(now: TrueNs): void {
    this.#main.exporting.giveUp(now);
  }

  /** An event is told with the time the router's clock showed when it happened. */
  #export(event: NatEvent): void {
    const atMs = unixMs(this.#epoch, this.clock.read(event.at));
    const completed = this.#completed(event);
    for (const monitor of this.#all) monitor.natEvent(this.#now, completed, atMs);
  }

  /** With NAT64, by both names of the remote endpoint. */
  #completed(event: NatEvent): NatEvent {
    if (this.#nat64Prefix === undefined || !('remoteAddress' in event) || !isIPv6(event.insideAddress)) return event;
    return { ...event, remoteAddressInside: embedIPv4(this.#nat64Prefix, event.remoteAddress) };
  }

  /** The train as it is on the other side of the router, but for the public endpoint. */
  #outside(train: PacketTrain): PacketTrain {
    return outsideByNat64(train, this.#nat64Prefix);
  }

  #observe(train: PacketTrain, outsideTrain: PacketTrain, publicEndpoint: number, isDropped: boolean): void {
    const { connection } = train;
    const isUp = train.direction === 'up';
    const classOfService = classOfServiceOf(train);
    const publicAddress = addressOfEndpoint(publicEndpoint);
    const crossing: Crossing = {
      train,
      outsideTrain,
      insideAddress: connection.insideAddress,
      insidePort: connection.insidePort,
      publicAddress,
      publicPort: portOfEndpoint(publicEndpoint),
      applicationId: this.#classifier.classify(connection),
      // IPv6 that stays IPv6 is not.
      isTranslated: !isIPv6(publicAddress),
      isDropped,
      classOfService,
      postClassOfService: isUp && this.#bleaches ? 0 : classOfService,
    };
    for (const monitor of this.#all) monitor.observe(crossing);
  }
}
