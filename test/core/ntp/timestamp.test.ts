import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { durationNs, ntpTimestamp, timestampDifference, wallOfTimestamp } from '../../../core/ntp/timestamp.ts';
import { NS_PER_S, wallNs } from '../../../core/time/instant.ts';

const DAYS_100_NS = 100 * 86_400 * NS_PER_S;
const walls = fc.integer({ min: -DAYS_100_NS, max: DAYS_100_NS }).map(wallNs);
/** 1970 to 2100: two eras. */
const epochs = fc.integer({ min: 0, max: 4_102_444_800_000 }).map((unixMs) => ({ unixMs }));
const epochOf = (date: string) => ({ unixMs: Date.parse(date) });
const ERA_1 = '2036-02-07T06:28:16Z';

describe('timestamps', () => {
  test('a wall clock reading comes back to the nanosecond, in any era', () => {
    fc.assert(
      fc.property(epochs, walls, walls, (epoch, wall, pivot) => {
        expect(wallOfTimestamp(ntpTimestamp(epoch, wall), epoch, pivot)).toBe(wall);
      }),
      { numRuns: 1_000 },
    );
  });

  test('a timestamp lies no more than half of 2^-32 s from its reading', () => {
    fc.assert(
      fc.property(epochs, walls, (epoch, wall) => {
        const exactNs = BigInt(epoch.unixMs) * 1_000_000n + BigInt(wall) + 2_208_988_800n * 1_000_000_000n;
        const era = (exactNs / 1_000_000_000n) >> 32n;
        const error = ((era << 64n) + ntpTimestamp(epoch, wall)) * 1_000_000_000n - (exactNs << 32n);
        expect(error <= 500_000_000n && error >= -500_000_000n).toBe(true);
      }),
    );
  });

  test('a timestamp read and written again is less than 1 ns away', () => {
    const epoch = epochOf('2026-03-02T08:00:00Z');
    const now = ntpTimestamp(epoch, wallNs(0));
    fc.assert(
      fc.property(fc.bigInt({ min: -(1n << 54n), max: 1n << 54n }), (units) => {
        const timestamp = BigInt.asUintN(64, now + units);
        const again = ntpTimestamp(epoch, wallOfTimestamp(timestamp, epoch, wallNs(0)));
        const away = timestampDifference(again, timestamp);
        expect(away < 5n && away > -5n).toBe(true);
      }),
    );
  });

  test('dates of RFC 5905 figure 4', () => {
    expect(ntpTimestamp(epochOf('1970-01-01T00:00:00Z'), wallNs(0))).toBe(2_208_988_800n << 32n);
    expect(ntpTimestamp(epochOf('1999-12-31T00:00:00Z'), wallNs(0))).toBe(3_155_587_200n << 32n);
    expect(ntpTimestamp(epochOf('2036-02-08T00:00:00Z'), wallNs(0))).toBe(63_104n << 32n);
  });

  test('era 1 begins at 0, and either side of the boundary is read by a clock on the other', () => {
    const epoch = epochOf(ERA_1);
    const before = wallNs(-1);
    const begin = wallNs(0);
    expect(ntpTimestamp(epoch, begin)).toBe(0n);
    expect(ntpTimestamp(epoch, before)).toBe(0xffff_ffff_ffff_fffcn);
    expect(wallOfTimestamp(ntpTimestamp(epoch, before), epoch, wallNs(NS_PER_S))).toBe(before);
    expect(wallOfTimestamp(ntpTimestamp(epoch, begin), epoch, wallNs(-NS_PER_S))).toBe(begin);
    expect(timestampDifference(ntpTimestamp(epoch, begin), ntpTimestamp(epoch, before))).toBe(4n);
  });

  test('a duration is rounded once, halves upwards', () => {
    expect(durationNs(1n << 32n)).toBe(NS_PER_S);
    expect(durationNs(-(1n << 32n), 2)).toBe(-NS_PER_S / 2);
    expect(durationNs(2n)).toBe(0);
    expect(durationNs(3n)).toBe(1);
    expect(durationNs(-2n)).toBe(0);
    expect(durationNs(-3n)).toBe(-1);
  });

  test('a duration of any length is the nearest nanosecond to what rational numbers say', () => {
    const lengths = fc.oneof(fc.bigInt(-(1n << 63n), (1n << 63n) - 1n), fc.bigInt(-(1n << 40n), 1n << 40n));
    fc.assert(
      fc.property(lengths, fc.constantFrom(1, 2), (units, divisor) => {
        const denominator = BigInt(divisor) << 33n;
        const numerator = 2n * units * 1_000_000_000n + (denominator >> 1n);
        const floor = numerator / denominator - (numerator < 0n && numerator % denominator !== 0n ? 1n : 0n);
        expect(durationNs(units, divisor as 1 | 2)).toBe(Number(floor));
      }),
      { numRuns: 2_000 },
    );
  });
});
