import { expect, test } from 'vitest';
import { Random } from '../../../core/random/random.ts';
import { NS_PER_MS, trueNs } from '../../../core/time/instant.ts';
import { Link, linkSchema } from '../../../lab/faults/link.ts';

const SENT = 20_000;
const ENDS = { down: 3, up: 1, port: 123 };

function arrivalsOf(config: object, seed = 1): number[][] {
  const link = new Link(linkSchema.parse(config), new Random(seed), ENDS);
  return Array.from({ length: SENT }, () => link.arrivals(trueNs(0), { way: 'up', octets: 48 }).map((at) => at / NS_PER_MS));
}

/** Within five deviations of a binomial count: about one seed in a million fails, and this one is fixed. */
const about = (percent: number): [number, number] => {
  const mean = (SENT * percent) / 100;
  const deviation = Math.sqrt(mean * (1 - percent / 100));
  return [mean - 5 * deviation, mean + 5 * deviation];
};

test('loses, doubles and holds back as many as it is told', () => {
  const arrivals = arrivalsOf({ delayMs: 4, lossPercent: 2, duplicatePercent: 3, reorderPercent: 5, reorderDelayMs: 100 });
  const counts: [number, number][] = [
    [arrivals.filter((copies) => copies.length === 0).length, 2],
    [arrivals.filter((copies) => copies.length === 2).length, 3 * 0.98],
    [arrivals.filter((copies) => (copies[0] ?? 0) > 50).length, 5 * 0.98],
  ];
  for (const [count, percent] of counts) {
    const [low, high] = about(percent);
    expect(count).toBeGreaterThan(low);
    expect(count).toBeLessThan(high);
  }
});

test('never delivers earlier than its delay, with jitter of the mean it is told', () => {
  const delays = arrivalsOf({ delayMs: 4, jitterMs: 2 }).flat();
  expect(delays.length).toBe(SENT);
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(4);
  const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
  expect(Math.abs(mean - 6)).toBeLessThan(0.1);
});

test('is the same for the same seed and another for another', () => {
  const config = { jitterMs: 1, lossPercent: 5 };
  expect(arrivalsOf(config, 7)).toEqual(arrivalsOf(config, 7));
  expect(arrivalsOf(config, 7)).not.toEqual(arrivalsOf(config, 8));
});
