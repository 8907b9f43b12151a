import type { Epoch, TrueNs } from '../core/time/instant.ts';
import type { VirtualClock } from '../core/time/virtual-clock.ts';
import type { MonitorConfig } from './config.ts';
import type { Crossing } from './crossing.ts';
import { ExportingProcess, type ApplicationName } from './exporting/exporting-process.ts';
import { MeteringProcess } from './metering/metering-process.ts';

/** ifIndex of the router's two sides, as in its MIB (RFC 2863). */
export const INSIDE_INTERFACE = 1;
export const OUTSIDE_INTERFACE = 2;
const INTERFACES = [
  { index: INSIDE_INTERFACE, name: 'lan0', description: 'office network' },
  { index: OUTSIDE_INTERFACE, name: 'wan0', description: 'internet uplink' },
];

/**
 * One way of looking at what crosses the router and of telling it: Observation Points, a Metering Process and an Exporting
 * Process. Observation Points are the ingress of both interfaces, so addresses 8/12 are those before translation and 225/226
 * those after it (RFC 8158 section 4.2).
 */
export class FlowMonitor {
  readonly exporting: ExportingProcess;
  readonly #metering: MeteringProcess;
  readonly #tellsApplications: boolean;

  constructor(
    config: MonitorConfig,
    applications: readonly ApplicationName[],
    clock: VirtualClock,
    epoch: Epoch,
    startedAt: TrueNs,
  ) {
    const { activeTimeoutMs, inactiveTimeoutMs } = config.metering;
    this.exporting = new ExportingProcess(config.exporting, applications, clock, epoch, startedAt, {
      activeTimeoutMs,
      inactiveTimeoutMs,
      sampling: { mode: 'count', interval: 1 },
      interfaces: INTERFACES,
    });
    this.#tellsApplications = config.exporting.applicationIds;
    this.#metering = new MeteringProcess(config.metering, clock, epoch, this.exporting);
  }

  /** A train crosses the router, beginning at its `startNs`. */
  observe(crossing: Crossing): void {
    const { train, insideAddress, insidePort, publicAddress, publicPort, remoteAddress, remotePort, applicationId } = crossing;
    const isUp = train.direction === 'up';
    this.#metering.observe(train, {
      sourceAddress: isUp ? insideAddress : remoteAddress,
      sourcePort: isUp ? insidePort : remotePort,
      destinationAddress: isUp ? remoteAddress : publicAddress,
      destinationPort: isUp ? remotePort : publicPort,
      postNatSourceAddress: isUp ? publicAddress : remoteAddress,
      postNaptSourcePort: isUp ? publicPort : remotePort,
      postNatDestinationAddress: isUp ? remoteAddress : insideAddress,
      postNaptDestinationPort: isUp ? remotePort : insidePort,
      ingressInterface: isUp ? INSIDE_INTERFACE : OUTSIDE_INTERFACE,
      egressInterface: isUp ? OUTSIDE_INTERFACE : INSIDE_INTERFACE,
      applicationId: this.#tellsApplications ? applicationId : 0,
    });
  }

  nextTimeout(): TrueNs {
    const metering = this.#metering.nextTimeout();
    const exporting = this.exporting.nextTimeout();
    return metering !== undefined && metering < exporting ? metering : exporting;
  }

  handleTimeout(now: TrueNs): void {
    this.#metering.handleTimeout(now);
    this.exporting.handleTimeout(now);
  }

  /** Ends every flow and makes everything ready to be sent, as on shutdown. */
  flush(now: TrueNs): void {
    this.#metering.flush(now);
    this.exporting.flush(now);
    this.exporting.sendTemplateMessage(now);
  }

  /** The next Message to send, or `undefined`. */
  poll(): Uint8Array | undefined {
    return this.exporting.poll();
  }
}
