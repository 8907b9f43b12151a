import type { PacketTrain } from '../core/net/packet-train.ts';
import type { Epoch, TrueNs } from '../core/time/instant.ts';
import type { VirtualClock } from '../core/time/virtual-clock.ts';
import { APPLICATION_NAMES, Classifier } from './classification/classifier.ts';
import { ExportingProcess } from './exporting/exporting-process.ts';
import { MeteringProcess } from './metering/metering-process.ts';
import { Nat } from './nat/nat.ts';
import type { RouterConfig } from './config.ts';

/** ifIndex of the router's two sides, as in its MIB (RFC 2863). */
export const INSIDE_INTERFACE = 1;
export const OUTSIDE_INTERFACE = 2;

/**
 * The office's router: it translates what passes, meters it where it comes in and exports the Flow Records, all by one
 * clock. Observation Points are the ingress of both interfaces, so addresses 8/12 are those before translation and 225/226
 * those after it (RFC 8158 section 4.2).
 */
export class Router {
  readonly clock: VirtualClock;
  readonly #publicAddress: number;
  readonly #nat: Nat;
  readonly #metering: MeteringProcess;
  readonly #exporting: ExportingProcess;
  readonly #classifier = new Classifier();
  readonly #classifies: boolean;

  constructor(config: RouterConfig, clock: VirtualClock, epoch: Epoch, startedAt: TrueNs) {
    this.clock = clock;
    this.#publicAddress = config.nat.publicAddress;
    this.#nat = new Nat(config.nat);
    this.#exporting = new ExportingProcess(config.exporting, APPLICATION_NAMES, clock, epoch, startedAt);
    this.#metering = new MeteringProcess(config.metering, clock, epoch, this.#exporting);
    this.#classifies = config.exporting.applicationIds;
  }

  get exported(): ExportingProcess['exported'] {
    return this.#exporting.exported;
  }

  /** A train enters from the office. Returns the public port it leaves with, or -1 when it was dropped. */
  forwardOut(now: TrueNs, train: PacketTrain): number {
    const publicPort = this.#nat.outbound(now, train);
    if (publicPort < 0) return publicPort;
    const { connection } = train;
    this.#metering.observe(train, {
      sourceAddress: connection.insideAddress,
      destinationAddress: connection.serverAddress,
      sourcePort: connection.insidePort,
      destinationPort: connection.serverPort,
      postNatSourceAddress: this.#publicAddress,
      postNatDestinationAddress: connection.serverAddress,
      postNaptSourcePort: publicPort,
      postNaptDestinationPort: connection.serverPort,
      ingressInterface: INSIDE_INTERFACE,
      egressInterface: OUTSIDE_INTERFACE,
      applicationId: this.#classify(train),
    });
    return publicPort;
  }

  /** A train arrives from the internet for `publicPort`. Returns whether a mapping let it through. */
  forwardIn(now: TrueNs, train: PacketTrain, publicPort: number): boolean {
    const { connection } = train;
    if (!this.#nat.inbound(now, connection.protocol, publicPort, train)) return false;
    if (connection.dnsAnswer !== 0) this.#exporting.learnName(now, connection.dnsAnswer, connection.serverName);
    this.#metering.observe(train, {
      sourceAddress: connection.serverAddress,
      destinationAddress: this.#publicAddress,
      sourcePort: connection.serverPort,
      destinationPort: publicPort,
      postNatSourceAddress: connection.serverAddress,
      postNatDestinationAddress: connection.insideAddress,
      postNaptSourcePort: connection.serverPort,
      postNaptDestinationPort: connection.insidePort,
      ingressInterface: OUTSIDE_INTERFACE,
      egressInterface: INSIDE_INTERFACE,
      applicationId: this.#classify(train),
    });
    return true;
  }

  nextTimeout(): TrueNs {
    const metering = this.#metering.nextTimeout();
    const exporting = this.#exporting.nextTimeout();
    return metering !== undefined && metering < exporting ? metering : exporting;
  }

  handleTimeout(now: TrueNs): void {
    this.#metering.handleTimeout(now);
    this.#exporting.handleTimeout(now);
  }

  /** Ends every flow and sends everything, as on shutdown. */
  flush(now: TrueNs): void {
    this.#metering.flush(now);
    this.#exporting.flush(now);
    this.#exporting.sendTemplateMessage(now);
  }

  /** The next IPFIX Message to send, or `undefined`. */
  poll(): Uint8Array | undefined {
    return this.#exporting.poll();
  }

  #classify(train: PacketTrain): number {
    return this.#classifies ? this.#classifier.classify(train.connection) : 0;
  }
}
