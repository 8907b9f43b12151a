import { wallNs, type DurationNs, type Epoch, type WallNs } from '../time/instant.ts';

/** Seconds from 1900-01-01, where NTP's era 0 begins, to 1970-01-01 (RFC 5905 figure 4). */
const UNIX_EPOCH_S = 2_208_988_800n;
const NS_PER_S = 1_000_000_000n;
const FRACTION_BITS = 32n;

/**
 * A wall clock reading as an NTP timestamp: 32 bits of seconds and 32 bits of fraction within its era (RFC 5905 section 6),
 * rounded to the nearest 2^-32 s, so no more than 0.12 ns away. From 2036-02-07T06:28:16Z on the seconds begin again at 0.
 */
export const ntpTimestamp = (epoch: Epoch, wall: WallNs): bigint => BigInt.asUintN(64, fixedPoint(epoch, wall));

/**
 * The wall clock reading of an NTP timestamp, to the nearest nanosecond. Of all eras the timestamp may belong to, the one is
 * taken that lies nearest to `pivot`, a reading of the own clock that must not be wrong by more than 68 years.
 */
export function wallOfTimestamp(timestamp: bigint, epoch: Epoch, pivot: WallNs): WallNs {
  const pivotFixed = fixedPoint(epoch, pivot);
  const fixed = pivotFixed + timestampDifference(timestamp, pivotFixed);
  return wallNs(Number(divideRounded(fixed * NS_PER_S, 1n << FRACTION_BITS) - epochNs(epoch)));
}

/** `a - b` in units of 2^-32 s, right as long as they lie within 68 years of each other, whatever their eras (RFC 5905 section 6). */
export const timestampDifference = (a: bigint, b: bigint): bigint => BigInt.asIntN(64, a - b);

/** Nanoseconds, rounded to the nearest, of `units` of 2^-32 s divided by `divisor`. */
export const durationNs = (units: bigint, divisor = 1n): DurationNs =>
  Number(divideRounded(units * NS_PER_S, divisor << FRACTION_BITS));

/** Units of 2^-32 s since 1900, of any era: negative before 1900. */
const fixedPoint = (epoch: Epoch, wall: WallNs): bigint =>
  divideRounded((epochNs(epoch) + BigInt(wall)) << FRACTION_BITS, NS_PER_S);

/** Nanoseconds from 1900 to the scenario's epoch. */
const epochNs = (epoch: Epoch): bigint => UNIX_EPOCH_S * NS_PER_S + BigInt(epoch.unixMs) * 1_000_000n;

/** The whole number nearest to `dividend / divisor`, halves upwards; `divisor` is positive. */
function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const doubled = 2n * dividend + divisor;
  const quotient = doubled / (2n * divisor);
  // bigint division cuts towards zero, a floor is wanted.
  return doubled < 0n && quotient * 2n * divisor !== doubled ? quotient - 1n : quotient;
}
