import type { PacketView } from '../core/net/packet/packet-view.ts';
import type { Connection, Direction, PacketTrain } from '../core/net/packet-train.ts';
import type { TrueNs } from '../core/time/instant.ts';

/** A conversation that was found in a capture: nobody knows whose it is and what it is about. */
export const capturedConnection = (
  id: number,
  protocol: number,
  insideAddress: number,
  insidePort: number,
  serverAddress: number,
  serverPort: number,
): Connection => ({
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
});

/** One captured packet as a train of its own. */
export const singlePacket = (
  now: TrueNs,
  { octets, tcpFlags }: Pick<PacketView, 'octets' | 'tcpFlags'>,
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
});
