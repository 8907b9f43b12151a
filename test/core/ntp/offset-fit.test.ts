import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitOffsets, offsetAt } from '../../../core/ntp/offset-fit.ts';
import { after, NS_PER_MS, NS_PER_S, trueNs } from '../../../core/time/instant.ts';

const lines = fc.record({
  offsetNs: fc.integer({ min: -NS_PER_S, max: NS_PER_S }),
  slopePpm: fc.integer({ min: -500, max: 500 }),
});
const samplesOn = (offsetNs: number, slopePpm: number, count: number, spacingS: number) =>
  Array.from({ length: count }, (_, index) => {
    const at = trueNs(index * spacingS * NS_PER_S);
    return { at, offsetNs: offsetNs + (at * slopePpm) / 1e6, delayNs: 600_000 };
  });

test('samples on a line give that line, once they are minutes apart', () => {
  fc.assert(
    fc.property(lines, ({ offsetNs, slopePpm }) => {
      const samples = samplesOn(offsetNs, slopePpm, 8, 64);
      const line = fitOffsets(samples, 0);
      expect(line.slope * 1e6).toBeCloseTo(slopePpm, 2);
      const later = after(line.at, 64 * NS_PER_S);
      expect(Math.abs(offsetAt(line, later) - offsetNs - (later * slopePpm) / 1e6)).toBeLessThan(1_000);
    }),
  );
});

test('a single sample is its own line with the slope known before', () => {
  const [sample] = samplesOn(123, 0, 1, 1);
  expect(fitOffsets([sample!], 50e-6)).toMatchObject({ offsetNs: 123, slope: 50e-6 });
});

test('two samples a moment apart over a long path say next to nothing about the slope', () => {
  const samples = [
    { at: trueNs(0), offsetNs: 0, delayNs: 20 * NS_PER_MS },
    { at: trueNs(2 * NS_PER_S), offsetNs: NS_PER_MS, delayNs: 20 * NS_PER_MS },
  ];
  expect(Math.abs(fitOffsets(samples, 0).slope)).toBeLessThan(1e-6);
});

test('a sample that met a queue hardly counts', () => {
  const samples = samplesOn(0, 0, 8, 64).map((sample, index) =>
    index === 4 ? { ...sample, offsetNs: 20 * NS_PER_MS, delayNs: 600_000 + 40 * NS_PER_MS } : sample,
  );
  const line = fitOffsets(samples, 0);
  expect(Math.abs(offsetAt(line, line.at))).toBeLessThan(1_000);
});
