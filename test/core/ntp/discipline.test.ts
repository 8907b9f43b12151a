import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ClockDiscipline } from '../../../core/ntp/discipline.ts';
import { after, NS_PER_MS, NS_PER_S, trueNs } from '../../../core/time/instant.ts';
import { VirtualClock, type VirtualClockOptions } from '../../../core/time/virtual-clock.ts';

function disciplined(options: VirtualClockOptions = {}) {
  const clock = new VirtualClock(options);
  return { clock, discipline: new ClockDiscipline({ clock, stepThresholdMs: 128, maxSlewPpm: 500, maxFrequencyPpm: 500 }) };
}

const corrections = fc.record({
  gapS: fc.integer({ min: 0, max: 90 }),
  offsetNs: fc.integer({ min: -NS_PER_S, max: NS_PER_S }),
  slopePpm: fc.integer({ min: -400, max: 400 }),
  spreadS: fc.integer({ min: 1, max: 100 }),
});

test('its account of all corrections, slews under way included, is what the clock shows', () => {
  fc.assert(
    fc.property(fc.array(corrections, { maxLength: 20 }), (steps) => {
      const { clock, discipline } = disciplined();
      let now = trueNs(0);
      for (const { gapS, offsetNs, slopePpm, spreadS } of steps) {
        discipline.correct(now, offsetNs, slopePpm / 1e6, spreadS * NS_PER_S);
        now = after(now, gapS * NS_PER_S);
        expect(Math.abs(discipline.correctedNs(now) - clock.errorNs(now))).toBeLessThan(100);
      }
    }),
  );
});

test('a correction repeated in the middle of its slew is not made twice', () => {
  const { clock, discipline } = disciplined({ offsetNs: -100 * NS_PER_MS });
  for (let now = trueNs(0); now < 400 * NS_PER_S; now = after(now, 7 * NS_PER_S)) {
    discipline.correct(now, 100 * NS_PER_MS, 0, NS_PER_S);
  }
  expect(Math.abs(clock.errorNs(trueNs(400 * NS_PER_S)))).toBeLessThan(10);
});

test('an error at the threshold is slewed, one beyond it stepped', () => {
  const at = disciplined({ offsetNs: 128 * NS_PER_MS });
  expect(at.discipline.correct(trueNs(0), -128 * NS_PER_MS, 0, NS_PER_S)).toBe('slew');
  const beyond = disciplined({ offsetNs: 128 * NS_PER_MS + 1 });
  expect(beyond.discipline.correct(trueNs(0), -128 * NS_PER_MS - 1, 0, NS_PER_S)).toBe('step');
  expect(beyond.clock.errorNs(trueNs(0))).toBe(0);
});

test('a slew takes as long as it may, or as long as the fastest slew needs', () => {
  const small = disciplined();
  small.discipline.correct(trueNs(0), NS_PER_MS, 0, 100 * NS_PER_S);
  expect(small.clock.errorNs(trueNs(50 * NS_PER_S))).toBeCloseTo(NS_PER_MS / 2, -1);
  const large = disciplined();
  large.discipline.correct(trueNs(0), 100 * NS_PER_MS, 0, 100 * NS_PER_S);
  expect(large.clock.errorNs(trueNs(100 * NS_PER_S))).toBeCloseTo(50 * NS_PER_MS, -1);
});

test('the frequency is never corrected by more than 500 ppm', () => {
  const { clock, discipline } = disciplined();
  for (const [ppm, wanted] of [
    [2_000, 500],
    [-2_000, -500],
    [37, 37],
  ] as const) {
    discipline.setFrequency(trueNs(0), ppm);
    expect(discipline.frequencyPpm).toBe(wanted);
    expect(clock.frequencyCorrectionPpm).toBeCloseTo(wanted, 9);
  }
});
