/** A packet of a capture that our own writer made, taken apart without any of our own code. */
export interface NaivePacket {
  /** Nanoseconds since 1970. */
  readonly atNs: bigint;
  readonly source: number;
  readonly destination: number;
  readonly protocol: number;
  readonly identification: number;
  readonly octets: number;
  /** 0 unless TCP or UDP, like all that follow. */
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly tcpFlags: number;
  readonly payload: Buffer;
  /** Whether the IPv4 header and the transport header say what sums up to nothing (RFC 1071). */
  readonly checksumsHold: boolean;
}

const TCP = 6;
const UDP = 17;
const RECORD_HEADER_OCTETS = 16;

/** Packets of records as they are in a little-endian pcap file with nanoseconds and without a link layer. */
export function* naivePackets(records: Buffer): Generator<NaivePacket> {
  for (let at = 0; at < records.length;) {
    const [captured, original] = [records.readUInt32LE(at + 8), records.readUInt32LE(at + 12)];
    const packet = records.subarray(at + RECORD_HEADER_OCTETS, at + RECORD_HEADER_OCTETS + captured);
    if (captured !== original || packet.readUInt16BE(2) !== captured || packet[0] !== 0x45)
      throw new Error(`cut or strange at ${at}`);
    yield naivePacket(BigInt(records.readUInt32LE(at)) * 1_000_000_000n + BigInt(records.readUInt32LE(at + 4)), packet);
    at += RECORD_HEADER_OCTETS + captured;
  }
}

function naivePacket(atNs: bigint, packet: Buffer): NaivePacket {
  const transport = packet.subarray(20);
  const protocol = packet.readUInt8(9);
  const isTcp = protocol === TCP;
  const hasPorts = isTcp || protocol === UDP;
  if (protocol === UDP && transport.readUInt16BE(4) !== transport.length)
    throw new Error('a UDP length that is not the datagram’s');
  const pseudoHeader = Buffer.concat([
    packet.subarray(12, 20),
    Buffer.from([0, protocol, transport.length >> 8, transport.length & 255]),
  ]);
  return {
    atNs,
    source: packet.readUInt32BE(12),
    destination: packet.readUInt32BE(16),
    protocol,
    identification: packet.readUInt16BE(4),
    octets: packet.length,
    sourcePort: hasPorts ? transport.readUInt16BE(0) : 0,
    destinationPort: hasPorts ? transport.readUInt16BE(2) : 0,
    sequence: isTcp ? transport.readUInt32BE(4) : 0,
    acknowledgement: isTcp ? transport.readUInt32BE(8) : 0,
    tcpFlags: isTcp ? transport.readUInt8(13) : 0,
    payload: transport.subarray(isTcp ? 4 * (transport.readUInt8(12) >> 4) : protocol === UDP ? 8 : 0),
    checksumsHold:
      sumsToNothing(packet.subarray(0, 20)) && (!hasPorts || sumsToNothing(Buffer.concat([pseudoHeader, transport]))),
  };
}

/** With their checksum in them, 16-bit words add up to a multiple of 65535. */
function sumsToNothing(octets: Buffer): boolean {
  let sum = 0;
  for (const [index, octet] of octets.entries()) sum += index % 2 === 0 ? octet * 256 : octet;
  return sum % 65_535 === 0;
}

/**
 * Follows the TCP connections in packets, which must come in order: every segment begins where the one before it ended, SYN and
 * FIN taking a number each, and acknowledges no more than has been sent (RFC 9293 section 3.4). Returns what is wrong.
 */
export class NaiveTcp {
  readonly wrong: string[] = [];
  readonly #nextSequence = new Map<string, number>();

  segment(packet: NaivePacket): void {
    const { source, sourcePort, destination, destinationPort, sequence, acknowledgement, tcpFlags, payload } = packet;
    const from = `${source}:${sourcePort}`;
    const to = `${destination}:${destinationPort}`;
    const name = `${from}>${to}`;
    const [fin, syn, ack] = [tcpFlags & 1, (tcpFlags >> 1) & 1, (tcpFlags >> 4) & 1];
    const expected = this.#nextSequence.get(name);
    if (expected !== undefined && expected !== sequence) this.wrong.push(`${name}: ${sequence} instead of ${expected}`);
    this.#nextSequence.set(name, (sequence + payload.length + fin + syn) % 2 ** 32);
    const sent = this.#nextSequence.get(`${to}>${from}`);
    if (ack === 0 ? acknowledgement !== 0 : sent !== undefined && acknowledgement !== sent)
      this.wrong.push(`${name}: acknowledges ${acknowledgement} of ${sent}`);
  }
}
