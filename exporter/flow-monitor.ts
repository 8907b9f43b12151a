import type { Epoch, TrueNs } from '../core/time/instant.ts';
import type { VirtualClock } from '../core/time/virtual-clock.ts';
import type { Crossing } from './crossing.ts';
import { ExportingProcess, type ApplicationName } from './exporting/exporting-process.ts';
import type { ExportingConfig } from './exporting/config.ts';
import type { MeteringConfig } from './metering/config.ts';
import { MeteringProcess } from './metering/metering-process.ts';

/** ifIndex of the router's two sides, as in its MIB (RFC 2863). */
export const INSIDE_INTERFACE = 1;
export const OUTSIDE_INTERFACE = 2;
/** Where a dropped packet goes. */
const NO_INTERFACE = 0;

/** forwardingStatus, element 89: forwarded or dropped in the upper two bits, for no particular reason (RFC 7270 section 4.12). */
const FORWARDED = 0b01_000000;
const DROPPED = 0b10_000000;

/**
 * One way of looking at what crosses the router and of telling it: Observation Points, a Metering Process and an Exporting
 * Process. Observation Points are the ingress of both interfaces, so addresses 8/12 are those before translation and 225/226
 * those after it (RFC 8158 section 4.2). What the translation drops has been seen by then, and has no address after it.
 */
export class FlowMonitor {
  readonly exporting: ExportingProcess;
  readonly #metering: MeteringProcess;
  readonly #metersDropped: boolean;

  constructor(
    config: { readonly metering: MeteringConfig; readonly exporting: ExportingConfig },
    applications: readonly ApplicationName[],
    clock: VirtualClock,
    epoch: Epoch,
    startedAt: TrueNs,
  ) {
    this.exporting = new ExportingProcess(config.exporting, applications, clock, epoch, startedAt);
    this.#metering = new MeteringProcess(config.metering, clock, epoch, this.exporting);
    this.#metersDropped = config.metering.meterDropped;
  }

  /** A train crosses the router, beginning at its `startNs`. */
  observe(crossing: Crossing): void {
    const { train, insideAddress, insidePort, publicAddress, publicPort, remoteAddress, remotePort, applicationId } = crossing;
    const { isDropped } = crossing;
    if (isDropped && !this.#metersDropped) return;
    const isUp = train.direction === 'up';
    this.#metering.observe(train, {
      sourceAddress: isUp ? insideAddress : remoteAddress,
      sourcePort: isUp ? insidePort : remotePort,
      destinationAddress: isUp ? remoteAddress : publicAddress,
      destinationPort: isUp ? remotePort : publicPort,
      postNatSourceAddress: isUp ? publicAddress : remoteAddress,
      postNaptSourcePort: isUp ? publicPort : remotePort,
      postNatDestinationAddress: isDropped ? 0 : isUp ? remoteAddress : insideAddress,
      postNaptDestinationPort: isDropped ? 0 : isUp ? remotePort : insidePort,
      ingressInterface: isUp ? INSIDE_INTERFACE : OUTSIDE_INTERFACE,
      egressInterface: isDropped ? NO_INTERFACE : isUp ? OUTSIDE_INTERFACE : INSIDE_INTERFACE,
      applicationId,
      forwardingStatus: isDropped ? DROPPED : FORWARDED,
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
