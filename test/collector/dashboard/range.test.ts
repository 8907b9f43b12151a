import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { wholeIntervals } from '../../../collector/dashboard/charts/whole-intervals.ts';
import { beginOf, MOVING, type Moving } from '../../../collector/dashboard/state/moving-range.ts';
import { readTime, startOf, writeTime } from '../../../collector/dashboard/text/zone-time.ts';
import { Zone } from '../../../collector/query/people/periods.ts';

const utc = (text: string): number => Date.parse(`${text}Z`);
const NEAR = utc('2026-03-02T12:00');

const ZONES = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Asia/Beirut', 'America/Havana', 'Pacific/Chatham'];
const anyZone = fc.constantFrom(...ZONES);
const anySecond = fc.integer({ min: utc('2015-01-01') / 1_000, max: utc('2035-01-01') / 1_000 }).map((second) => second * 1_000);

describe('a time that is written', () => {
  it('is read as the instant it was written of, or the other at which clocks showed it', () => {
    fc.assert(
      fc.property(anyZone, anySecond, (zone, atMs) => {
        const again = readTime(writeTime(atMs, zone), zone, NEAR);
        expect(writeTime(again, zone)).toBe(writeTime(atMs, zone));
        expect([0, 1_800_000, 3_600_000]).toContain(atMs - again);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['2026-03-02 09:05', 'Europe/Berlin', '2026-03-02T08:05:00'],
    ['2026-3-2T9:05:07', 'UTC', '2026-03-02T09:05:07'],
    [' 2026-03-02 ', 'Asia/Kathmandu', '2026-03-01T18:15:00'],
    ['09:05', 'America/St_Johns', '2026-03-02T12:35:00'],
    // Clocks show it twice, and the first counts.
    ['2026-10-25 02:30', 'Europe/Berlin', '2026-10-25T00:30:00'],
    // The day begins at one.
    ['2026-03-29', 'Asia/Beirut', '2026-03-28T22:00:00'],
  ])('%s in %s', (text, zone, instant) => {
    expect(new Date(readTime(text, zone, NEAR)).toISOString()).toBe(`${instant}.000Z`);
  });

  test.each([
    ['noon', '"noon" is no time: write it as 2026-03-02 09:05, or 09:05 alone'],
    ['2026-03-02 09', 'is no time'],
    ['2026-03-0209:05', 'is no time'],
    ['2026-02-29 09:05', '"2026-02-29 09:05" is on no calendar or clock'],
    ['2026-13-01', 'is on no calendar or clock'],
    ['24:00', 'is on no calendar or clock'],
    ['09:60', 'is on no calendar or clock'],
    ['2026-03-29 02:30', '"2026-03-29 02:30" is skipped in Europe/Berlin: clocks are put forward over it'],
  ])('%s is a mistake, told in a sentence', (text, sentence) => {
    expect(() => readTime(text, 'Europe/Berlin', NEAR)).toThrow(sentence);
  });

  it('is a time or a mistake, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\d :T-]{0,20}$/)), anyZone, (text, zone) => {
        try {
          expect(Number.isInteger(readTime(text, zone, NEAR))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          expect((error as Error).message).toContain(`"${text.trim()}" is `);
        }
      }),
    );
  });
});

test("days and weeks begin where the collector's begin", () => {
  fc.assert(
    fc.property(anyZone, anySecond, fc.constantFrom('day' as const, 'week' as const), (zone, atMs, unit) => {
      expect(new Date(startOf(unit, atMs, zone)).toISOString()).toBe(new Date(new Zone(zone).startOf(unit, atMs)).toISOString());
    }),
    { numRuns: 300 },
  );
});

test('a moving time reaches as far back as it says, and moves on in steps', () => {
  const anyMoving = fc.constantFrom(...(Object.keys(MOVING) as Moving[]));
  fc.assert(
    fc.property(anyMoving, anyZone, anySecond, (moving, zone, nowMs) => {
      const backMs = nowMs - beginOf(moving, nowMs, zone);
      const [least, most] = { '5m': [300, 305], '1h': [3_600, 3_660], today: [0, 90_000], week: [0, 608_400] }[moving];
      expect(backMs).toBeGreaterThanOrEqual((least as number) * 1_000);
      expect(backMs).toBeLessThan((most as number) * 1_000);
      expect(beginOf(moving, nowMs + 1, zone) - beginOf(moving, nowMs, zone)).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('what is dragged over becomes the intervals that it touches', () => {
  const timesMs = [1_000, 1_100, 1_200];
  expect(wholeIntervals(timesMs, 1_110, 1_190)).toEqual([1_100, 1_200]);
  expect(wholeIntervals(timesMs, 1_099, 1_201)).toEqual([1_000, 1_300]);
  expect(wholeIntervals(timesMs, 900, 950)).toEqual([1_000, 1_100]);
  expect(wholeIntervals([], 1.5, 2.5)).toEqual([1, 3]);
});
