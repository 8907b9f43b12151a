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

/** A link as a scenario has it, and when what was sent arrives, in milliseconds. */
const linkOf = (config: object, seed = 1): Link => new Link(linkSchema.parse(config), new Random(seed), ENDS);
const arrivesMs = (link: Link, way: 'up' | 'down', atMs = 0, octets = 48): number | undefined => {
  const [arrival] = link.arrivals(trueNs(atMs * NS_PER_MS), { way, octets });
  return arrival === undefined ? undefined : arrival / NS_PER_MS;
};

test('has a delay for each direction where it is told', () => {
  const link = linkOf({ delayMs: 1, upDelayMs: 5, downDelayMs: { plus: [10, 5] } });
  expect([arrivesMs(link, 'up'), arrivesMs(link, 'down')]).toEqual([5, 15]);
  expect(arrivesMs(linkOf({ delayMs: 1, upDelayMs: 5 }), 'down')).toBe(1);
});

test.each<[string, object, number, number]>([
  ['uniform', { uniform: [2, 8] }, 5, 3],
  ['normal', { plus: [40, { normal: 3 }] }, 40, 9],
  ['exponential', { plus: [10, { exponential: 2 }] }, 12, 4],
  ['gamma', { gamma: [4, 2] }, 8, 16],
])('delays are distributed as they are told: %s', (_, delayMs, mean, variance) => {
  const delays = arrivalsOf({ delayMs }).flat();
  const found = delays.reduce((sum, delay) => sum + delay, 0) / SENT;
  expect(delays).toHaveLength(SENT);
  expect(Math.abs(found - mean)).toBeLessThan(5 * Math.sqrt(variance / SENT));
  const spread = delays.reduce((sum, delay) => sum + (delay - found) ** 2, 0) / SENT;
  expect(Math.abs(spread / variance - 1)).toBeLessThan(0.1);
});

test('an expression knows time, devices, port and length, and loses what it gives less than nothing', () => {
  const each = {
    times: [1, { plus: [{ times: [1_000, 'from'] }, { times: [100, 'to'] }, 'port', { times: [0.001, 'length'] }, 'time'] }],
  };
  const link = linkOf({ delayMs: each });
  expect(arrivesMs(link, 'up', 5_000)).toBeCloseTo(5_000 + 3_000 + 100 + 123 + 0.048 + 5, 6);
  expect(arrivesMs(link, 'down', 0)).toBeCloseTo(1_000 + 300 + 123 + 0.048, 6);
  const every4th = linkOf({ delayMs: { cycle: [1, 1, 1, -1] } });
  expect(Array.from({ length: 8 }, () => arrivesMs(every4th, 'up'))).toEqual([1, 1, 1, undefined, 1, 1, 1, undefined]);
  expect(arrivesMs(linkOf({ delayMs: { plus: [1e9] } }), 'up')).toBe(60_000);
});

test('loses in bursts of the lengths and distances it is told, each direction by itself', () => {
  const link = linkOf({ lossBursts: { everyDatagrams: 50, lengthDatagrams: 6 } });
  const lost = Array.from({ length: 200_000 }, () => link.arrivals(trueNs(0), { way: 'up', octets: 48 }).length === 0);
  const runs: { lost: boolean; length: number }[] = [];
  for (const each of lost) {
    const run = runs.at(-1);
    if (run?.lost === each) run.length++;
    else runs.push({ lost: each, length: 1 });
  }
  const lengths = (of: boolean): number[] => runs.filter((run) => run.lost === of).map(({ length }) => length);
  const mean = (list: readonly number[]): number => list.reduce((sum, length) => sum + length, 0) / list.length;
  expect(mean(lengths(true))).toBeGreaterThan(5.7);
  expect(mean(lengths(true))).toBeLessThan(6.3);
  expect(mean(lengths(false))).toBeGreaterThan(47);
  expect(mean(lengths(false))).toBeLessThan(53);
  // A geometric length: a burst ends with the same chance after each datagram.
  const longer = lengths(true).filter((length) => length > 6).length / lengths(true).length;
  expect(longer).toBeCloseTo((5 / 6) ** 6, 1);
  const other = linkOf({ lossBursts: { everyDatagrams: 50, lengthDatagrams: 6 } });
  for (let index = 0; index < 77; index++) other.arrivals(trueNs(0), { way: 'down', octets: 48 });
  const again = Array.from({ length: 1_000 }, () => other.arrivals(trueNs(0), { way: 'up', octets: 48 }).length === 0);
  expect(again).toEqual(lost.slice(0, 1_000));
});

test('a queue delays by what is under way and has an end; the other direction does not wait', () => {
  // 972 octets and 28 of headers are 8 ms at 1 Mbit/s.
  const link = linkOf({ delayMs: 1, queue: { kilobitsPerS: 1_000, maxOctets: 3_000 } });
  expect([0, 0, 0, 0].map((at) => arrivesMs(link, 'up', at, 972))).toEqual([9, 17, 25, undefined]);
  expect(arrivesMs(link, 'down', 0, 972)).toBe(9);
  expect(arrivesMs(link, 'up', 12, 972)).toBe(33);
  expect(arrivesMs(link, 'up', 100, 972)).toBe(109);
});

test('another link can wait in its queue, unless it has its own', () => {
  const busy = linkOf({ delayMs: 0, queue: { kilobitsPerS: 1_000 } });
  const guest = new Link(linkSchema.parse({ delayMs: 0 }), new Random(1), ENDS, busy.queueUp);
  const own = new Link(linkSchema.parse({ delayMs: 0, queue: { kilobitsPerS: 1_000 } }), new Random(1), ENDS, busy.queueUp);
  arrivesMs(busy, 'up', 0, 972);
  expect([arrivesMs(guest, 'up', 0, 97), arrivesMs(guest, 'down', 0, 97), arrivesMs(own, 'up', 0, 97)]).toEqual([9, 0, 1]);
});

test('what is lost does not depend on how long the rest takes', () => {
  const lostOf = (delayMs: unknown): boolean[] => arrivalsOf({ lossPercent: 20, delayMs }).map((copies) => copies.length === 0);
  expect(lostOf({ exponential: 3 })).toEqual(lostOf(3));
});
