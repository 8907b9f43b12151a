import { addressOfEndpoint, portOfEndpoint } from '../core/net/endpoint-number.ts';
import type { PacketTrain } from '../core/net/packet-train.ts';
import type { Epoch, TrueNs } from '../core/time/instant.ts';
import type { VirtualClock } from '../core/time/virtual-clock.ts';
import { APPLICATION_NAMES, Classifier } from './classification/classifier.ts';
import type { ExportingProcess } from './exporting/exporting-process.ts';
import { FlowMonitor } from './flow-monitor.ts';
import { Nat } from './nat/nat.ts';
import type { RouterConfig } from './config.ts';

/** The office's router: it translates what passes, meters it and exports the Flow Records, all by one clock. */
export class Router {
  readonly clock: VirtualClock;
  readonly #nat: Nat;
  readonly #monitor: FlowMonitor;
  readonly #classifier = new Classifier();
  readonly #classifies: boolean;

  constructor(config: RouterConfig, clock: VirtualClock, epoch: Epoch, startedAt: TrueNs) {
    this.clock = clock;
    this.#nat = new Nat(config.nat);
    this.#monitor = new FlowMonitor(config, APPLICATION_NAMES, clock, epoch, startedAt);
    this.#classifies = config.exporting.applicationIds;
  }

  get exported(): ExportingProcess['exported'] {
    return this.#monitor.exporting.exported;
  }

  /** A train enters from the office. Returns the public endpoint it leaves from (an `endpointNumber`), or -1 when it was dropped. */
  forwardOut(now: TrueNs, train: PacketTrain): number {
    const publicEndpoint = this.#nat.outbound(now, train);
    if (publicEndpoint >= 0) this.#observe(train, publicEndpoint, false);
    return publicEndpoint;
  }

  /** A train arrives from the internet for a public endpoint. Returns whether a mapping let it through. */
  forwardIn(now: TrueNs, train: PacketTrain, publicEndpoint: number): boolean {
    const { connection } = train;
    if (!this.#nat.inbound(now, train, publicEndpoint)) {
      this.#observe(train, publicEndpoint, true);
      return false;
    }
    if (connection.dnsAnswer !== 0) this.#monitor.exporting.learnName(now, connection.dnsAnswer, connection.serverName);
    this.#observe(train, publicEndpoint, false);
    return true;
  }

  nextTimeout(): TrueNs {
    return this.#monitor.nextTimeout();
  }

  handleTimeout(now: TrueNs): void {
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

  #observe(train: PacketTrain, publicEndpoint: number, isDropped: boolean): void {
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
      isDropped,
    });
  }
}
