import type { ObservedPacket } from '../core/flow/observed-packet.ts';
import { icmpTypeCodeOf } from '../core/net/icmp.ts';
import type { NatEvent } from '../core/net/nat-event.ts';
import { unixMs, type Epoch, type TrueNs } from '../core/time/instant.ts';
import type { VirtualClock } from '../core/time/virtual-clock.ts';
import type { MonitorConfig } from './config.ts';
import type { Crossing } from './crossing.ts';
import { ExportingProcess, type ApplicationName } from './exporting/exporting-process.ts';
import { NatEventRecords } from './exporting/nat-event-records.ts';
import type { Ignored, MeterFacts } from './exporting/meter-facts.ts';
import type { MeteringConfig, ObservationPoint } from './metering/config.ts';
import { pairsAcrossNat } from './metering/flow-key.ts';
import { keyElementsOf } from './metering/key-elements.ts';
import { MeteringProcess } from './metering/metering-process.ts';
import type { Observed } from './metering/train-part.ts';

/** ifIndex of the router's two sides, as in its MIB (RFC 2863). */
export const INSIDE_INTERFACE = 1;
export const OUTSIDE_INTERFACE = 2;
/** Where a dropped packet goes. */
const NO_INTERFACE = 0;

/** forwardingStatus, element 89: forwarded or dropped in the upper two bits, for no particular reason (RFC 7270 section 4.12). */
const FORWARDED = 0b01_000000;
const DROPPED = 0b10_000000;

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
 * egress all is translated, and 225 to 228, "after the packet traversed the Observation Point", have nothing to tell. What the
 * translation drops was seen where it came in, and has no address after it.
 */
export class FlowMonitor {
  readonly exporting: ExportingProcess;
  readonly metering: MeteringProcess;
  readonly #natEvents: NatEventRecords;
  readonly #tellsApplications: boolean;
  readonly #metersDropped: boolean;
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
    const facts = { ...factsOf(metering), ignored: () => this.#ignored(clock, epoch) };
    this.exporting = new ExportingProcess(config.exporting, applications, clock, epoch, startedAt, facts);
    this.#natEvents = new NatEventRecords(config.exporting.natEventProfile);
    this.#tellsApplications = config.exporting.applicationIds;
    this.metering = new MeteringProcess(metering, clock, epoch, this.exporting);
    this.#metersDropped = metering.meterDropped;
    this.#points = new Set(metering.observationPoints);
    // The two directions of a biflow meet as one Observation Point: that of a side, or of the whole router.
    const isRouter = pairsAcrossNat(metering);
    this.#numberOf = metering.biflow ? (point) => (isRouter || point.startsWith('lan') ? 0 : 1) : (point) => POINT_NUMBER[point];
  }

  /** A train crosses the router, beginning at its `startNs`. */
  observe(crossing: Crossing): void {
    if (crossing.isDropped) {
      if (this.#metersDropped) this.#observeAt('wan-ingress', crossing);
      return;
    }
    const isUp = crossing.train.direction === 'up';
    this.#observeAt(isUp ? 'lan-ingress' : 'wan-ingress', crossing);
    this.#observeAt(isUp ? 'wan-egress' : 'lan-egress', crossing);
  }

  /** One packet passes; `packet` tells what the Observation Point sees of it and may be filled again for the next. */
  observePacket(packet: ObservedPacket): void {
    this.metering.observePacket(packet);
  }

  /** Something happened in the translation, at `atMs` since 1970 by the router's clock. */
  natEvent(now: TrueNs, event: NatEvent, atMs: number): void {
    const record = this.#natEvents.recordOf(event, atMs);
    if (record !== undefined) this.exporting.exportRecord(now, record.template, record.values);
  }

  nextTimeout(): TrueNs {
    const metering = this.metering.nextTimeout();
    const exporting = this.exporting.nextTimeout();
    return metering < exporting ? metering : exporting;
  }

  handleTimeout(now: TrueNs): void {
    this.metering.handleTimeout(now);
    this.exporting.handleTimeout(now);
  }

  /**
   * Ends every flow, or `most` of them, and makes everything ready to be sent, as on shutdown. Returns whether that was all; else it
   * is to be called again.
   */
  flush(now: TrueNs, most = Infinity): boolean {
    if (!this.metering.flush(now, most)) return false;
    this.exporting.flush(now);
    this.exporting.sendTemplateMessage(now);
    return true;
  }

  /** The next Message to send, or `undefined`. */
  poll(): Uint8Array | undefined {
    return this.exporting.poll();
  }

  #ignored(clock: VirtualClock, epoch: Epoch): Ignored {
    const { counters, ignoredAt } = this.metering;
    const ms = (at: TrueNs): number => (counters.ignoredPackets === 0 ? 0 : unixMs(epoch, clock.read(at)));
    return {
      packets: counters.ignoredPackets,
      octets: counters.ignoredOctets,
      firstMs: ms(ignoredAt.first),
      lastMs: ms(ignoredAt.last),
    };
  }

  #observeAt(name: ObservationPoint, crossing: Crossing): void {
    if (!this.#points.has(name)) return;
    const { isIngress, isLan } = POINTS[name];
    const isUp = crossing.train.direction === 'up';
    const { applicationId, isDropped } = crossing;
    const here = headerOn(isLan, crossing);
    const after = isIngress && crossing.isTranslated ? headerOn(!isLan, crossing) : NO_HEADER;
    // Written out: an object made by spreading has another shape, and a million of them a day cost more than all the rest.
    this.metering.observe(isLan ? crossing.train : crossing.outsideTrain, {
      sourceAddress: here.sourceAddress,
      destinationAddress: here.destinationAddress,
      sourcePort: here.sourcePort,
      destinationPort: here.destinationPort,
      postNatSourceAddress: after.sourceAddress,
      postNatDestinationAddress: isDropped ? 0 : after.destinationAddress,
      postNaptSourcePort: after.sourcePort,
      postNaptDestinationPort: isDropped ? 0 : after.destinationPort,
      ingressInterface: isUp ? INSIDE_INTERFACE : OUTSIDE_INTERFACE,
      egressInterface: isDropped ? NO_INTERFACE : isUp ? OUTSIDE_INTERFACE : INSIDE_INTERFACE,
      applicationId: this.#tellsApplications ? applicationId : 0,
      observationPoint: this.#numberOf(name),
      flowDirection: isIngress ? INGRESS : EGRESS,
      forwardingStatus: isDropped ? DROPPED : FORWARDED,
      classOfService: isIngress ? crossing.classOfService : crossing.postClassOfService,
      postClassOfService: crossing.postClassOfService,
      icmpTypeCode: icmpTypeCodeOf(crossing.train.connection, crossing.train.direction),
    });
  }
}

/** Where the router looks: on which side, and whether packets come in or go out there. */
const POINTS: Readonly<Record<ObservationPoint, { readonly isIngress: boolean; readonly isLan: boolean }>> = {
  'lan-ingress': { isIngress: true, isLan: true },
  'wan-egress': { isIngress: false, isLan: false },
  'wan-ingress': { isIngress: true, isLan: false },
  'lan-egress': { isIngress: false, isLan: true },
};

type Header = Pick<Observed, 'sourceAddress' | 'sourcePort' | 'destinationAddress' | 'destinationPort'>;

/** Where nothing is translated any more. */
const NO_HEADER: Header = { sourceAddress: 0, sourcePort: 0, destinationAddress: 0, destinationPort: 0 };

/** The endpoints in the packets' headers on one side of the translation. */
function headerOn(isLan: boolean, crossing: Crossing): Header {
  const { direction, connection } = isLan ? crossing.train : crossing.outsideTrain;
  const { serverAddress: remoteAddress, serverPort: remotePort } = connection;
  const address = isLan ? crossing.insideAddress : crossing.publicAddress;
  const port = isLan ? crossing.insidePort : crossing.publicPort;
  return direction === 'up'
    ? { sourceAddress: address, sourcePort: port, destinationAddress: remoteAddress, destinationPort: remotePort }
    : { sourceAddress: remoteAddress, sourcePort: remotePort, destinationAddress: address, destinationPort: port };
}

const SAMPLING_MODE = { 'count-based': 'count', 'n-of-n': 'random', uniform: 'uniform' } as const;

/** What options records say of the Metering Process. */
const factsOf = (config: MeteringConfig): Omit<MeterFacts, 'ignored'> => {
  const { activeTimeoutMs, inactiveTimeoutMs, sampling } = config;
  return {
    activeTimeoutMs,
    inactiveTimeoutMs,
    sampling:
      sampling.algorithm === 'none'
        ? { mode: 'count', interval: 1 }
        : { mode: SAMPLING_MODE[sampling.algorithm], interval: sampling.population / sampling.size, size: sampling.size },
    keys: keyElementsOf(config),
    interfaces: INTERFACES,
  };
};
