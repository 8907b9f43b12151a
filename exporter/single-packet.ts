import type { ObservedPacket } from '../core/flow/observed-packet.ts';
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from '../core/net/icmp.ts';
import type { PacketView } from '../core/net/packet/packet-view.ts';
import type { Connection, Direction, PacketTrain } from '../core/net/packet-train.ts';
import type { TrueNs } from '../core/time/instant.ts';

/** What tells conversations apart. */
export type Tuple = Pick<Connection, 'protocol' | 'insideAddress' | 'insidePort' | 'serverAddress' | 'serverPort'>;

/** A conversation that was found in a capture: nobody knows whose it is and what it is about, an ICMP error excepted. */
export function capturedConnection(id: number, tuple: Tuple, about?: Connection): Connection {
  const { protocol, insideAddress, insidePort, serverAddress, serverPort } = tuple;
  const connection = {
    id,
    device: -1,
    activity: -1,
    protocol,
    insideAddress,
    insidePort,
    serverAddress,
    serverPort,
    serverName: '',
    dnsAnswer: 0,
    calledAddress: 0,
    calledPort: 0,
  };
  return about === undefined ? connection : { ...connection, about };
}

/** What a train knows of a captured packet. */
export type Captured = Pick<PacketView, 'octets' | 'tcpFlags' | 'classOfService'>;

/** One captured packet as a train of its own. */
export const singlePacket = (
  now: TrueNs,
  { octets, tcpFlags, classOfService }: Captured,
  connection: Connection,
  direction: Direction,
): PacketTrain => ({
  connection,
  direction,
  startNs: now,
  intervalNs: 0,
  packets: 1,
  octets,
  tcpFlagsFirst: tcpFlags,
  tcpFlags: 0,
  tcpFlagsLast: 0,
  classOfService,
});

/** Makes `packet` the captured one as it is seen, where nothing is translated. */
export function loadSeen(packet: ObservedPacket, now: TrueNs, view: PacketView): void {
  const { protocol, icmpTypeCode } = view;
  // By custom the destination port of ICMP is its type and code, so that a ping and its answer are flows of their own.
  const isIcmp = protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6;
  packet.atNs = now;
  packet.octets = view.octets;
  packet.tcpFlags = view.tcpFlags;
  packet.sourceMac = view.sourceMac;
  packet.destinationMac = view.destinationMac;
  if (view.ipVersion === 4) packet.setIPv4(view.sourceAddress, view.destinationAddress);
  else packet.setIPv6(view.ipv6Addresses, 0);
  packet.setTransport(protocol, view.sourcePort, isIcmp ? icmpTypeCode : view.destinationPort);
  packet.setClassOfService(view.classOfService, view.vlanId);
  packet.setPoint(0, 0, icmpTypeCode);
  packet.setPostClassOfService(view.classOfService);
}
