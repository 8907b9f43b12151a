import type { ObservedPacket } from '../core/flow/observed-packet.ts';
import type { Epoch, TrueNs } from '../core/time/instant.ts';
import type { VirtualClock } from '../core/time/virtual-clock.ts';
import type { MonitorConfig } from './config.ts';
import type { Crossing } from './crossing.ts';
import { ExportingProcess, type ApplicationName } from './exporting/exporting-process.ts';
import type { ObservationPoint } from './metering/config.ts';
import { MeteringProcess } from './metering/metering-process.ts';

/** ifIndex of the router's two sides, as in its MIB (RFC 2863). */
export const INSIDE_INTERFACE = 1;
export const OUTSIDE_INTERFACE = 2;
const INTERFACES = [
  { index: INSIDE_INTERFACE, name: 'lan0', description: 'office network' },
  { index: OUTSIDE_INTERFACE, name: 'wan0', description: 'internet uplink' },
];

/** flowDirection, IANA element 61. */
const INGRESS = 0;
const EGRESS = 1;

/** Numbers that tell Observation Points apart where one packet passes several of them. */
const POINT_NUMBER: Readonly<Record<ObservationPoint, number>> = {
  'lan-ingress': 0,
  'wan-egress': 1,
  'wan-ingress': 2,
  'lan-egress': 3,
};

/**
 * One way of looking at what crosses the router and of telling it: Observation Points, a Metering Process and an Exporting
 * Process. At an ingress addresses 8/12 are those before translation and 225/226 those after it (RFC 8158 section 4.2); at an
 * egress all is translated, and 225 to 228, "after the packet traversed the Observation Point", have nothing to tell.
 */
export class FlowMonitor {
  readonly exporting: ExportingProcess;
  readonly metering: MeteringProcess;
  readonly #tellsApplications: boolean;
  readonly #points: ReadonlySet<ObservationPoint>;
  readonly #numberOf: (point: ObservationPoint) => number;

  constructor(
    config: MonitorConfig,
    applications: readonly ApplicationName[],
    clock: VirtualClock,
    epoch: Epoch,
    startedAt: TrueNs,
  ) {
    const { metering } = config;
    const { activeTimeoutMs, inactiveTimeoutMs } = metering;
    this.exporting = new ExportingProcess(config.exporting, applications, clock, epoch, startedAt, {
      activeTimeoutMs,
      inactiveTimeoutMs,
      sampling: { mode: 'count', interval: 1 },
      interfaces: INTERFACES,
    });
    this.#tellsApplications = config.exporting.applicationIds;
    this.metering = new MeteringProcess(metering, clock, epoch, this.exporting);
    this.#points = new Set(metering.observationPoints);
    // The two directions of a biflow meet as one Observation Point: that of a side, or of the whole router.
    const isRouter = metering.observationPoints.every((point) => point.endsWith('ingress'));
    this.#numberOf = metering.biflow ? (point) => (isRouter || point.startsWith('lan') ? 0 : 1) : (point) => POINT_NUMBER[point];
  }

  /** A train crosses the router, beginning at its `startNs`. */
  observe(crossing: Crossing): void {
    const isUp = crossing.train.direction === 'up';
    this.#observeAt(isUp ? 'lan-ingress' : 'wan-ingress', crossing);
    this.#observeAt(isUp ? 'wan-egress' : 'lan-egress', crossing);
  }

  /** One packet passes; `packet` tells what the Observation Point sees of it and may be filled again for the next. */
  observePacket(packet: ObservedPacket): void {
    this.metering.observePacket(packet);
  }

  nextTimeout(): TrueNs {
    const metering = this.metering.nextTimeout();
    const exporting = this.exporting.nextTimeout();
    return metering !== undefined && metering < exporting ? metering : exporting;
  }

  handleTimeout(now: TrueNs): void {
    this.metering.handleTimeout(now);
    this.exporting.handleTimeout(now);
  }

  /** Ends every flow and makes everything ready to be sent, as on shutdown. */
  flush(now: TrueNs): void {
    this.metering.flush(now);
    this.exporting.flush(now);
    this.exporting.sendTemplateMessage(now);
  }

  /** The next Message to send, or `undefined`. */
  poll(): Uint8Array | undefined {
    return this.exporting.poll();
  }

  #observeAt(point: ObservationPoint, crossing: Crossing): void {
    if (!this.#points.has(point)) return;
    const { train, insideAddress, insidePort, publicAddress, publicPort, remoteAddress, remotePort, applicationId } = crossing;
    const isUp = train.direction === 'up';
    const isIngress = point.endsWith('ingress');
    const isLan = point.startsWith('lan');
    // What this side of the router calls the inside endpoint, and what the other side does.
    const hereAddress = isLan ? insideAddress : publicAddress;
    const herePort = isLan ? insidePort : publicPort;
    const thereAddress = isLan ? publicAddress : insideAddress;
    const therePort = isLan ? publicPort : insidePort;
    const after = (value: number): number => (isIngress ? value : 0);
    this.metering.observe(train, {
      sourceAddress: isUp ? hereAddress : remoteAddress,
      sourcePort: isUp ? herePort : remotePort,
      destinationAddress: isUp ? remoteAddress : hereAddress,
      destinationPort: isUp ? remotePort : herePort,
      postNatSourceAddress: after(isUp ? thereAddress : remoteAddress),
      postNaptSourcePort: after(isUp ? therePort : remotePort),
      postNatDestinationAddress: after(isUp ? remoteAddress : thereAddress),
      postNaptDestinationPort: after(isUp ? remotePort : therePort),
      ingressInterface: isUp ? INSIDE_INTERFACE : OUTSIDE_INTERFACE,
      egressInterface: isUp ? OUTSIDE_INTERFACE : INSIDE_INTERFACE,
      applicationId: this.#tellsApplications ? applicationId : 0,
      observationPoint: this.#numberOf(point),
      flowDirection: isIngress ? INGRESS : EGRESS,
    });
  }
}
