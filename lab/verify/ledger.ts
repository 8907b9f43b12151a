import { isIPv6 } from '../../core/net/address-book.ts';
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from '../../core/net/icmp.ts';
import { embeddedIPv4, HEADER_DIFFERENCE_OCTETS, isNat64 } from '../../core/net/nat64-address.ts';
import type { Connection, PacketTrain } from '../../core/net/packet-train.ts';
import { TCP_FIN, TCP_RST } from '../../core/net/packet-train.ts';
import type { TrueNs } from '../../core/time/instant.ts';
import { addressColumn, float64Column, uint16Column, uint32Column, uint8Column } from './growing-column.ts';

/** Direction of a train in the ledger's column. */
export const UP = 0;
export const DOWN = 1;

/** The device of what no device inside sent or got, and the activity of what belongs to none. */
export const NOBODY = 0xffff_ffff;

/**
 * The truth: every packet train that passed the router, with the public endpoint the internet saw, and, when the router meters
 * it, what it dropped. Nobody inside got that: its connection has the public endpoint as its inside endpoint, which over IPv6,
 * untranslated, is still that of the device. Endpoints are as the inside knows them, octets as the router saw them come in: over
 * NAT64 what comes from outside is IPv4 then, of a shorter header. Written by the world as it happens, read by the judge alone.
 */
export class Ledger {
  /** Simulated time ends here: packets after it are never seen by anybody. Not known before. */
  endNs = Infinity;
  /** Trains nobody metered, for they were refused or never sent. */
  readonly refusals = { trains: 0, packets: 0, octets: 0 };
  /** When packets came from inside for which the router had no public port, in the order they came. */
  readonly portless = float64Column();

  readonly connections = {
    device: uint32Column(),
    activity: uint32Column(),
    protocol: uint8Column(),
    insideAddress: addressColumn(),
    insidePort: uint16Column(),
    serverAddress: addressColumn(),
    serverPort: uint16Column(),
    serverName: [] as string[],
  };

  readonly trains = {
    connection: uint32Column(),
    direction: uint8Column(),
    startNs: float64Column(),
    intervalNs: float64Column(),
    packets: float64Column(),
    octets: float64Column(),
    publicAddress: addressColumn(),
    publicPort: uint16Column(),
    /** The instant of the train's first FIN or RST, which ends a TCP flow; -1 without one. */
    endedNs: float64Column(),
  };

  /** Addresses the outside sends to that are not translated: those of devices. */
  readonly untranslated = new Set<number>();

  readonly #metersDropped: boolean;

  /** `metersDropped`: whether the router is set to meter what it drops; else nobody can know of it. */
  constructor(metersDropped = true) {
    this.#metersDropped = metersDropped;
  }

  /** How many trains are written down. */
  get length(): number {
    return this.trains.startNs.length;
  }

  /** Writes down a train that passed the router, seen from outside as `publicAddress:publicPort`. */
  passed(train: PacketTrain, publicAddress: number, publicPort: number): void {
    this.#write(train, this.#row(train.connection), publicAddress, publicPort);
  }

  /** Writes down a train from outside that the router gave to nobody. */
  dropped(train: PacketTrain, publicAddress: number, publicPort: number): void {
    if (!this.#metersDropped) return this.refused(train);
    const row = isIPv6(publicAddress)
      ? this.#row(train.connection)
      : this.#droppedRow(train.connection, publicAddress, publicPort);
    this.#write(train, row, publicAddress, publicPort);
  }

  /**
   * Writes down a train as whoever stands outside the router sees it: not who is meant inside, but the public endpoint, and of NAT64
   * the IPv4 packets.
   */
  passedOutside(train: PacketTrain, publicAddress: number, publicPort: number): void {
    const { connection } = train;
    if (isIPv6(publicAddress)) return this.passed(train, publicAddress, publicPort);
    const isTranslated = connection.protocol === PROTOCOL_ICMPV6;
    const row = this.#droppedRow(
      isTranslated ? { ...connection, protocol: PROTOCOL_ICMP } : connection,
      publicAddress,
      publicPort,
    );
    this.#write(train, row, publicAddress, publicPort, isNat64(connection.insideAddress, publicAddress));
  }

  #write(
    train: PacketTrain,
    row: number,
    publicAddress: number,
    publicPort: number,
    isShorter = train.direction === 'down' && isNat64(train.connection.insideAddress, publicAddress),
  ): void {
    const { trains } = this;
    if (isIPv6(publicAddress)) this.untranslated.add(publicAddress);
    trains.connection.push(row);
    trains.direction.push(train.direction === 'up' ? UP : DOWN);
    trains.startNs.push(train.startNs);
    trains.intervalNs.push(train.intervalNs);
    trains.packets.push(train.packets);
    trains.octets.push(train.octets - (isShorter ? HEADER_DIFFERENCE_OCTETS * train.packets : 0));
    trains.publicAddress.push(publicAddress);
    trains.publicPort.push(publicPort);
    trains.endedNs.push(endOf(train));
  }

  /** Counts a train that nobody metered. */
  refused(train: PacketTrain): void {
    this.refusals.trains++;
    this.refusals.packets += train.packets;
    this.refusals.octets += train.octets;
    // An ICMP error goes by the port of what it is about.
    if (train.direction === 'up' && train.connection.about === undefined) this.portless.push(train.startNs);
  }

  close(end: TrueNs): void {
    this.endNs = end;
  }

  /** By connection id: they are counted from 0, so a list is smaller than a map. */
  readonly #rowOf: number[] = [];
  /** The same for what was dropped, of the latest public endpoint: a connection may have had several. */
  readonly #droppedRowOf: number[] = [];

  #row(connection: Connection): number {
    const { id, device, insideAddress, insidePort, serverAddress } = connection;
    return (this.#rowOf[id] ??= this.#add(connection, device, insideAddress, insidePort, serverAddress));
  }

  #droppedRow(connection: Connection, publicAddress: number, publicPort: number): number {
    const { insideAddress, insidePort } = this.connections;
    const known = this.#droppedRowOf[connection.id];
    if (known !== undefined && insideAddress.at(known) === publicAddress && insidePort.at(known) === publicPort) return known;
    // Of NAT64 it is what it is outside.
    const { serverAddress } = connection;
    const server = isIPv6(serverAddress) ? embeddedIPv4(serverAddress) : serverAddress;
    return (this.#droppedRowOf[connection.id] = this.#add(connection, NOBODY, publicAddress, publicPort, server));
  }

  #add(connection: Connection, device: number, insideAddress: number, insidePort: number, serverAddress: number): number {
    const { connections } = this;
    const row = connections.serverName.length;
    connections.device.push(device);
    connections.activity.push(connection.activity < 0 ? NOBODY : connection.activity);
    connections.protocol.push(connection.protocol);
    connections.insideAddress.push(insideAddress);
    connections.insidePort.push(insidePort);
    connections.serverAddress.push(serverAddress);
    connections.serverPort.push(connection.serverPort);
    connections.serverName.push(connection.serverName);
    return row;
  }
}

function endOf({ startNs, intervalNs, packets, tcpFlagsFirst, tcpFlags, tcpFlagsLast }: PacketTrain): number {
  if ((tcpFlagsFirst & (TCP_FIN | TCP_RST)) !== 0) return startNs;
  if (packets > 2 && (tcpFlags & (TCP_FIN | TCP_RST)) !== 0) return startNs + intervalNs;
  return packets > 1 && (tcpFlagsLast & (TCP_FIN | TCP_RST)) !== 0 ? startNs + intervalNs * (packets - 1) : -1;
}
