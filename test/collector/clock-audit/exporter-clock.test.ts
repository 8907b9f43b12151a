import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExporterClock } from '../../../collector/clock-audit/exporter-clock.ts';
import { clockClauses, isClockPlain } from '../../../collector/clock-audit/clock-sentence.ts';
import { Random } from '../../../core/random/random.ts';

const RULES = { futureToleranceMs: 2_000, staleAfterS: 2_100 };
const BEGIN_S = 1_772_442_000;
const HOUR_S = 3_600;

/** A Message of a clock that is right, or ahead. */
function message(index: number, atS = index, aheadS = 0, uptimeMs?: number) {
  const exportTimeUs = Math.floor(BEGIN_S + atS + aheadS) * 1e6;
  return { index, receivedAtUs: (BEGIN_S + atS) * 1e6, exportTimeUs, uptimeMs, settled: false };
}

/** The flags that one record of a right Message raises; times in seconds after that, `undefined` for none. */
function flagsOf(startS: number | undefined, endS: number | undefined, aheadS = 0): string[] {
  const clock = new ExporterClock(RULES);
  const us = (s: number | undefined): number => (s === undefined ? 0 : (BEGIN_S + s) * 1e6);
  clock.record(message(0, 0, aheadS), us(startS), us(endS), false);
  return Object.entries(clock.flags).flatMap(([flag, count]) => (count > 0 ? [flag] : []));
}

describe('records are flagged', () => {
  it.each([
    ['as it should be', -10, -1, []],
    ['after the longest active timeout, and five minutes in a queue', -1_800, -1_800, []],
    ['a little after its Message, as fractions of the second and clocks kept by NTP have it', 0, 1.5, []],
    ['no time', undefined, undefined, ['untimed']],
    ['began after it ended', -1, -10, ['negative']],
    ['ended an hour before it was sent', -HOUR_S, -HOUR_S, ['stale']],
    ['ended after it was sent', 0, 4, ['afterExport']],
    ['an uptime that began anew, before', -4_294_967.296 - 20, -4_294_967.296 - 10, ['wrapped']],
    ['an uptime that began anew, after', 4_294_967.296 - 20, 4_294_967.296 - 10, ['wrapped']],
    ['an uptime that began anew within the flow', -4_294_967.296 - 10, -5, ['wrapped']],
  ])('%s', (_, startS, endS, flags) => {
    expect(flagsOf(startS, endS)).toEqual(flags);
  });

  it('from the future: later than it was received, by a clock that is ahead', () => {
    expect(flagsOf(55, 59, 60)).toEqual(['future']);
    expect(flagsOf(-65, -61, -60)).toEqual([]);
  });
});

it('of ordinary times there is nothing to say, and most times are ordinary', () => {
  const times = fc.integer({ min: -400_000, max: 100_000 });
  const us = (ms: number): number => BEGIN_S * 1e6 + ms * 1e3;
  let ordinaries = 0;
  fc.assert(
    fc.property(
      times,
      times,
      fc.constantFrom(0, 60, -60),
      fc.constantFrom(1, 300, 1e8),
      fc.boolean(),
      (startMs, endMs, aheadS, staleAfterS, isUntold) => {
        const clock = new ExporterClock({ futureToleranceMs: 0, staleAfterS });
        // At the beginning of 1970 as well, where what is not told lies near.
        const one = isUntold ? { ...message(0), exportTimeUs: 60e6 } : message(0, 0, aheadS);
        const [startUs, endUs] = isUntold ? [0, 0] : [us(startMs), us(endMs)];
        const { fromUs, untilUs } = clock.ordinaryTimes(one, false);
        if (startUs < fromUs || startUs > endUs || endUs >= untilUs) return;
        ordinaries++;
        clock.record(one, startUs, endUs, false);
        clock.message(one);
        expect(Object.values(clock.flags).every((count) => count === 0)).toBe(true);
        const coarse = new ExporterClock({ futureToleranceMs: 0, staleAfterS });
        coarse.message(one);
        expect(clock.summary().estimate).toEqual(coarse.summary().estimate);
      },
    ),
    { numRuns: 1_000 },
  );
  expect(ordinaries).toBeGreaterThan(50);
});

describe('uptimes that count from systemInitTimeMilliseconds (element 160)', () => {
  /** A minute of Messages before the clock is set an hour on, and a minute after. */
  function stepped(tellsAnew: boolean): ExporterClock {
    const clock = new ExporterClock(RULES);
    clock.initTime((BEGIN_S - HOUR_S) * 1e3);
    for (let index = 0; index < 120; index++) {
      const aheadS = index < 60 ? 0 : HOUR_S;
      const one = message(index, index + 0.3, aheadS);
      if (index === 65 && tellsAnew) clock.initTime(BEGIN_S * 1e3);
      clock.record(one, one.exportTimeUs - 2e6, one.exportTimeUs - 1e6, true);
      clock.message(one);
    }
    return clock;
  }

  it('mean the time of before when the clock was set and nobody told anew', () => {
    const { isInitTimeStale, steps } = stepped(false).summary();
    expect([isInitTimeStale, steps]).toEqual([true, 1]);
    expect(stepped(false).flags.future).toBeGreaterThan(0);
    expect(clockClauses(stepped(false).summary()).join()).toContain('its uptimes mean the time of before');
  });

  it('are right again when it is told anew', () => {
    expect(stepped(true).summary().isInitTimeStale).toBe(false);
  });
});

it('flow ends in the second of their header tell the clock to the millisecond', () => {
  const random = new Random(9);
  const [coarse, fine] = [new ExporterClock(RULES), new ExporterClock(RULES)];
  for (let index = 0, atS = 0; index < 300; index++, atS += random.exponential(1)) {
    const one = message(index, atS, 12.345);
    const endUs = Math.floor((BEGIN_S + atS + 12.345) * 1e3) * 1e3;
    fine.record(one, endUs, endUs, false);
    for (const clock of [coarse, fine]) clock.message(one);
  }
  const now = (clock: ExporterClock) => clock.summary().estimate?.now;
  expect(now(fine)?.boundMs).toBeLessThan(1);
  expect(Math.abs((now(fine)?.offsetMs ?? 0) - 12_345)).toBeLessThan(0.5);
  expect(now(coarse)?.boundMs).toBeGreaterThan(20);
});

it('is said in words, and nothing is while there is nothing to say', () => {
  const clock = new ExporterClock(RULES);
  expect(clockClauses(clock.summary())).toEqual(['what its clock says is not known: no Message told both times']);
  const random = new Random(2);
  for (let index = 0, atS = 0; index < 400; index++, atS += random.exponential(1)) clock.message(message(index, atS));
  expect(isClockPlain(clock.summary())).toBe(true);
  for (let index = 400; index < 500; index++) clock.message(message(index, index + random.uniform(0, 1), -300));
  expect(isClockPlain(clock.summary())).toBe(false);
  expect(clockClauses(clock.summary())[0]).toMatch(/^its clock is (299|300)\.\d{3} s behind, within [\d.]+ ms, beside the delay/);
  expect(clockClauses(clock.summary())).toContain('set once');
});
