import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ClockDiscipline } from '../../../core/ntp/discipline.ts';
import { after, NS_PER_MS, NS_PER_S, trueNs } from '../../../core/time/instant.ts';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';

const DELAY_NS = 600_000;

function disciplined(options: { offsetNs?: number; driftPpm?: number }) {
  const clock = new VirtualClock(options);
  return { clock, discipline: new ClockDiscipline({ clock, stepThresholdMs: 128, maxSlewPpm: 500 }) };
}

test('samples taken in the middle of a slew do not disturb: what is left of it is not corrected twice', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -120 * NS_PER_MS, max: 120 * NS_PER_MS }),
      fc.integer({ min: -400, max: 400 }),
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 12, maxLength: 20 }),
      (offsetNs, driftPpm, gapsS) => {
        const { clock, discipline } = disciplined({ offsetNs, driftPpm });
        let now = trueNs(0);
        for (const gapS of gapsS) {
          expect(discipline.sample(now, -clock.errorNs(now), DELAY_NS)).toBe('slew');
          now = after(now, gapS * NS_PER_S);
        }
        const settled = after(now, 300 * NS_PER_S);
        expect(Math.abs(clock.errorNs(settled))).toBeLessThan(NS_PER_MS);
      },
    ),
  );
});

test('an error at the threshold is slewed, one beyond it stepped', () => {
  const at = disciplined({ offsetNs: 128 * NS_PER_MS });
  expect(at.discipline.sample(trueNs(0), -128 * NS_PER_MS, DELAY_NS)).toBe('slew');
  const beyond = disciplined({ offsetNs: 128 * NS_PER_MS + 1 });
  expect(beyond.discipline.sample(trueNs(0), -128 * NS_PER_MS - 1, DELAY_NS)).toBe('step');
  expect(beyond.clock.errorNs(trueNs(0))).toBe(0);
});

test('the frequency is never corrected by more than 500 ppm', () => {
  const { clock, discipline } = disciplined({ driftPpm: 2_000 });
  for (let now = trueNs(0); now < 1_000 * NS_PER_S; now = after(now, 16 * NS_PER_S)) {
    discipline.sample(now, -clock.errorNs(now), DELAY_NS);
    expect(Math.abs(discipline.frequencyPpm)).toBeLessThanOrEqual(500);
    expect(clock.frequencyCorrectionPpm).toBeCloseTo(discipline.frequencyPpm, 6);
  }
  expect(discipline.frequencyPpm).toBe(-500);
});

test('an outlier changes nothing; a second one that follows it is believed', () => {
  const { clock, discipline } = disciplined({});
  let now = trueNs(0);
  for (let index = 0; index < 6; index++, now = after(now, 64 * NS_PER_S)) discipline.sample(now, 0, DELAY_NS);
  const segments = clock.history.length;
  expect(discipline.sample(now, 50 * NS_PER_MS, DELAY_NS)).toBe('outlier');
  expect(clock.history).toHaveLength(segments);
  now = after(now, 64 * NS_PER_S);
  expect(discipline.sample(now, 0, DELAY_NS)).toBe('slew');
  now = after(now, 64 * NS_PER_S);
  expect(discipline.sample(now, NS_PER_S, DELAY_NS)).toBe('outlier');
  now = after(now, 2 * NS_PER_S);
  expect(discipline.sample(now, NS_PER_S, DELAY_NS)).toBe('step');
  expect(clock.errorNs(now)).toBe(NS_PER_S);
});
