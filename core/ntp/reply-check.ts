import { NS_PER_S, type DurationNs } from '../time/instant.ts';
import { FINEST_READING_NS, PHI, type Measurement } from './exchange.ts';
import { LEAP_UNSYNCHRONISED, NTP_MODE, type NtpPacket } from './packet.ts';
import { isAuthentic, keyIdAt, type SymmetricKey } from './symmetric-key.ts';
import { timestampDifference } from './timestamp.ts';
import { isCryptoNak, macOffset } from './trailer.ts';

/** The version the client speaks; a server answers in the version it was asked in (RFC 4330 section 5). */
export const CLIENT_VERSION = 4;

/** Half of the root delay and the root dispersion together must stay below this (RFC 5905 section 7.2, MAXDISP). */
const MAX_ROOT_DISTANCE_S = 16;
/** How far a reply may be from the reference clock to be worth a correction (RFC 5905 section A.5.5.3, MAXDIST). */
const MAX_DISTANCE_S = 1;
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

/**
 * What is wrong with what follows the header of a reply to a request that was signed with `key`, or with none; `undefined` when it is
 * as it should be. Extension fields nobody asked for are ignored when they are well formed (RFC 7822 section 7.5).
 */
export function trailerFault(payload: Uint8Array, key: SymmetricKey | undefined): string | undefined {
  if (isCryptoNak(payload)) return 'crypto-nak';
  const macAt = macOffset(payload, CLIENT_VERSION);
  if (macAt === undefined) return 'trailer';
  const isSigned = macAt < payload.length;
  if (key === undefined) return isSigned ? 'authenticated' : undefined;
  if (!isSigned) return 'unauthenticated';
  if (keyIdAt(payload, macAt) !== key.id) return 'key';
  return isAuthentic(payload, macAt, key, CLIENT_VERSION) ? undefined : 'mac';
}

/** Why a server's reply to our request must not set a clock, or `undefined` (RFC 5905 sections 8 and A.5.1.1, RFC 4330 section 5). */
export function contentFault(packet: NtpPacket): string | undefined {
  if (packet.receiveTimestamp === 0n || packet.transmitTimestamp === 0n) return 'zero-timestamp';
  if (packet.leap === LEAP_UNSYNCHRONISED) return 'unsynchronised';
  if (packet.stratum > 15) return 'stratum';
  if (packet.rootDelayS / 2 + packet.rootDispersionS >= MAX_ROOT_DISTANCE_S) return 'root-distance';
  if (packet.referenceTimestamp !== 0n && timestampDifference(packet.transmitTimestamp, packet.referenceTimestamp) < 0n) {
    return 'reference-in-the-future';
  }
  return undefined;
}

/** Why the timestamps of an exchange contradict each other, or `undefined`. */
export function timeFault({ delayNs, serverNs, readingNs }: Measurement): string | undefined {
  if (serverNs < 0) return 'transmit-before-receive';
  if (serverNs > MAX_SERVER_NS) return 'server-time';
  if (delayNs < -(Math.max(DELAY_TOLERANCE_NS, readingNs) + serverNs * DELAY_TOLERANCE_RATE)) return 'negative-delay';
  return undefined;
}

/** Whether a reply is too far from the reference clock for a client that asks every `intervalNs` (RFC 5905 section A.5.5.3). */
export function distanceFault(
  packet: Pick<NtpPacket, 'rootDelayS' | 'rootDispersionS'>,
  { delayNs, dispersionNs, readingNs }: Measurement,
  intervalNs: DurationNs,
): string | undefined {
  // It is the server that is judged, not how the client reads its own clock.
  const ticksNs = readingNs - FINEST_READING_NS;
  const distanceNs = rootDistanceNs(packet, delayNs - ticksNs, dispersionNs - ticksNs);
  return distanceNs > MAX_DISTANCE_S * NS_PER_S + PHI * intervalNs ? 'distance' : undefined;
}

/** The most a clock set by this server may be wrong: half of all delay and all dispersion (RFC 5905 section A.5.5.2). */
export const rootDistanceNs = (
  { rootDelayS, rootDispersionS }: Pick<NtpPacket, 'rootDelayS' | 'rootDispersionS'>,
  delayNs: DurationNs,
  dispersionNs: DurationNs,
): DurationNs => (rootDelayS / 2 + rootDispersionS) * NS_PER_S + Math.max(0, delayNs) / 2 + dispersionNs;
