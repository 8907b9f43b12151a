import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { trueNs } from '../../../core/time/instant.ts';
import { writeClocks } from '../../../lab/world/clock-files.ts';
import { runWorld } from '../../support/small-world.ts';

const out = mkdtempSync(join(tmpdir(), 'flowlab-clocks-'));
afterAll(() => rmSync(out, { recursive: true }));

/** A fast, drifting router that is kept, and a slow collector that nobody keeps. */
const { world, store } = await runWorld({
  title: 'Two clocks',
  start: '2026-03-02T08:55:00Z',
  duration: '2h',
  office: { employees: 1 },
  router: { clock: { offsetMs: 4_000, driftPpm: 60 } },
  collector: { clock: { offsetMs: -250, driftPpm: -10, ntp: false } },
});
store.close();
const { routerClock } = world.headquarters;

test('an exchange has the times that the clocks showed, and its offset is wrong by no more than its bound', () => {
  expect(routerClock.exchanges.length).toBeGreaterThan(50);
  for (const exchange of routerClock.exchanges) {
    const { trueT1Ns, trueT2Ns, trueT4Ns, t1Ns, t2Ns, t3Ns, t4Ns, offsetNs, delayNs, boundNs } = exchange;
    // At the instant of a step the clock has two readings: T4 is the one before it.
    if (exchange.outcome !== 'step') expect(t4Ns).toBe(routerClock.clock.read(trueT4Ns));
    // The server is right: what it is ahead is what the router's clock lacks. A resolution of 2^-32 s rounds to a nanosecond.
    expect(Math.abs(t2Ns - trueT2Ns)).toBeLessThanOrEqual(1);
    expect(Math.abs(t3Ns - trueT2Ns)).toBeLessThanOrEqual(1);
    const errorNs = routerClock.clock.errorNs(trueNs((trueT1Ns + trueT4Ns) / 2));
    if (exchange.outcome !== 'step') expect(Math.abs(offsetNs + errorNs)).toBeLessThanOrEqual(boundNs);
    expect(Math.abs(delayNs - (trueT4Ns - trueT1Ns))).toBeLessThan(1_000);
    expect(t4Ns).toBeGreaterThan(t1Ns);
  }
});

test('the first exchange of a clock that is 4 s fast tells it to go back by that and is a step', () => {
  const [first] = routerClock.exchanges;
  expect(first?.outcome).toBe('step');
  expect(first?.offsetNs).toBeCloseTo(-4e9, -6);
});

test('a clock that nobody keeps has no exchanges and is as wrong as without NTP', () => {
  expect(world.collectorClock.exchanges).toEqual([]);
  writeClocks({ clocks: join(out, 'clocks.csv'), exchanges: join(out, 'exchanges.csv') }, world.clocks, world.end);
  const lines = readFileSync(join(out, 'clocks.csv'), 'utf8').trimEnd().split('\n').slice(1);
  const collector = lines.filter((line) => line.startsWith('collector,')).map((line) => line.split(',').slice(1).map(Number));
  expect(collector.length).toBeGreaterThan(100);
  for (const [atNs = NaN, errorNs = NaN, untouchedErrorNs] of collector) {
    expect(errorNs).toBe(untouchedErrorNs);
    // 10 ppm slow: a nanosecond of rounding.
    expect(Math.abs(errorNs + 250e6 + atNs / 1e5)).toBeLessThan(2);
  }
  const router = lines.filter((line) => line.startsWith('router,')).map((line) => line.split(',').slice(1).map(Number));
  expect(router.at(-1)?.[2]).toBeGreaterThan(4e9);
  expect(Math.abs(router.at(-1)?.[1] as number)).toBeLessThan(1e6);
});

test('exchanges.csv has a line for each reply of each clock', () => {
  const lines = readFileSync(join(out, 'exchanges.csv'), 'utf8').trimEnd().split('\n');
  expect(lines.length - 1).toBe(routerClock.exchanges.length);
  expect(lines[1]?.split(',')).toHaveLength(lines[0]?.split(',').length as number);
});
