import { expect, test } from 'vitest';
import { Random } from '../../../core/random/random.ts';

const draw = (random: Random, count: number, sample: (random: Random) => number) =>
  Array.from({ length: count }, () => sample(random));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('a fork depends on the seed and its name, not on what was drawn before', () => {
  const untouched = new Random(7);
  const used = new Random(7);
  draw(used, 100, (random) => random.uniform());
  expect(used.fork('person:john').uniform()).toBe(untouched.fork('person:john').uniform());
  expect(untouched.fork('person:john').uniform()).not.toBe(untouched.fork('person:sarah').uniform());
  expect(new Random(8).fork('person:john').uniform()).not.toBe(untouched.fork('person:john').uniform());
});

test('distributions have the mean and the median they are asked for', () => {
  const random = new Random(1);
  expect(mean(draw(random, 50_000, (r) => r.uniform(2, 4)))).toBeCloseTo(3, 1);
  expect(mean(draw(random, 50_000, (r) => r.exponential(5)))).toBeCloseTo(5, 0);
  expect(mean(draw(random, 50_000, (r) => r.normal(10, 2)))).toBeCloseTo(10, 1);
  const ordered = draw(random, 50_000, (r) => r.logNormal(100, 1)).sort((a, b) => a - b);
  expect(ordered[25_000]).toBeGreaterThan(96);
  expect(ordered[25_000]).toBeLessThan(104);
  expect(new Set(draw(random, 1_000, (r) => r.int(1, 3)))).toEqual(new Set([1, 2, 3]));
});
