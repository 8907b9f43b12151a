import { encodePacket, NTP_HEADER_LENGTH, NTP_MODE } from '../../ntp/packet.ts';
import { referenceIdOf } from '../../ntp/reference-id.ts';
import { ntpTimestamp } from '../../ntp/timestamp.ts';
import { wallNs, type Epoch, type TrueNs } from '../../time/instant.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP, type Direction } from '../packet-train.ts';
import { scramble, type Conversation } from './conversation.ts';
import { dnsMessage } from './dns-message.ts';
import { clientOpening, serverOpening } from './tls-opening.ts';

const PORT_DNS = 53;
const PORT_NTP = 123;
/** HTTPS and IMAP over TLS. */
const TLS_PORTS: readonly number[] = [443, 993];
const APPLICATION_DATA = 23;
const RECORD_HEADER_LENGTH = 5;

/** Octets that mean nothing, like encrypted ones. The first is that of a QUIC packet with a short header (RFC 9000 section 17.3). */
const FILLER = Uint8Array.from({ length: 1_448 }, (_, index) => (index === 0 ? 0x41 : scramble(index) & 255));
const NOTHING = new Uint8Array(0);

/** What the payload of a packet depends on. */
export interface PayloadOf {
  readonly conversation: Conversation;
  readonly direction: Direction;
  readonly now: TrueNs;
  readonly epoch: Epoch;
}

/** Writes the payload of a packet into all of `target`: DNS, NTP and TLS where the connection is one, else octets without meaning. */
export function writePayload(target: Uint8Array, packet: PayloadOf): void {
  const { protocol, serverPort } = packet.conversation.connection;
  if (protocol === PROTOCOL_TCP) return writeStream(target, packet);
  const isUdp = protocol === PROTOCOL_UDP;
  const message = isUdp && serverPort === PORT_DNS ? dnsOf(target.length, packet) : undefined;
  const isNtp = isUdp && serverPort === PORT_NTP && target.length === NTP_HEADER_LENGTH;
  if (message !== undefined) target.set(message);
  else if (isNtp) target.set(ntpOf(packet));
  else repeat(FILLER, target);
}

/** The next octets of a TCP stream, of which some have been sent; what follows a TLS handshake is one record a packet (RFC 8446 section 5.2). */
function writeStream(target: Uint8Array, { conversation, direction }: PayloadOf): void {
  if (target.length === 0) return;
  const side = direction === 'up' ? conversation.up : conversation.down;
  const isTls = TLS_PORTS.includes(conversation.connection.serverPort);
  side.opening ??= isTls ? tlsOpening(conversation, direction) : NOTHING;
  const begun = side.opening.subarray(side.payloadOctets, side.payloadOctets + target.length);
  target.set(begun);
  const rest = target.subarray(begun.length);
  repeat(FILLER, rest);
  const dataLength = rest.length - RECORD_HEADER_LENGTH;
  if (isTls && dataLength > 0) rest.set([APPLICATION_DATA, 3, 3, dataLength >> 8, dataLength & 255]);
}

const tlsOpening = ({ connection }: Conversation, direction: Direction): Uint8Array =>
  direction === 'up' ? clientOpening(connection.serverName, connection.id) : serverOpening(connection.id);

/** Fills `target` with the pattern. */
function repeat(pattern: Uint8Array, target: Uint8Array): void {
  for (let at = 0; at < target.length; at += pattern.length) target.set(pattern.subarray(0, target.length - at), at);
}

function dnsOf(length: number, { conversation, direction }: PayloadOf): Uint8Array | undefined {
  const { id, serverName, dnsAnswer } = conversation.connection;
  if (serverName === '' || (direction === 'down' && dnsAnswer === 0)) return undefined;
  return dnsMessage(scramble(id), serverName, { isAnswer: direction === 'down', address: dnsAnswer }, length);
}

/** A client's question, or the answer of a server of stratum 1 (RFC 5905 section 7.3). */
function ntpOf({ conversation, direction, now, epoch }: PayloadOf): Uint8Array {
  const isUp = direction === 'up';
  const transmitTimestamp = ntpTimestamp(epoch, wallNs(now));
  const packet = encodePacket({
    leap: 0,
    version: 4,
    mode: isUp ? NTP_MODE.client : NTP_MODE.server,
    stratum: isUp ? 0 : 1,
    poll: 11,
    precision: isUp ? 0 : -20,
    rootDelayS: 0,
    rootDispersionS: isUp ? 0 : 0.001,
    referenceId: isUp ? 0 : referenceIdOf('GPS'),
    referenceTimestamp: isUp ? 0n : transmitTimestamp - (16n << 32n),
    originTimestamp: isUp ? 0n : conversation.up.transmitTimestamp,
    receiveTimestamp: isUp ? 0n : transmitTimestamp,
    transmitTimestamp,
  });
  if (isUp) conversation.up.transmitTimestamp = transmitTimestamp;
  return packet;
}
