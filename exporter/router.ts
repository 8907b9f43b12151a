import { addressOfEndpoint, portOfEndpoint } from '../core/net/endpoint-number.ts';
import type { NatEvent } from '../core/net/nat-event.ts';
import type { PacketTrain } from '../core/net/packet-train.ts';
import type { Random } from '../core/random/random.ts';
import { unixMs, type Epoch, type TrueNs } from '../core/time/instant.ts';
import type { VirtualClock } from '../core/time/virtual-clock.ts';
import { APPLICATION_NAMES, Classifier } from './classification/classifier.ts';
import type { ExportingProcess } from './exporting/exporting-process.ts';
import { NatEventRecords } from './exporting/nat-event-records.ts';
import { FlowMonitor } from './flow-monitor.ts';
import { Nat } from './nat/nat.ts';
import type { RouterConfig } from './config.ts';

/** The office's router: it translates what passes, meters it and exports the Flow Records, all by one clock. */
export class Router {
  readonly clock: VirtualClock;
  readonly #epoch: Epoch;
  readonly #nat: Nat;
  readonly #natEventRecords: NatEventRecords;
  readonly #monitor: FlowMonitor;
  readonly #classifier = new Classifier();
  readonly #classifies: boolean;
  #now: TrueNs;

  /** `random` chooses public ports, where they are random. */
  constructor(config: RouterConfig, clock: VirtualClock, epoch: Epoch, startedAt: TrueNs, random: Random) {
    this.clock = clock;
    this.#epoch = epoch;
    this.#now = startedAt;
    this.#nat = new Nat(config.nat, { random, onEvent: (event) => this.#export(event) });
    this.#natEventRecords = new NatEventRecords(config.exporting.natEventProfile);
    this.#monitor = new FlowMonitor(config, APPLICATION_NAMES, clock, epoch, startedAt);
    this.#classifies = config.exporting.applicationIds;
  }

  get exported(): ExportingProcess['exported'] {
    return this.#monitor.exporting.exported;
  }

  /** A train enters from the office. Returns the public endpoint it leaves from (an `endpointNumber`), or -1 when it was dropped. */
  forwardOut(now: TrueNs, train: PacketTrain): number {
    this.#now = now;
    const publicEndpoint = this.#nat.outbound(now, train);
    if (publicEndpoint >= 0) this.#observe(train, publicEndpoint);
    return publicEndpoint;
  }

  /** A train arrives from the internet for a public endpoint. Returns whether a mapping let it through. */
  forwardIn(now: TrueNs, train: PacketTrain, publicEndpoint: number): boolean {
    this.#now = now;
    const { connection } = train;
    if (!this.#nat.inbound(now, train, publicEndpoint)) return false;
    if (connection.dnsAnswer !== 0) this.#monitor.exporting.learnName(now, connection.dnsAnswer, connection.serverName);
    this.#observe(train, publicEndpoint);
    return true;
  }

  nextTimeout(): TrueNs {
    const nat = this.#nat.nextTimeout();
    const monitor = this.#monitor.nextTimeout();
    return nat !== undefined && nat < monitor ? nat : monitor;
  }

  handleTimeout(now: TrueNs): void {
    this.#now = now;
    this.#nat.handleTimeout(now);
    this.#monitor.handleTimeout(now);
  }

  /** Ends every flow and makes everything ready to be sent, as on shutdown. */
  flush(now: TrueNs): void {
    this.#monitor.flush(now);
  }

  /** The next Message to send, or `undefined`. */
  poll(): Uint8Array | undefined {
    return this.#monitor.poll();
  }

  /** An event is told with the time the router's clock showed when it happened. */
  #export(event: NatEvent): void {
    const record = this.#natEventRecords.recordOf(event, unixMs(this.#epoch, this.clock.read(event.at)));
    if (record !== undefined) this.#monitor.exporting.exportRecord(this.#now, record.template, record.values);
  }

  #observe(train: PacketTrain, publicEndpoint: number): void {
    const { connection } = train;
    this.#monitor.observe({
      train,
      insideAddress: connection.insideAddress,
      insidePort: connection.insidePort,
      publicAddress: addressOfEndpoint(publicEndpoint),
      publicPort: portOfEndpoint(publicEndpoint),
      remoteAddress: connection.serverAddress,
      remotePort: connection.serverPort,
      applicationId: this.#classifies ? this.#classifier.classify(connection) : 0,
    });
  }
}
