import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluatorOf, type Expression, type FunctionName } from '../../../core/random/expression.ts';
import { Random } from '../../../core/random/random.ts';

const call = (name: FunctionName, ...of: Expression[]): Expression => ({ name, of });
const values = (expression: Expression, count: number, seed = 1): number[] => {
  const evaluate = evaluatorOf(expression, new Random(seed));
  return Array.from({ length: count }, () => evaluate({}));
};
const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
function variance(list: readonly number[]): number {
  const middle = mean(list);
  return mean(list.map((value) => (value - middle) ** 2));
}

/** Without -0. */
const toBillionths = (value: number): number => Math.round(value * 1e9) / 1e9 + 0;

describe('functions', () => {
  test('reckon as their names say', () => {
    const cases: [Expression, number][] = [
      [call('plus', 1, 2, 4), 7],
      [call('times', 2, 3, -4), -24],
      [call('modulo', 17, 10, 4), 3],
      [call('modulo', -7, 4), -3],
      [call('min', 3, -1, 2), -1],
      [call('max', 3, -1, 2), 3],
      [call('equal', 0.5, 1, 1.5), 1],
      [call('equal', 0.4, 1, 1.5, 1.2), 0],
    ];
    for (const [expression, expected] of cases) expect(values(expression, 1)).toEqual([expected]);
  });

  test('variables have the value of this time, or 0', () => {
    const evaluate = evaluatorOf(call('plus', 'time', call('times', 10, 'length')), new Random(1));
    expect([evaluate({ time: 3, length: 2 }), evaluate({ time: 4 })]).toEqual([23, 4]);
  });

  test('waves go on by one each time, from where clknetsim begins them', () => {
    expect(values(call('pulse', 2, 3), 7)).toEqual([1, 1, -1, -1, -1, 1, 1]);
    expect(values(call('triangle', 4), 6)).toEqual([-1, 0, 1, 0, -1, 0]);
    expect(values(call('sine', 4), 5).map(toBillionths)).toEqual([0, 1, 0, -1, 0]);
    expect(values(call('cosine', 4), 5).map(toBillionths)).toEqual([1, 0, -1, 0, 1]);
    expect(values(call('cycle', 5, 6, 7), 7)).toEqual([5, 6, 7, 5, 6, 7, 5]);
  });

  test('sum adds up what its expressions were each time', () => {
    expect(values(call('sum', call('cycle', 1, 2), 10), 4)).toEqual([11, 23, 34, 46]);
    const steps = values(call('normal', 0.01), 500);
    const walk = values(call('sum', call('normal', 0.01)), 500);
    let total = 0;
    expect(walk).toEqual(steps.map((step) => (total += step)));
  });
});

describe('distributions', () => {
  test.each<[string, Expression, number, number]>([
    ['uniform', call('uniform'), 1 / 2, 1 / 12],
    ['uniform from low to high', call('uniform', 2, 8), 5, 3],
    ['normal', call('normal'), 0, 1],
    ['normal of a deviation', call('normal', 3), 0, 9],
    ['exponential', call('exponential'), 1, 1],
    ['exponential of a mean', call('exponential', 4), 4, 16],
    ['poisson', call('poisson', 3), 3, 3],
    ['gamma', call('gamma', 4, 0.5), 2, 1],
    ['gamma below one', call('gamma', 0.5, 2), 1, 2],
    ['pareto', call('pareto', 2, 8), 16 / 7, (4 * 8) / (49 * 6)],
    ['logNormal', call('logNormal', 1, 0.25), Math.exp(0.03125), (Math.exp(0.0625) - 1) * Math.exp(0.0625)],
  ])('%s has its mean and variance', (_, expression, expectedMean, expectedVariance) => {
    const drawn = values(expression, 200_000);
    expect(Math.abs(mean(drawn) - expectedMean)).toBeLessThan(5 * Math.sqrt(expectedVariance / drawn.length));
    expect(Math.abs(variance(drawn) / expectedVariance - 1)).toBeLessThan(0.05);
  });

  test('the same seed gives the same, another seed another', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const expression = call('plus', call('normal'), call('poisson', 2), call('gamma', 2, 1));
        expect(values(expression, 5, seed)).toEqual(values(expression, 5, seed));
        expect(values(expression, 5, seed)).not.toEqual(values(expression, 5, seed + 1));
      }),
    );
  });
});
