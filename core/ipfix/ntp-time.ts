/*
 * dateTimeMicroseconds and dateTimeNanoseconds: 32 bits of seconds since 1900 and 32 bits of fraction (RFC 7011 sections
 * 6.1.9 and 6.1.10), here to and from nanoseconds since 1970.
 */

/** Seconds from 1900, where NTP's era 0 begins, to 1970. */
export const NTP_TO_UNIX_S = 2_208_988_800;
/** Clears the 11 bits of a fraction that a dateTimeMicroseconds must not use (RFC 7011 section 6.1.9). */
export const MICROSECOND_MASK = 0xfffff800;

const NTP_TO_UNIX = BigInt(NTP_TO_UNIX_S);
const NS_PER_S = 1_000_000_000n;
const NS_PER_US = 1_000n;
/** Those that the mask clears. */
const UNUSED_BITS = 11n;

export type NtpPrecision = 'microseconds' | 'nanoseconds';

/**
 * Nanoseconds since 1970 of a timestamp of 64 bits, rounded to its precision. Seconds that lie before 1970 in era 0 are taken
 * as of era 1, so the range is 1970 to 2106, that of dateTimeSeconds.
 */
export function unixNsOfNtp(timestamp: bigint, precision: NtpPrecision): bigint {
  const seconds = BigInt.asUintN(32, (timestamp >> 32n) - NTP_TO_UNIX);
  const fraction = BigInt.asUintN(32, timestamp);
  if (precision === 'nanoseconds') return seconds * NS_PER_S + roundedShift(fraction * NS_PER_S);
  const used = (fraction >> UNUSED_BITS) << UNUSED_BITS;
  return (seconds * 1_000_000n + roundedShift(used * 1_000_000n)) * NS_PER_US;
}

/**
 * The timestamp of 64 bits that reads back as `unixNs`, rounded down to microseconds for that precision. Throws a RangeError
 * outside 1970 to 2106.
 */
export function ntpOfUnixNs(unixNs: bigint, precision: NtpPrecision): bigint {
  const seconds = unixNs / NS_PER_S;
  if (unixNs < 0n || seconds >= 1n << 32n) throw new RangeError(`${unixNs} ns since 1970 is no time between 1970 and 2106`);
  const high = BigInt.asUintN(32, seconds + NTP_TO_UNIX) << 32n;
  const ns = unixNs % NS_PER_S;
  if (precision === 'nanoseconds') return high | roundedQuotient(ns << 32n, NS_PER_S);
  const fraction = roundedQuotient((ns / NS_PER_US) << 32n, 1_000_000n);
  return high | ((fraction >> UNUSED_BITS) << UNUSED_BITS);
}

const roundedShift = (value: bigint): bigint => (value + (1n << 31n)) >> 32n;
const roundedQuotient = (dividend: bigint, divisor: bigint): bigint => (dividend + divisor / 2n) / divisor;
