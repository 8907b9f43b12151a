import { NS_PER_S, type DurationNs } from '../time/instant.ts';
import type { Measurement } from './exchange.ts';
import { LEAP_UNSYNCHRONISED, NTP_MODE, type NtpPacket } from './packet.ts';
import { timestampDifference } from './timestamp.ts';

/** The version the client speaks; a server answers in the version it was asked in (RFC 4330 section 5). */
export const CLIENT_VERSION = 4;

/** Half of the root delay and the root dispersion together must stay below this (RFC 5905 section 7.2, MAXDISP). */
const MAX_ROOT_DISTANCE_S = 16;
/** A server that keeps a request longer has clock readings that no longer belong together. */
const MAX_SERVER_NS = 4 * NS_PER_S;
/** Two clocks read a path without delay may disagree by their resolution and their rates. */
const DELAY_TOLERANCE_NS = 1_000;
const DELAY_TOLERANCE_RATE = 1e-3;

/** Why the header of a packet cannot be a server's reply to us, or `undefined` when it can. */
export function headerFault(packet: NtpPacket): string | undefined {
  if (packet.mode !== NTP_MODE.server) return 'mode';
  if (packet.version !== CLIENT_VERSION) return 'version';
  return undefined;
}

/** Why a server's reply to our request must not set a clock, or `undefined` (RFC 5905 sections 8 and A.5.1.1, RFC 4330 section 5). */
export function contentFault(packet: NtpPacket): string | undefined {
  if (packet.leap === LEAP_UNSYNCHRONISED) return 'unsynchronised';
  if (packet.stratum > 15) return 'stratum';
  if (packet.receiveTimestamp === 0n || packet.transmitTimestamp === 0n) return 'zero-timestamp';
  if (packet.rootDelayS / 2 + packet.rootDispersionS >= MAX_ROOT_DISTANCE_S) return 'root-distance';
  if (packet.referenceTimestamp !== 0n && timestampDifference(packet.transmitTimestamp, packet.referenceTimestamp) < 0n) {
    return 'reference-in-the-future';
  }
  return undefined;
}

/** Why the timestamps of an exchange contradict each other, or `undefined`. */
export function timeFault({ delayNs, serverNs }: Measurement): string | undefined {
  if (serverNs < 0) return 'transmit-before-receive';
  if (serverNs > MAX_SERVER_NS) return 'server-time';
  if (delayNs < -toleranceNs(serverNs)) return 'negative-delay';
  return undefined;
}

const toleranceNs = (serverNs: DurationNs): DurationNs => DELAY_TOLERANCE_NS + serverNs * DELAY_TOLERANCE_RATE;
