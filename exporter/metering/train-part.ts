import type { ObservedPacket } from '../../core/flow/observed-packet.ts';
import { PROTOCOL_TCP, octetsOfFirst, packetsBy, tcpFlagsOf, trainEnd, type PacketTrain } from '../../core/net/packet-train.ts';
import { trueNs, type TrueNs } from '../../core/time/instant.ts';

/** What the Observation Point sees of a train: flow key and the fields beside it. */
export interface Observed {
  /** Addresses by their numbers (`address-book.ts`). */
  readonly sourceAddress: number;
  readonly destinationAddress: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** All four 0 where nothing is translated after the Observation Point. */
  readonly postNatSourceAddress: number;
  readonly postNatDestinationAddress: number;
  readonly postNaptSourcePort: number;
  readonly postNaptDestinationPort: number;
  readonly ingressInterface: number;
  readonly egressInterface: number;
  readonly applicationId: number;
  /** Tells the Observation Points of one Metering Process apart; 0 unless told. */
  readonly observationPoint?: number;
  /** Element 61; 0 (ingress) unless told. */
  readonly flowDirection?: number;
  /** Element 89; 0 (unknown) unless told. */
  readonly forwardingStatus?: number;
  /** Type * 256 + code; 0 unless told. */
  readonly icmpTypeCode?: number;
}

/** A train in the cache and how many of its packets are counted; of a biflow, whether it is the way back. */
export interface TrainPart {
  readonly train: PacketTrain;
  readonly observed: Observed;
  counted: number;
  reversed: boolean;
}

/** How many packets of the train passed strictly before `instant`. */
export const packetsBefore = (train: PacketTrain, instant: TrueNs): number => packetsBy(train, trueNs(instant - 1));

/** The instant of packet number `index` (from 0). */
export const packetAt = (train: PacketTrain, index: number): TrueNs => trueNs(train.startNs + train.intervalNs * index);

/** The instant of the train's first packet from number `from` on that has one of the control bits, or infinity. */
export function firstWithFlags(train: PacketTrain, from: number, bits: number): number {
  if (train.connection.protocol !== PROTOCOL_TCP) return Infinity;
  if (from === 0 && (train.tcpFlagsFirst & bits) !== 0) return train.startNs;
  if ((train.tcpFlags & bits) !== 0 && Math.max(from, 1) < train.packets - 1) return packetAt(train, Math.max(from, 1));
  if (train.packets > 1 && from < train.packets && (train.tcpFlagsLast & bits) !== 0) return trainEnd(train);
  return Infinity;
}

/** Octets of the packets that are not counted and pass before `instant`. */
export const octetsLeft = ({ train, counted }: TrainPart, instant: TrueNs): number =>
  octetsOfFirst(train, Math.max(counted, packetsBefore(train, instant))) - octetsOfFirst(train, counted);

/** Makes `packet` the train's packet number `index` as the Observation Point sees it. */
export function loadPacket(packet: ObservedPacket, train: PacketTrain, observed: Observed, index: number): void {
  packet.atNs = packetAt(train, index);
  packet.octets = octetsOfFirst(train, index + 1) - octetsOfFirst(train, index);
  packet.tcpFlags = tcpFlagsOf(train, index, index + 1);
  packet.applicationId = observed.applicationId;
  packet.setAddresses(observed.sourceAddress, observed.destinationAddress);
  packet.setTransport(train.connection.protocol, observed.sourcePort, observed.destinationPort);
  packet.setInterfaces(observed.ingressInterface, observed.egressInterface);
  packet.setPostNat(
    observed.postNatSourceAddress,
    observed.postNaptSourcePort,
    observed.postNatDestinationAddress,
    observed.postNaptDestinationPort,
  );
  packet.setPoint(
    observed.observationPoint ?? 0,
    observed.flowDirection ?? 0,
    observed.icmpTypeCode ?? 0,
    observed.forwardingStatus,
  );
}
