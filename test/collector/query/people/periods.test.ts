import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { periodStarts, type PeriodUnit, Zone } from '../../../../collector/query/people/periods.ts';

const utc = (text: string): number => Date.parse(`${text}Z`);

describe('days of a zone', () => {
  test.each([
    ['UTC', '2026-03-02T00:00', '2026-03-02T00:00'],
    ['Europe/Berlin', '2026-03-02T22:59', '2026-03-01T23:00'],
    ['Europe/Berlin', '2026-03-02T23:00', '2026-03-02T23:00'],
    // Half and three quarters of an hour off.
    ['Asia/Kolkata', '2026-03-02T18:29', '2026-03-01T18:30'],
    ['Asia/Kathmandu', '2026-03-02T18:15', '2026-03-02T18:15'],
    // Midnight is skipped: clocks go from 23:59 of the day before to 01:00.
    ['Asia/Beirut', '2026-03-29T12:00', '2026-03-28T22:00'],
    // Midnight comes twice: at 01:00 clocks go back to 00:00.
    ['America/Havana', '2026-11-01T12:00', '2026-11-01T04:00'],
  ])('%s: %s is of the day that begins at %s', (zone, at, start) => {
    expect(new Date(new Zone(zone).startOf('day', utc(at))).toISOString()).toBe(`${start}:00.000Z`);
  });

  it('have 23, 24 or 25 hours', () => {
    const zone = new Zone('Europe/Berlin');
    const lengths = (from: string, to: string): number[] => {
      const starts = periodStarts(zone, 'day', utc(from), utc(to));
      return starts.slice(1).map((start, index) => (start - (starts[index] as number)) / 3_600_000);
    };
    expect(lengths('2026-03-28T12:00', '2026-03-30T12:00')).toEqual([24, 23, 24]);
    expect(lengths('2026-10-24T12:00', '2026-10-26T12:00')).toEqual([24, 25, 24]);
  });
});

test('a week begins on Monday', () => {
  expect(new Zone('Europe/Berlin').startOf('week', utc('2026-03-08T22:00'))).toBe(utc('2026-03-01T23:00'));
  expect(new Zone('UTC').startOf('week', utc('1969-12-31T00:00'))).toBe(utc('1969-12-29T00:00'));
});

test('what is no zone is said so', () => {
  expect(() => new Zone('Mars/Base')).toThrow('"Mars/Base" is no time zone such as Europe/Berlin or UTC');
});

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/St_Johns',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/Havana',
  'Pacific/Apia',
];

test('periods follow one another without a gap, and each instant lies in the one that is said of it', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.constantFrom<PeriodUnit>('hour', 'day', 'week'),
      fc.integer({ min: utc('1995-01-01T00:00'), max: utc('2035-01-01T00:00') }),
      fc.integer({ min: 1, max: 40 * 86_400_000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (name, unit, fromMs, lengthMs, part) => {
        const zone = new Zone(name);
        const toMs = fromMs + (unit === 'hour' ? lengthMs / 20 : lengthMs);
        const starts = periodStarts(zone, unit, fromMs, toMs);
        expect(starts[0]).toBeLessThanOrEqual(fromMs);
        expect(starts.at(-1)).toBeGreaterThanOrEqual(toMs);
        const atMs = Math.floor(fromMs + part * (toMs - fromMs));
        const last = starts.filter((start) => start <= atMs).at(-1);
        expect(zone.startOf(unit, atMs)).toBe(last);
        for (const start of starts) expect(zone.startOf(unit, start)).toBe(start);
      },
    ),
    { numRuns: 150 },
  );
});
