import { captureTime, NS_PER_MS, type Epoch, type TrueNs } from '../../time/instant.ts';
import { internetChecksum, pseudoHeaderSum } from '../checksum.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP, type Connection, type PacketTrain } from '../packet-train.ts';
import { RECORD_HEADER_LENGTH, writeRecordHeader } from '../pcap.ts';
import { advance, Conversation, scramble, type Side } from './conversation.ts';
import { writePayload } from './payload.ts';
import { tcpHeaderLength, writeTcpHeader } from './tcp-header.ts';
import { TrainMerge, type RunningTrain } from './train-merge.ts';

const IPV4_HEADER_LENGTH = 20;
const UDP_HEADER_LENGTH = 8;
const MAX_PACKET_LENGTH = 65_535;
const DONT_FRAGMENT = 0x4000;
const FIRST_TTL = 64;
/** Where the IP packet and its transport header lie in the record. */
const PACKET = RECORD_HEADER_LENGTH;
const TRANSPORT = PACKET + IPV4_HEADER_LENGTH;

/** On which side of the router packets are captured: with the inside endpoint's own address, or its public one. */
export type CapturePoint = 'lan' | 'wan';

/**
 * Makes the packets that packet trains stand for: whole IPv4 packets with headers, checksums and payload, in the order of
 * time, as records of a capture file. The same trains, asked for at the same instants, give the same octets.
 */
export class PacketWriter {
  readonly #epoch: Epoch;
  readonly #point: CapturePoint;
  readonly #bleaches: boolean;
  readonly #merge = new TrainMerge();
  /** By connection id, as long as there is anything to remember. */
  readonly #conversations = new Map<number, Conversation>();
  readonly #record = new Uint8Array(RECORD_HEADER_LENGTH + MAX_PACKET_LENGTH);
  readonly #view = new DataView(this.#record.buffer);

  /** `bleaches`: whether the router takes the marks off what leaves for the internet. */
  constructor(epoch: Epoch, point: CapturePoint, bleaches = false) {
    this.#bleaches = bleaches;
    this.#epoch = epoch;
    this.#point = point;
  }

  /** A train begins; its inside endpoint is seen as `publicAddress:publicPort` from outside. Trains come in the order they start. */
  add(train: PacketTrain, publicAddress: number, publicPort: number): void {
    const { connection } = train;
    let conversation = this.#conversations.get(connection.id);
    if (conversation === undefined) {
      conversation = new Conversation(connection);
      this.#conversations.set(connection.id, conversation);
    }
    conversation.running++;
    const isLan = this.#point === 'lan';
    conversation.nearAddress = isLan ? connection.insideAddress : publicAddress;
    conversation.nearPort = isLan ? connection.insidePort : publicPort;
    this.#merge.add(train);
  }

  /**
   * The record of the next packet before `until`, or `undefined`; valid until the next call. All trains that start before
   * `until` must have been added.
   *
   * @throws RangeError when the octets of a packet do not hold its headers
   */
  next(until: TrueNs): Uint8Array | undefined {
    const running = this.#merge.next(until);
    if (running === undefined) return undefined;
    const conversation = this.#conversations.get(running.train.connection.id) as Conversation;
    const length = this.#write(running, conversation);
    if (running.isLast) this.#finished(conversation);
    return this.#record.subarray(0, RECORD_HEADER_LENGTH + length);
  }

  /** A connection that is over and a datagram that was answered need not be remembered. */
  #finished(conversation: Conversation): void {
    conversation.running--;
    const { connection, up, down } = conversation;
    const isOver = connection.protocol === PROTOCOL_TCP ? up.hasEnded && down.hasEnded : down.payloadOctets > 0;
    if (conversation.running === 0 && isOver) this.#conversations.delete(connection.id);
  }

  /** Writes the record; returns the octets of its packet. */
  #write(running: RunningTrain, conversation: Conversation): number {
    const { octets, at } = running;
    const { direction, connection } = running.train;
    const isUp = direction === 'up';
    const sender = isUp ? conversation.up : conversation.down;
    const headersLength = this.#writeTransport(running, conversation, sender, isUp ? conversation.down : conversation.up);
    if (octets < headersLength || octets > MAX_PACKET_LENGTH)
      throw new RangeError(`a packet of ${octets} octets does not hold headers of ${headersLength}`);
    writeRecordHeader(this.#view, captureTime(this.#epoch, at), octets);
    this.#writeIPv4Header(running, conversation, sender);
    const payload = this.#record.subarray(PACKET + headersLength, PACKET + octets);
    writePayload(payload, { conversation, direction, now: at, epoch: this.#epoch });
    sender.payloadOctets += payload.length;
    this.#writeChecksum(connection.protocol, octets);
    return octets;
  }

  /** RFC 791 section 3.1. The datagrams are atomic, so the Identification could be anything (RFC 6864 section 4.1); it counts. */
  #writeIPv4Header({ train, octets }: RunningTrain, conversation: Conversation, sender: Side): void {
    const { nearAddress, connection } = conversation;
    const isUp = train.direction === 'up';
    const view = this.#view;
    view.setUint16(PACKET, 0x4500 | (isUp ? this.#classOf(connection) : 0));
    view.setUint16(PACKET + 2, octets);
    view.setUint16(PACKET + 4, sender.identification);
    view.setUint16(PACKET + 6, DONT_FRAGMENT);
    view.setUint8(PACKET + 8, this.#hopsLeft(isUp, connection.serverAddress));
    view.setUint8(PACKET + 9, connection.protocol);
    view.setUint16(PACKET + 10, 0);
    view.setUint32(PACKET + 12, isUp ? nearAddress : connection.serverAddress);
    view.setUint32(PACKET + 16, isUp ? connection.serverAddress : nearAddress);
    view.setUint16(PACKET + 10, internetChecksum(view, PACKET, TRANSPORT, 0));
    sender.identification = (sender.identification + 1) & 0xffff;
  }

  #classOf({ classOfService = 0 }: Connection): number {
    return this.#point === 'wan' && this.#bleaches ? 0 : classOfService;
  }

  /** The time to live: our router takes one, and a server is a fixed 6 to 17 hops beyond it. */
  #hopsLeft(isUp: boolean, serverAddress: number): number {
    const taken = this.#point === (isUp ? 'lan' : 'wan') ? 0 : 1;
    return FIRST_TTL - taken - (isUp ? 0 : 6 + (scramble(serverAddress) % 12));
  }

  /** Writes the transport header but its checksum; returns the octets of all headers. */
  #writeTransport({ train, octets, tcpFlags, at }: RunningTrain, conversation: Conversation, sender: Side, peer: Side): number {
    const { nearPort, connection } = conversation;
    const { protocol, serverPort } = connection;
    const view = this.#view;
    if (protocol !== PROTOCOL_TCP && protocol !== PROTOCOL_UDP) return IPV4_HEADER_LENGTH;
    view.setUint16(TRANSPORT, train.direction === 'up' ? nearPort : serverPort);
    view.setUint16(TRANSPORT + 2, train.direction === 'up' ? serverPort : nearPort);
    if (protocol === PROTOCOL_UDP) {
      view.setUint16(TRANSPORT + 4, octets - IPV4_HEADER_LENGTH);
      return IPV4_HEADER_LENGTH + UDP_HEADER_LENGTH;
    }
    const headerLength = tcpHeaderLength(tcpFlags, octets - IPV4_HEADER_LENGTH);
    const payloadOctets = Math.max(0, octets - IPV4_HEADER_LENGTH - headerLength);
    sender.timestamp = (scramble(conversation.connection.device) + Math.floor(at / NS_PER_MS)) >>> 0;
    const numbers = advance(sender, peer, tcpFlags, payloadOctets);
    writeTcpHeader(view, TRANSPORT, headerLength, tcpFlags, numbers, sender, peer);
    view.setUint32(TRANSPORT + 16, 0);
    return IPV4_HEADER_LENGTH + headerLength;
  }

  /** Of TCP and UDP, over the pseudo header too; UDP never sends 0, which would mean "none" (RFC 768). */
  #writeChecksum(protocol: number, octets: number): void {
    if (protocol !== PROTOCOL_TCP && protocol !== PROTOCOL_UDP) return;
    const view = this.#view;
    const at = TRANSPORT + (protocol === PROTOCOL_TCP ? 16 : 6);
    view.setUint16(at, 0);
    const addresses = [view.getUint32(PACKET + 12), view.getUint32(PACKET + 16)] as const;
    const sum = pseudoHeaderSum(...addresses, protocol, octets - IPV4_HEADER_LENGTH);
    const checksum = internetChecksum(view, TRANSPORT, PACKET + octets, sum);
    view.setUint16(at, checksum === 0 && protocol === PROTOCOL_UDP ? 0xffff : checksum);
  }
}
