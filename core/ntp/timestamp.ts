import { NS_PER_MS, NS_PER_S, wallNs, type DurationNs, type Epoch, type WallNs } from '../time/instant.ts';

/** Seconds from 1900-01-01, where NTP's era 0 begins, to 1970-01-01 (RFC 5905 figure 4). */
export const UNIX_EPOCH_S = 2_208_988_800;
const FRACTION_BITS = 32n;
/** 2^32 units are 10^9 ns, or 2^23 of them 5^9 ns: so far reduced, a second's worth of either times the other's number is a safe integer. */
const UNITS = 2 ** 23;
const UNITS_NS = 5 ** 9;
const UNITS_PER_S = 2 ** 32;
/** Where two halves become 64 bits: a third of the price of shifting them together. */
const halves = new DataView(new ArrayBuffer(8));

/**
 * A wall clock reading as an NTP timestamp: 32 bits of seconds and 32 bits of fraction within its era (RFC 5905 section 6),
 * rounded to the nearest 2^-32 s, so no more than 0.12 ns away. From 2036-02-07T06:28:16Z on the seconds begin again at 0.
 */
export function ntpTimestamp(epoch: Epoch, wall: WallNs): bigint {
  const wallS = Math.floor(wall / NS_PER_S);
  const epochS = Math.floor(epoch.unixMs / 1_000);
  const ns = wall - wallS * NS_PER_S + (epoch.unixMs - epochS * 1_000) * NS_PER_MS;
  const carriedS = Math.floor(ns / NS_PER_S);
  const units = nearest((ns - carriedS * NS_PER_S) * UNITS, UNITS_NS);
  // A fraction rounded up to a whole second is one.
  halves.setUint32(0, UNIX_EPOCH_S + epochS + wallS + carriedS + (units === UNITS_PER_S ? 1 : 0));
  halves.setUint32(4, units);
  return halves.getBigUint64(0);
}

/**
 * The wall clock reading of an NTP timestamp, to the nearest nanosecond. Of all eras the timestamp may belong to, the one is
 * taken that lies nearest to `pivot`, a reading of the own clock that must not be wrong by more than 68 years.
 */
export function wallOfTimestamp(timestamp: bigint, epoch: Epoch, pivot: WallNs): WallNs {
  const pivotFixed = fixedPoint(epoch, pivot);
  const fixed = pivotFixed + timestampDifference(timestamp, pivotFixed);
  return wallNs(Number(divideRounded(fixed * BigInt(NS_PER_S), 1n << FRACTION_BITS) - epochNs(epoch)));
}

/** `a - b` in units of 2^-32 s, right as long as they lie within 68 years of each other, whatever their eras (RFC 5905 section 6). */
export const timestampDifference = (a: bigint, b: bigint): bigint => BigInt.asIntN(64, a - b);

/** Nanoseconds, rounded to the nearest, of `units` of 2^-32 s divided by `divisor`. */
export function durationNs(units: bigint, divisor: 1 | 2 = 1): DurationNs {
  const count = Number(units);
  if (!Number.isSafeInteger(count)) return Number(divideRounded(units * BigInt(NS_PER_S), BigInt(divisor) << FRACTION_BITS));
  // Within 24 days numbers are as exact.
  const seconds = Math.floor(count / UNITS_PER_S);
  const fractionNs = ((count - seconds * UNITS_PER_S) * UNITS_NS) / UNITS;
  return seconds * (NS_PER_S / divisor) + Math.round(fractionNs / divisor);
}

/** Units of 2^-32 s since 1900, of any era: negative before 1900. */
const fixedPoint = (epoch: Epoch, wall: WallNs): bigint =>
  divideRounded((epochNs(epoch) + BigInt(wall)) << FRACTION_BITS, BigInt(NS_PER_S));

/** Nanoseconds from 1900 to the scenario's epoch. */
const epochNs = (epoch: Epoch): bigint => BigInt(UNIX_EPOCH_S) * BigInt(NS_PER_S) + BigInt(epoch.unixMs) * BigInt(NS_PER_MS);

/** The whole number nearest to `dividend / divisor`, both safe, not negative and without a tie. */
function nearest(dividend: number, divisor: number): number {
  const quotient = Math.floor(dividend / divisor);
  return 2 * (dividend - quotient * divisor) > divisor ? quotient + 1 : quotient;
}

/** The whole number nearest to `dividend / divisor`, halves upwards; `divisor` is positive. */
function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const doubled = 2n * dividend + divisor;
  const quotient = doubled / (2n * divisor);
  // bigint division cuts towards zero, a floor is wanted.
  return doubled < 0n && quotient * 2n * divisor !== doubled ? quotient - 1n : quotient;
}
