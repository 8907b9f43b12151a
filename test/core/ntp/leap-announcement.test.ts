import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { announcedLeap } from '../../../core/ntp/leap-announcement.ts';
import { NS_PER_MS, NS_PER_S, wallNs } from '../../../core/time/instant.ts';

const EPOCH = { unixMs: Date.parse('2015-06-30T12:00:00Z') };
const wallAt = (date: string) => wallNs((Date.parse(date) - EPOCH.unixMs) * NS_PER_MS);
const NONE = 0;
const INSERT = 1;
const DELETE = 2;

describe('a leap second is taken', () => {
  test.each([
    ['inserted', INSERT, '2015-06-30T00:00:00Z', '2015-07-01T00:00:00Z', -1],
    ['inserted, in the last second', INSERT, '2015-06-30T23:59:59.999Z', '2015-07-01T00:00:00Z', -1],
    ['inserted, in a leap year', INSERT, '2016-02-29T05:00:00Z', '2016-03-01T00:00:00Z', -1],
    ['deleted', DELETE, '2016-12-31T08:00:00Z', '2016-12-31T23:59:59Z', 1],
  ])('%s, on the last day of a month', (_, indicator, present, leapsAt, stepS) => {
    const leap = { wall: wallAt(leapsAt), stepNs: stepS * NS_PER_S, smeared: false };
    expect(announcedLeap([indicator], EPOCH, wallAt(present))).toEqual(leap);
  });

  test('never on another day', () => {
    const days = fc.integer({ min: 0, max: 50_000 }).map((day) => new Date(EPOCH.unixMs + day * 86_400_000));
    fc.assert(
      fc.property(days, (day) => {
        const next = new Date(day.getTime() + 86_400_000).toISOString();
        const leap = announcedLeap([INSERT], EPOCH, wallAt(day.toISOString()));
        expect(leap !== undefined).toBe(next.slice(8, 10) === '01');
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    [[], false],
    [[INSERT, NONE], false],
    [[INSERT, DELETE], false],
    [[INSERT, INSERT, NONE, DELETE], false],
    [[INSERT, NONE, INSERT], true],
  ])('if more than half announce the same, %o: %s', (indicators, isTaken) => {
    expect(announcedLeap(indicators, EPOCH, wallNs(0)) !== undefined).toBe(isTaken);
  });
});
