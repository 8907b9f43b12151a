/** Octets of an NTP header without extension fields and MAC (RFC 5905 section 7.3). */
export const NTP_HEADER_LENGTH = 48;

/** Association modes (RFC 5905 figure 10); the text of section 3 has client and server the wrong way round. */
export const NTP_MODE = { reserved: 0, symmetricActive: 1, symmetricPassive: 2, client: 3, server: 4 } as const;

/** What a server is told to send to. */
export const NTP_PORT = 123;

/** Leap indicator of a clock that is not synchronised (RFC 5905 figure 9). */
export const LEAP_UNSYNCHRONISED = 3;

/** The header of an NTP packet, RFC 5905 figure 8. The four timestamps are 64 bits of seconds and fraction, 0 for unknown. */
export interface NtpPacket {
  /** Leap indicator, 0..3. */
  readonly leap: number;
  /** Version number, 0..7. */
  readonly version: number;
  /** Association mode, 0..7. */
  readonly mode: number;
  /** 0 is unspecified or a kiss-o'-death, 1 a primary server, 16 unsynchronised. */
  readonly stratum: number;
  /** Binary logarithm of the poll interval in seconds, -128..127. */
  readonly poll: number;
  /** Binary logarithm of the clock's precision in seconds, -128..127. */
  readonly precision: number;
  /** Round trip to the reference clock in seconds, 0..65535.99998 by steps of 2^-16. */
  readonly rootDelayS: number;
  /** Dispersion to the reference clock in seconds, 0..65535.99998 by steps of 2^-16. */
  readonly rootDispersionS: number;
  /** Four octets: a name, an address or a kiss code, depending on the stratum. */
  readonly referenceId: number;
  readonly referenceTimestamp: bigint;
  readonly originTimestamp: bigint;
  readonly receiveTimestamp: bigint;
  readonly transmitTimestamp: bigint;
}

/**
 * Where headers are put together and taken apart. A view of its own for each would have its octets leave the young heap, which
 * costs more than to copy them.
 */
const header = new Uint8Array(NTP_HEADER_LENGTH);
const view = new DataView(header.buffer);

/** A packet as 48 octets. Fields are cut to their width; delay and dispersion are rounded to 2^-16 s and kept in range. */
export function encodePacket(packet: NtpPacket): Uint8Array {
  view.setUint8(0, ((packet.leap & 3) << 6) | ((packet.version & 7) << 3) | (packet.mode & 7));
  view.setUint8(1, packet.stratum);
  view.setInt8(2, packet.poll);
  view.setInt8(3, packet.precision);
  view.setUint32(4, shortFormat(packet.rootDelayS));
  view.setUint32(8, shortFormat(packet.rootDispersionS));
  view.setUint32(12, packet.referenceId);
  view.setBigUint64(16, packet.referenceTimestamp);
  view.setBigUint64(24, packet.originTimestamp);
  view.setBigUint64(32, packet.receiveTimestamp);
  view.setBigUint64(40, packet.transmitTimestamp);
  return header.slice();
}

/** The header at the beginning of `payload`, or `undefined` when it is shorter than 48 octets. What follows is ignored. */
export function decodePacket(payload: Uint8Array): NtpPacket | undefined {
  if (payload.length < NTP_HEADER_LENGTH) return undefined;
  for (let at = 0; at < NTP_HEADER_LENGTH; at++) header[at] = payload[at] as number;
  const first = view.getUint8(0);
  return {
    leap: first >> 6,
    version: (first >> 3) & 7,
    mode: first & 7,
    stratum: view.getUint8(1),
    poll: view.getInt8(2),
    precision: view.getInt8(3),
    rootDelayS: view.getUint32(4) / SHORT_UNITS_PER_S,
    rootDispersionS: view.getUint32(8) / SHORT_UNITS_PER_S,
    referenceId: view.getUint32(12),
    referenceTimestamp: view.getBigUint64(16),
    originTimestamp: view.getBigUint64(24),
    receiveTimestamp: view.getBigUint64(32),
    transmitTimestamp: view.getBigUint64(40),
  };
}

const SHORT_UNITS_PER_S = 65_536;

/** NTP short format: 16 bits of seconds, 16 bits of fraction (RFC 5905 section 6). */
const shortFormat = (seconds: number): number => Math.min(0xffffffff, Math.max(0, Math.round(seconds * SHORT_UNITS_PER_S)));
