import { numberOfIPv6 } from '../../../core/net/address-book.ts';
import { endpointNumber } from '../../../core/net/endpoint-number.ts';
import type { PacketTrain } from '../../../core/net/packet-train.ts';
import { NS_PER_S, trueNs } from '../../../core/time/instant.ts';
import { natSchema, type NatConfig } from '../../../exporter/nat/config.ts';
import type { Nat } from '../../../exporter/nat/nat.ts';
import { connectionWith } from '../../support/connection.ts';

export const ICMP = 1;
export const TCP = 6;
export const UDP = 17;

export const PUBLIC_ADDRESS = 0xcb007102;
export const INSIDE_NET = 0x0a000100;
/** Hosts of NAT64: 2001:db8:50::x, whose numbers are given in the order they are first named. */
export const INSIDE_IPV6_NET = Array.from({ length: 100 }, (_, host) =>
  numberOfIPv6([0x20010db8, 0x500000, 0, host]),
)[0] as number;
export const REMOTE_NET = 0xc6120100;

/** One packet of the conversation between an inside and a remote endpoint. */
export interface Packet {
  readonly atS: number;
  readonly protocol: number;
  /** What `host` counts from: 10.0.1.0, or 2001:db8:50::. */
  readonly net: number;
  /** Last octets of 10.0.1.x and 198.18.1.x; a remote above 2^24 is an address of its own. */
  readonly host: number;
  readonly port: number;
  readonly remote: number;
  readonly remotePort: number;
  readonly flags: number;
}

const PLAIN: Packet = { atS: 0, protocol: UDP, net: INSIDE_NET, host: 1, port: 50_000, remote: 1, remotePort: 443, flags: 0 };

export const remoteAddressOf = (remote: number): number => (remote > 0xffffff ? remote : REMOTE_NET + remote);

function train(packet: Packet, direction: 'up' | 'down'): PacketTrain {
  return {
    connection: connectionWith({
      protocol: packet.protocol,
      insideAddress: packet.net + packet.host,
      insidePort: packet.port,
      serverAddress: remoteAddressOf(packet.remote),
      serverPort: packet.remotePort,
    }),
    direction,
    startNs: trueNs(packet.atS * NS_PER_S),
    intervalNs: 0,
    packets: 1,
    octets: 60,
    tcpFlagsFirst: packet.flags,
    tcpFlags: 0,
    tcpFlagsLast: 0,
  };
}

export const config = (input: object = {}): NatConfig => natSchema.parse(input);

export const seconds = (atS: number) => trueNs(atS * NS_PER_S);

/** Sends a packet out and returns its public endpoint, -1 when it is dropped. */
export function out(nat: Nat, packet: Partial<Packet>): number {
  const sent = train({ ...PLAIN, ...packet }, 'up');
  return nat.outbound(sent.startNs, sent);
}

/** Sends a packet in to a public endpoint, or to a port of the first public address; whether it reaches its inside endpoint. */
export function into(nat: Nat, packet: Partial<Packet>, to: number): boolean {
  const sent = train({ ...PLAIN, ...packet }, 'down');
  return nat.inbound(sent.startNs, sent, to < 65_536 ? endpointNumber(PUBLIC_ADDRESS, to) : to);
}

/**
 * An ICMP error for the packet: from inside with the host that `from` names as its sender, or from a hop outside. Its own type
 * stands in the place of the port at its end (`core/net/icmp.ts`).
 */
function errorOf(about: Partial<Packet>, direction: 'up' | 'down', atS: number, from: number): PacketTrain {
  const carried = train({ ...PLAIN, ...about }, direction === 'up' ? 'down' : 'up').connection;
  const isUp = direction === 'up';
  const { connection, ...rest } = train({ ...PLAIN, atS, protocol: ICMP, host: from, remote: 9 }, direction);
  const ends = isUp
    ? { insidePort: 0, serverAddress: carried.serverAddress, serverPort: PORT_UNREACHABLE }
    : { insideAddress: carried.insideAddress, insidePort: TIME_EXCEEDED, serverPort: 0 };
  return { ...rest, connection: { ...connection, ...ends, about: carried } };
}

export const PORT_UNREACHABLE = 0x0303;
export const TIME_EXCEEDED = 0x0b00;

/** Sends an error about the packet out, from the host it was for unless told; returns the public endpoint it leaves from or -1. */
export function errorOut(nat: Nat, about: Partial<Packet>, atS: number, from = about.host ?? PLAIN.host): number {
  const sent = errorOf(about, 'up', atS, from);
  return nat.outbound(sent.startNs, sent);
}

/** A hop outside complains of the packet, which it saw come from the public endpoint; whether that reaches its sender. */
export function errorInto(nat: Nat, about: Partial<Packet>, atS: number, publicEndpoint: number): boolean {
  const sent = errorOf(about, 'down', atS, 1);
  return nat.inbound(sent.startNs, sent, publicEndpoint);
}
