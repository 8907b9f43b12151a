import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NS_PER_S, trueNs } from '../../../core/time/instant.ts';
import { Reading } from '../../../core/time/reading.ts';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';

const instants = fc.integer({ min: 0, max: 86_400 * NS_PER_S }).map(trueNs);

test('a reading is the same whenever it is taken, and leaves clock and history alone', () => {
  const plain = new VirtualClock({ driftPpm: 30 });
  const noisy = new VirtualClock({ driftPpm: 30, reading: new Reading(1, 5_000, 1) });
  const again = new VirtualClock({ driftPpm: 30, reading: new Reading(1, 5_000, 1) });
  fc.assert(
    fc.property(instants, instants, (one, other) => {
      const first = noisy.read(one);
      noisy.read(other);
      expect(noisy.read(one)).toBe(first);
      expect(again.read(one)).toBe(first);
      expect(noisy.errorNs(one)).toBe(plain.errorNs(one));
    }),
  );
  expect(noisy.history).toEqual(plain.history);
});

test('noise is white and normal with the deviation told: neighbouring nanoseconds share nothing', () => {
  const clock = new VirtualClock({ reading: new Reading(7, 1_000, 1) });
  const noise = Array.from({ length: 50_000 }, (_, ns) => (clock.read(trueNs(ns)) - ns) / 1_000);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(mean(noise)).toBeCloseTo(0, 1);
  expect(mean(noise.map((value) => value ** 2))).toBeCloseTo(1, 1);
  expect(mean(noise.map((value) => value ** 4))).toBeGreaterThan(2.8);
  expect(mean(noise.map((value) => value ** 4))).toBeLessThan(3.2);
  for (const lag of [1, 2, 16, 1_000]) {
    expect(Math.abs(mean(noise.slice(lag).map((value, index) => value * (noise[index] as number))))).toBeLessThan(0.02);
  }
});

test('seeds differ', () => {
  const readings = [1, 2].map((seed) => {
    const reading = new Reading(seed, 1_000, 1);
    return Array.from({ length: 20 }, (_, ns) => reading.of(trueNs(ns), 0 as never));
  });
  expect(readings[0]).not.toEqual(readings[1]);
});

test('a resolution rounds down to its multiples', () => {
  const clock = new VirtualClock({ offsetNs: -5, reading: new Reading(0, 0, 10_000_000) });
  expect([4, 5, 10_000_004, 10_000_005].map((ns) => clock.read(trueNs(ns)))).toEqual([-10_000_000, 0, 0, 10_000_000]);
});

test('no reading is further from the clock than it says', () => {
  const settings = fc.record({ noiseNs: fc.constantFrom(0, 1, 700), resolutionNs: fc.constantFrom(1, 64, 10_000) });
  fc.assert(
    fc.property(settings, fc.nat(), instants, ({ noiseNs, resolutionNs }, seed, now) => {
      const clock = new VirtualClock({ offsetNs: 12_345, reading: new Reading(seed, noiseNs, resolutionNs) });
      const { slowNs, fastNs } = clock.readingErrorNs;
      const error = clock.read(now) - now - clock.errorNs(now);
      expect(error).toBeGreaterThanOrEqual(-slowNs);
      expect(error).toBeLessThanOrEqual(fastNs);
    }),
    { numRuns: 2_000 },
  );
});
