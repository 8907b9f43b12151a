import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OffsetEstimator, type OffsetSample } from '../../../core/ntp/offset-estimator.ts';
import { Random } from '../../../core/random/random.ts';
import { after, NS_PER_MS, NS_PER_S, trueNs } from '../../../core/time/instant.ts';

const DELAY_NS = 600_000;
const estimator = (slope = 0, slopeDeviation = 100e-6) => new OffsetEstimator({ slope, slopeDeviation });
const sample = (atS: number, offsetNs: number, delayNs = DELAY_NS): OffsetSample => ({
  at: trueNs(atS * NS_PER_S),
  offsetNs,
  delayNs,
});
const estimateAt = (one: OffsetEstimator, atS: number) =>
  one.estimate(trueNs(atS * NS_PER_S)) ?? { offsetNs: NaN, slope: NaN, deviationNs: NaN };

describe('the estimate', () => {
  test('is not there before the first sample, and is the first sample with the slope known before', () => {
    const one = estimator(50e-6);
    expect(one.estimate(trueNs(0))).toBeUndefined();
    one.add(sample(0, 123));
    const { deviationNs, ...first } = estimateAt(one, 0);
    expect(first).toEqual({ offsetNs: 123, slope: 50e-6 });
    expect(deviationNs).toBeGreaterThan(0);
    expect(estimateAt(one, 1).offsetNs).toBeCloseTo(123 + 50_000, 6);
  });

  test('of samples on a line is that line, once they are minutes apart', () => {
    fc.assert(
      fc.property(fc.integer({ min: -NS_PER_S, max: NS_PER_S }), fc.integer({ min: -200, max: 200 }), (offsetNs, slopePpm) => {
        const one = estimator();
        const at = (s: number): number => offsetNs + s * slopePpm * 1_000;
        for (let s = 0; s <= 64 * 12; s += 64) expect(one.add(sample(s, at(s))).verdict).toBe('taken');
        expect(estimateAt(one, 0).slope * 1e6).toBeCloseTo(slopePpm, 1);
        expect(Math.abs(estimateAt(one, 64 * 13).offsetNs - at(64 * 13))).toBeLessThan(2_000);
      }),
    );
  });

  test('of two samples a moment apart over a long path says next to nothing about the slope', () => {
    const one = estimator();
    one.add(sample(0, 0, 20 * NS_PER_MS));
    one.add(sample(2, NS_PER_MS / 10, 20 * NS_PER_MS));
    expect(Math.abs(estimateAt(one, 2).slope)).toBeLessThan(2e-6);
  });

  test('hardly minds a sample that met a queue', () => {
    const one = estimator();
    for (let s = 0; s <= 64 * 12; s += 64) {
      one.add(s === 64 * 10 ? sample(s, 20 * NS_PER_MS, DELAY_NS + 40 * NS_PER_MS) : sample(s, 0));
    }
    expect(Math.abs(estimateAt(one, 64 * 12).offsetNs)).toBeLessThan(1_000);
  });

  test('follows an oscillator that wanders and holds still for one that does not, without being told which', () => {
    const spreadOf = (wander: number): number => {
      const random = new Random(3);
      const one = estimator();
      let [offsetNs, slope, squares] = [0, 20e-6, 0];
      for (let s = 0; s < 86_400; s += 64) {
        offsetNs += slope * 64 * NS_PER_S;
        slope += random.normal(0, wander * 8);
        const queues = [random.exponential(50_000), random.exponential(50_000)] as const;
        one.add(sample(s, offsetNs + (queues[0] - queues[1]) / 2, DELAY_NS + queues[0] + queues[1]));
        if (s > 3_600) squares += (estimateAt(one, s).offsetNs - offsetNs) ** 2;
      }
      return Math.sqrt(squares / ((86_400 - 3_600) / 64));
    };
    expect(spreadOf(1e-7)).toBeLessThan(40_000);
    expect(spreadOf(1e-10)).toBeLessThan(5_000);
  });
});

describe('an outlier', () => {
  const steady = (): OffsetEstimator => {
    const one = estimator();
    for (let s = 0; s < 384; s += 64) one.add(sample(s, 0));
    return one;
  };

  test('changes nothing', () => {
    const one = steady();
    const before = estimateAt(one, 1_000);
    expect(one.add(sample(384, 50 * NS_PER_MS)).verdict).toBe('outlier');
    expect(estimateAt(one, 1_000)).toEqual(before);
    expect(one.isSuspicious).toBe(true);
    expect(one.add(sample(448, 0)).verdict).toBe('taken');
    expect(one.isSuspicious).toBe(false);
  });

  test('that the next sample agrees with is believed, and the frequency is kept', () => {
    const one = steady();
    expect(one.add(sample(384, NS_PER_S)).verdict).toBe('outlier');
    expect(one.add(sample(386, NS_PER_S)).verdict).toBe('moved');
    expect(estimateAt(one, 386).offsetNs).toBe(NS_PER_S);
    expect(Math.abs(estimateAt(one, 386).slope)).toBeLessThan(1e-6);
  });

  test('after an outlier it does not agree with is another one, and asks for no third opinion', () => {
    const one = steady();
    expect(one.add(sample(384, NS_PER_S)).verdict).toBe('outlier');
    expect(one.add(sample(386, -NS_PER_S)).verdict).toBe('outlier');
    expect(one.isSuspicious).toBe(false);
    expect(one.add(sample(450, 0)).verdict).toBe('taken');
  });

  test('is believed when it is one of four that a clock can have gone through: what was foretold is wrong', () => {
    // A remembered frequency of another oscillator: this one is 300 ppm away, and nobody was to notice in the first seconds.
    const one = estimator(0, 1e-7);
    for (let s = 0; s < 6; s += 2) expect(one.add(sample(s, 0)).verdict).toBe('taken');
    const at = (s: number): number => s * 300_000;
    const verdicts = [64, 128, 192, 256].map((s) => one.add(sample(s, at(s))).verdict);
    expect(verdicts).toEqual(['outlier', 'outlier', 'outlier', 'moved']);
    expect(estimateAt(one, 256).offsetNs).toBe(at(256));
  });

  test.each([
    [490, 560],
    [-600, -650],
    [300, -200],
  ])('is believed before long when the pace goes from %i to %i ppm', (before, then) => {
    const one = estimator(before / 1e6, 1e-6);
    let offsetNs = 0;
    const verdicts = Array.from({ length: 60 }, (_, poll) => {
      offsetNs += 64 * (poll < 30 ? before : then) * 1_000;
      return one.add(sample(64 * poll, offsetNs)).verdict;
    });
    expect(verdicts.slice(-20)).toEqual(Array.from({ length: 20 }, () => 'taken'));
    expect(estimateAt(one, 64 * 59).slope * 1e6).toBeCloseTo(then, 0);
  });
});

test('outliers that no clock can have gone through are not believed, a hundred of them', () => {
  const one = estimator();
  for (let s = 0; s < 384; s += 64) one.add(sample(s, 0));
  const random = new Random(9);
  for (let s = 384; s < 6_400; s += 64) {
    const sign = (s / 64) % 2 === 0 ? 1 : -1;
    expect(one.add(sample(s, sign * random.int(40, 1_000) * NS_PER_MS)).verdict).toBe('outlier');
  }
  expect(one.add(sample(6_400, 0)).verdict).toBe('taken');
});

test('samples of a clock that is read in ticks are as uncertain as these', () => {
  const tickNs = 10 * NS_PER_MS;
  const one = new OffsetEstimator({ slope: 0, slopeDeviation: 100e-6, resolutionNs: tickNs });
  const random = new Random(5);
  for (let s = 0; s < 6; s += 2) one.add(sample(s, random.int(0, 1) * tickNs, 0));
  expect(Math.abs(estimateAt(one, 6).slope)).toBeLessThan(100e-6);
  for (let s = 64; s < 86_400; s += 64) expect(one.add(sample(s, random.int(0, 1) * tickNs, 0)).verdict).toBe('taken');
  expect(Math.abs(estimateAt(one, 86_400).offsetNs - tickNs / 2)).toBeLessThan(tickNs / 4);
});

test('samples of any order, distance and size leave numbers', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          fc.integer({ min: -10 * NS_PER_S, max: 1e14 }),
          fc.integer({ min: -1e15, max: 1e15 }),
          fc.integer({ min: 0, max: 4e9 }),
        ),
        { maxLength: 100 },
      ),
      (samples) => {
        const one = estimator();
        let now = trueNs(0);
        for (const [gapNs, offsetNs, delayNs] of samples) {
          now = after(now, gapNs);
          one.add({ at: now, offsetNs, delayNs });
          const { offsetNs: estimated, slope } = estimateAt(one, now / NS_PER_S);
          expect(Number.isFinite(estimated) && Number.isFinite(slope)).toBe(true);
        }
      },
    ),
  );
});
