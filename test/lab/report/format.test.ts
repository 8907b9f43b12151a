import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatClockError,
  formatDuration,
  formatInstant,
  formatNumber,
  formatOctets,
  formatPercent,
  oneLine,
} from '../../../lab/report/format.ts';

describe('octets', () => {
  const UNITS: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, PB: 1e15 };

  test('read back within what two significant digits lose', () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (octets) => {
        const [amount, unit] = formatOctets(octets).split(' ') as [string, string];
        const readBack = Number(amount) * (UNITS[unit] as number);
        expect(Math.abs(readBack - octets)).toBeLessThanOrEqual(0.05 * octets);
        expect(amount.length).toBeLessThanOrEqual(4);
      }),
    );
  });

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [400_000, '400 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [500_000_000, '500 MB'],
    [2_000_000_000, '2.0 GB'],
    [12_340_000_000, '12.3 GB'],
    [-1_500, '-1.5 kB'],
  ])('%d is written %s', (octets, text) => {
    expect(formatOctets(octets)).toBe(text);
  });
});

test('a number read without its commas is the number', () => {
  fc.assert(
    fc.property(fc.integer(), (value) => {
      expect(Number(formatNumber(value).replaceAll(',', ''))).toBe(value);
    }),
  );
});

test.each([
  [1_234_567, '1,234,567'],
  [-1_234, '-1,234'],
  [0.12345, '0.123'],
  [123, '123'],
  [1e21, '1e+21'],
])('the number %d is written %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test.each([
  [0, '0.0 %'],
  [0.01, '< 0.1 %'],
  [0.05, '0.1 %'],
  [23.14, '23.1 %'],
  [100, '100.0 %'],
])('the share %d is written %s', (percent, text) => {
  expect(formatPercent(percent)).toBe(text);
});

test.each([
  [36_000, '10 h'],
  [5_400, '1 h 30 min'],
  [90_061, '1 d 1 h'],
  [60, '1 min'],
  [59.97, '1 min'],
  [45, '45 s'],
  [1.54, '1.5 s'],
  [0.9999, '1 s'],
  [0.012, '12 ms'],
  [0.0004, '400 µs'],
  [0, '0 s'],
])('the duration %d s is written %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test.each([
  [300_000, '5 min fast'],
  [-2.1, '2.1 ms slow'],
  [0, 'exact'],
])('the clock error %d ms is written %s', (errorMs, text) => {
  expect(formatClockError(errorMs)).toBe(text);
});

test('an instant loses its seconds only when they are 0', () => {
  expect(formatInstant('2026-03-02T08:00:00Z')).toBe('2026-03-02 08:00 UTC');
  expect(formatInstant('2026-03-02T08:00:07Z')).toBe('2026-03-02T08:00:07Z');
});

test('no control character survives in one line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(oneLine(text)).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    }),
  );
});
