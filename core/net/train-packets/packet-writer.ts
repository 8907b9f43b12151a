import { captureTime, NS_PER_MS, type Epoch, type TrueNs } from '../../time/instant.ts';
import { wordsOf, isIPv6 } from '../address-book.ts';
import { internetChecksum } from '../checksum.ts';
import { PROTOCOL_ICMP } from '../icmp.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP, type Connection, type PacketTrain } from '../packet-train.ts';
import { RECORD_HEADER_LENGTH, writeRecordHeader } from '../pcap.ts';
import { advance, Conversation, scramble, type Side } from './conversation.ts';
import { ICMP_HEADER_LENGTH, writeIcmp } from './icmp-message.ts';
import { ipHeaderLength, writeIpHeader } from './ip-header.ts';
import { writePayload } from './payload.ts';
import { TCP_HEADER_LENGTH, tcpHeaderLength, writeTcpHeader } from './tcp-header.ts';
import { TrainMerge, type RunningTrain } from './train-merge.ts';

const UDP_HEADER_LENGTH = 8;
const MAX_PACKET_LENGTH = 65_535;
/** Octets of the largest packet on an Ethernet. */
const MTU = 1_500;
const FIRST_HOPS = 64;
/** Where the IP packet lies in the record. */
const PACKET = RECORD_HEADER_LENGTH;

/**
 * Connections remembered; beyond it the one that was silent longest is forgotten, and counts anew should it speak again. Many a
 * question is never answered, so that nobody knows when it is over.
 */
const MOST_CONVERSATIONS = 65_536;

/** On which side of the router packets are captured: with the inside endpoint's own address, or its public one. */
export type CapturePoint = 'lan' | 'wan';

/**
 * Makes the packets that packet trains stand for: whole IPv4 and IPv6 packets with headers, checksums and payload, in the order of
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
    const conversation = this.#conversations.get(connection.id) ?? new Conversation(connection);
    conversation.running++;
    this.#remember(conversation);
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

  /** As the last to have spoken. */
  #remember(conversation: Conversation): void {
    const { id } = conversation.connection;
    this.#conversations.delete(id);
    this.#conversations.set(id, conversation);
    if (this.#conversations.size <= MOST_CONVERSATIONS) return;
    for (const [oldest, { running }] of this.#conversations) {
      if (running > 0) continue;
      this.#conversations.delete(oldest);
      return;
    }
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
    const pseudoHeaderSum = this.#writeIpHeader(running, conversation, sender);
    sender.lastOctets = octets;
    if (connection.protocol === PROTOCOL_ICMP) {
      const ipLength = ipHeaderLength(connection.serverAddress);
      writeIcmp(this.#view, PACKET + ipLength, octets - ipLength, direction, conversation, this.#causeOf(connection));
      sender.payloadOctets += octets - headersLength;
      return octets;
    }
    const payload = this.#record.subarray(PACKET + headersLength, PACKET + octets);
    writePayload(payload, { conversation, direction, now: at, epoch: this.#epoch });
    sender.payloadOctets += payload.length;
    sender.lastChecksum = this.#writeChecksum(connection, octets, pseudoHeaderSum);
    return octets;
  }

  /** What an ICMP error is about: one that is forgotten looks like one that has just begun. */
  #causeOf({ about }: Connection): Conversation | undefined {
    if (about === undefined) return undefined;
    const known = this.#conversations.get(about.id);
    if (known !== undefined) return known;
    const unknown = new Conversation(about);
    unknown.nearAddress = about.insideAddress;
    unknown.nearPort = about.insidePort;
    return unknown;
  }

  /** Returns the sum of the pseudo header. */
  #writeIpHeader({ train, octets }: RunningTrain, conversation: Conversation, sender: Side): number {
    const { nearAddress, connection } = conversation;
    const { protocol, serverAddress } = connection;
    const isUp = train.direction === 'up';
    const { identification, flowLabel } = sender;
    sender.identification = (identification + 1) & 0xffff;
    return writeIpHeader(this.#view, PACKET, {
      source: isUp ? nearAddress : serverAddress,
      destination: isUp ? serverAddress : nearAddress,
      protocol,
      classOfService: isUp ? this.#classOf(connection) : 0,
      hops: this.#hopsLeft(isUp, connection),
      octets,
      identification,
      flowLabel,
    });
  }

  #classOf({ classOfService = 0 }: Connection): number {
    return this.#point === 'wan' && this.#bleaches ? 0 : classOfService;
  }

  /** The time to live or hop limit: our router takes one, and a server is a fixed 6 to 17 hops beyond it. */
  #hopsLeft(isUp: boolean, { serverAddress, timeToLive }: Connection): number {
    const taken = this.#point === (isUp ? 'lan' : 'wan') ? 0 : 1;
    return ((isUp ? timeToLive : undefined) ?? FIRST_HOPS) - taken - (isUp ? 0 : 6 + (scramble(seedOf(serverAddress)) % 12));
  }

  /** Writes the transport header but its checksum; returns the octets of all headers. */
  #writeTransport({ train, octets, tcpFlags, at }: RunningTrain, conversation: Conversation, sender: Side, peer: Side): number {
    const { nearPort, connection } = conversation;
    const { protocol, serverAddress, serverPort } = connection;
    const view = this.#view;
    const ipLength = ipHeaderLength(serverAddress);
    const transport = PACKET + ipLength;
    if (protocol === PROTOCOL_ICMP) return ipLength + ICMP_HEADER_LENGTH;
    if (protocol !== PROTOCOL_TCP && protocol !== PROTOCOL_UDP) return ipLength;
    view.setUint16(transport, train.direction === 'up' ? nearPort : serverPort);
    view.setUint16(transport + 2, train.direction === 'up' ? serverPort : nearPort);
    if (protocol === PROTOCOL_UDP) {
      view.setUint16(transport + 4, octets - ipLength);
      return ipLength + UDP_HEADER_LENGTH;
    }
    const headerLength = tcpHeaderLength(tcpFlags, octets - ipLength);
    const payloadOctets = Math.max(0, octets - ipLength - headerLength);
    const clock = train.direction === 'up' ? connection.device : seedOf(serverAddress);
    sender.timestamp = (scramble(clock) + Math.floor(at / NS_PER_MS)) >>> 0;
    const numbers = advance(sender, peer, tcpFlags, payloadOctets);
    const mss = MTU - ipLength - TCP_HEADER_LENGTH;
    writeTcpHeader(view, transport, { headerLength, flags: tcpFlags, mss, ...numbers }, sender, peer);
    view.setUint32(transport + 16, 0);
    return ipLength + headerLength;
  }

  /** Of TCP and UDP, over the pseudo header too; returns it. UDP never sends 0, which would mean "none" (RFC 768) and is forbidden in IPv6 (RFC 8200 section 8.1). */
  #writeChecksum({ protocol, serverAddress }: Connection, octets: number, pseudoHeaderSum: number): number {
    if (protocol !== PROTOCOL_TCP && protocol !== PROTOCOL_UDP) return 0;
    const view = this.#view;
    const transport = PACKET + ipHeaderLength(serverAddress);
    const at = transport + (protocol === PROTOCOL_TCP ? 16 : 6);
    view.setUint16(at, 0);
    const checksum = internetChecksum(view, transport, PACKET + octets, pseudoHeaderSum);
    const sent = checksum === 0 && protocol === PROTOCOL_UDP ? 0xffff : checksum;
    view.setUint16(at, sent);
    return sent;
  }
}

/** 32 bits of the address itself: the number of an IPv6 one depends on what else was named before it. */
function seedOf(address: number): number {
  if (!isIPv6(address)) return address;
  return wordsOf(address).reduce((seed, word) => Math.imul(seed, 31) ^ word, 0);
}
