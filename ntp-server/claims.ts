import { LEAP_UNSYNCHRONISED, type NtpPacket } from '../core/ntp/packet.ts';
import { referenceIdOf } from '../core/ntp/reference-id.ts';
import { ntpTimestamp } from '../core/ntp/timestamp.ts';
import { NS_PER_S, wallNs, type DurationNs, type Epoch, type WallNs } from '../core/time/instant.ts';
import type { ReplyPlan } from './faults/reply-plan.ts';

/** What a server says about the quality of its time. */
export interface Claims {
  /** 1..15, or 16 for a server that says it is not synchronised. */
  readonly stratum: number;
  /** Binary logarithm of the clock's precision in seconds. */
  readonly precision: number;
  /** Leap indicator while no fault changes it: 0 none, 1 a second is inserted, 2 one is deleted. */
  readonly leap: number;
  readonly referenceId: number;
  readonly rootDelayS: number;
  /** When the reference clock has just been read. */
  readonly rootDispersionS: number;
  /** The reference clock is read so often. */
  readonly referenceIntervalNs: DurationNs;
}

export const UNSYNCHRONISED_STRATUM = 16;
/** An oscillator's tolerance: dispersion gained for each second (RFC 5905 section 7.2, PHI). */
const PHI = 15e-6;
/** No update of the clock adds less dispersion (RFC 5905 section 7.2, MINDISP); a primary server's clock is the reference itself. */
const MIN_DISPERSION_S = 0.005;

/** A server that was told some of it: a primary one of the experimental range (RFC 5905 section 7.3), else one kept by a local clock. */
export function claimsOf(told: { readonly [K in keyof Claims]?: Claims[K] | undefined }): Claims {
  const { stratum = 1, precision = -20, leap = 0, rootDelayS = 0, referenceIntervalNs = 64 * NS_PER_S } = told;
  const {
    referenceId = stratum === 1 ? referenceIdOf('XLAB') : 0x7f7f0101,
    rootDispersionS = 2 ** precision + (stratum === 1 ? 0 : MIN_DISPERSION_S),
  } = told;
  return { stratum, precision, leap, referenceId, rootDelayS, rootDispersionS, referenceIntervalNs };
}

export type ClaimedFields = Pick<
  NtpPacket,
  'leap' | 'stratum' | 'precision' | 'rootDelayS' | 'rootDispersionS' | 'referenceId' | 'referenceTimestamp'
>;

/** The fields of a reply whose transmit timestamp is `wall` that say how good it is. */
export function claimedFields(claims: Claims, plan: ReplyPlan, epoch: Epoch, wall: WallNs): ClaimedFields {
  const { precision, stratum, rootDelayS, rootDispersionS } = claims;
  const readAt = plan.referenceAgeNs === undefined ? lastReading(wall, claims) : wallNs(wall - Math.max(1, plan.referenceAgeNs));
  const grown = rootDispersionS + PHI * ((wall - readAt) / NS_PER_S);
  const quality = plan.isConfident ? { rootDelayS: 0, rootDispersionS: 0 } : { rootDelayS, rootDispersionS: grown };
  if (stratum >= UNSYNCHRONISED_STRATUM || !plan.isSynchronised) {
    // Stratum 16 is 0 on the wire, where it takes a kiss code (RFC 5905 sections 7.3 and 7.4).
    const without = { leap: LEAP_UNSYNCHRONISED, stratum: 0, referenceId: referenceIdOf('INIT'), referenceTimestamp: 0n };
    return { precision, ...quality, ...without };
  }
  const leap = plan.leap === undefined ? claims.leap : plan.leap === 'insert' ? 1 : 2;
  const { referenceId } = claims;
  return { leap, stratum, precision, referenceId, referenceTimestamp: ntpTimestamp(epoch, readAt), ...quality };
}

/** When the reference clock was read last: before now, because clients distrust a reference timestamp that is the present. */
const lastReading = (wall: WallNs, { referenceIntervalNs }: Claims): WallNs =>
  wallNs((Math.ceil(wall / referenceIntervalNs) - 1) * referenceIntervalNs);
