import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { trueNs } from '../../../core/time/instant.ts';
import { damageOf, judgedDevice, type JudgedDevice } from '../../../lab/findings/damage.ts';
import { writeTimes } from '../../../lab/findings/times-file.ts';
import { writeClocks } from '../../../lab/world/clock-files.ts';
import { clocksView } from '../../../lab/view/clocks-view.ts';
import { consequenceView } from '../../../lab/view/consequence-view.ts';
import { liveClocks, savedClocks } from '../../../lab/view/run-clocks.ts';
import type { ToldBasis } from '../../../lab/view/told-times.ts';
import { savedRecords, timedRecords } from '../../../lab/view/timed-records.ts';
import { runWorld, SMALL, type Ran } from '../../support/small-world.ts';

const FAST_MS = 300_000;
const out = mkdtempSync(join(tmpdir(), 'flowlab-views-'));
let ran: Ran;
let judged: JudgedDevice;

beforeAll(async () => {
  ran = await runWorld({
    ...SMALL,
    router: { clock: { offsetMs: FAST_MS, ntp: false } },
    collector: { clock: { offsetMs: -40, driftPpm: -5 } },
  });
  judged = await judgedDevice(ran.site, ran.store);
  writeClocks({ clocks: join(out, 'clocks.csv'), exchanges: join(out, 'exchanges.csv') }, ran.world.clocks, ran.world.end);
  writeTimes(join(out, 'times.csv'), [{ router: judged, probe: undefined }]);
});
afterAll(() => {
  ran.store.close();
  rmSync(out, { recursive: true });
});

const request = () => ({ epochUnixMs: ran.world.epoch.unixMs, fromNs: trueNs(0), nowNs: ran.world.end, bucketS: 300 });
const consequence = (errorMs: number, isKept = false, basis: ToldBasis = 'flow') =>
  consequenceView(timedRecords(judged), { ...request(), basis, errorMs, isKept });

describe('clocks', () => {
  test('say in words how wrong they are, and the truth beside', () => {
    const { clocks } = clocksView(liveClocks(ran.world.clocks), timedRecords(judged), request());
    const [router, collector] = clocks;
    expect(router?.errorMs).toEqual({ value: FAST_MS, sure: 'truth' });
    expect(router?.sentence).toBe('the router is 5 min ahead');
    expect(router?.isKept).toBe(false);
    expect(collector?.sentence).toBe('the collector is right within a millisecond');
    expect(collector?.isKept).toBe(true);
  });

  test('a saved run shows what the run in the process showed', () => {
    const live = clocksView(liveClocks(ran.world.clocks), timedRecords(judged), request());
    const saved = clocksView(
      savedClocks({ clocks: join(out, 'clocks.csv'), exchanges: join(out, 'exchanges.csv') }),
      savedRecords(join(out, 'times.csv')).get('headquarters'),
      request(),
    );
    expect(saved.lanes).toEqual(live.lanes);
    expect(saved.series.map(({ estimates }) => estimates.length)).toEqual(live.series.map(({ estimates }) => estimates.length));
    for (const [index, { device, errorMs }] of saved.series.entries()) {
      const own = live.series[index]!;
      expect(device).toBe(own.device);
      // What lies between two lines of the file may have been a step or a bend.
      const apart = errorMs.map((value, point) => Math.abs(value - own.errorMs[point]!)).toSorted((one, other) => one - other);
      expect(apart[Math.floor(apart.length * 0.95)]).toBeLessThan(0.01);
    }
    expect(saved.exchanges.length).toBe(live.exchanges.length);
  });

  test('an exchange tells what the clock lacked within its bound, and T1 to T4 make its sums', () => {
    const { exchanges } = clocksView(liveClocks(ran.world.clocks), undefined, request());
    expect(exchanges.length).toBeGreaterThan(10);
    for (const { device, t1Ms, t2Ms, t3Ms, t4Ms, offsetMs, delayMs, boundMs, trueOffsetMs } of exchanges) {
      expect(device).toBe('collector');
      // Milliseconds since 1970 are doubles: a quarter of a microsecond is their end.
      expect(offsetMs).toBeCloseTo((t2Ms - t1Ms + (t3Ms - t4Ms)) / 2, 2);
      expect(delayMs).toBeCloseTo(t4Ms - t1Ms - (t3Ms - t2Ms), 2);
      expect(Math.abs(offsetMs - trueOffsetMs)).toBeLessThanOrEqual(boundMs);
    }
  });

  test('nothing is told of what comes after the asked instant', () => {
    const nowNs = trueNs(ran.world.end / 2);
    const { exchanges, series, lanes, nowMs } = clocksView(liveClocks(ran.world.clocks), timedRecords(judged), {
      ...request(),
      nowNs,
    });
    expect(exchanges.length).toBeGreaterThan(0);
    expect(Math.max(...exchanges.map(({ trueT4Ms }) => trueT4Ms))).toBeLessThanOrEqual(nowMs);
    expect(Math.max(...series.flatMap(({ atMs }) => atMs))).toBeLessThanOrEqual(nowMs);
    expect(lanes.length).toBeGreaterThan(0);
    // By the collector's clock, which is right.
    expect(Math.max(...lanes.map(({ receivedMs }) => receivedMs))).toBeLessThanOrEqual(nowMs + 1);
  });

  test('a lane of a router that is five minutes fast has its record in the future and in a wrong bucket', () => {
    const { lanes } = clocksView(liveClocks(ran.world.clocks), timedRecords(judged), request());
    for (const { odd, trueStartMs, routerStartMs } of lanes) {
      expect(odd).toEqual(['future', 'wrong-bucket']);
      expect(routerStartMs - trueStartMs!).toBeGreaterThan(FAST_MS - 1.001);
      expect(routerStartMs - trueStartMs!).toBeLessThan(FAST_MS + 1.001);
    }
  });
});

describe('the consequence of a wrong clock', () => {
  test('of the error that the clock really had is what the judge counts', () => {
    const { asItWas } = damageOf([judged], ran.world, ran.scenario);
    const told = consequence(FAST_MS);
    const kept = consequence(0, true);
    expect(kept.wrongBucketOctets.value).toBe(asItWas.wrongBucketOctets);
    expect(kept.wrongHourOctets.value).toBe(asItWas.wrongHourOctets);
    expect(kept.futureFlows.value).toBe(asItWas.futureFlows);
    // Told to the nanosecond, where the router tells milliseconds.
    expect(told.wrongBucketOctets.value / asItWas.wrongBucketOctets).toBeCloseTo(1, 3);
    expect(told.futureFlows.value).toBe(asItWas.futureFlows);
  });

  test('of no error is none, and of five minutes every octet is elsewhere', () => {
    expect(consequence(0).wrongBucketOctets.value).toBe(0);
    expect(consequence(0).sentence).toBe('Everything is where it belongs.');
    const { wrongBucketOctets, octets } = consequence(FAST_MS);
    expect(wrongBucketOctets.value).toBe(octets.value);
  });

  test('grows with the error until nothing is in its bucket, and no octet of the chart is lost', () => {
    let before = 0;
    for (const errorMs of [0, 10, 1_000, 30_000, 120_000, 299_000]) {
      const { wrongBucketOctets, trueOctets, toldOctets, octets } = consequence(errorMs);
      expect(wrongBucketOctets.value).toBeGreaterThanOrEqual(before);
      before = wrongBucketOctets.value;
      const sum = (column: readonly number[]): number => column.reduce((total, each) => total + each, 0);
      // Each bucket is rounded.
      expect(Math.abs(sum(trueOctets) - octets.value)).toBeLessThan(trueOctets.length);
      expect(Math.abs(sum(toldOctets) - octets.value)).toBeLessThan(toldOctets.length);
    }
    expect(before).toBeGreaterThan(0);
  });

  test('of whole buckets moves the chart by them', () => {
    const { trueOctets, toldOctets } = consequence(2 * FAST_MS);
    expect(toldOctets.slice(2)).toEqual(trueOctets.slice(0, -2));
    expect(toldOctets.slice(0, 2)).toEqual([0, 0]);
  });

  test('by the truth is none, by what is corrected next to none, and by the clock of the router what it was', () => {
    const wrong = (basis: ToldBasis): number => consequence(0, true, basis).wrongBucketOctets.value;
    expect(wrong('truth')).toBe(0);
    expect(wrong('corrected')).toBeLessThan(0.01 * wrong('flow'));
    // The router tells whole milliseconds.
    expect(wrong('flow') / consequence(FAST_MS).wrongBucketOctets.value).toBeCloseTo(1, 3);
  });

  test('is none of the router where the time of receipt counts, and moves what was exported by whole buckets', () => {
    const figures = (errorMs: number, basis: ToldBasis) => {
      const { wrongBucketOctets, toldOctets, startMs, bucketMs, octets } = consequence(errorMs, false, basis);
      const told = toldOctets.flatMap((value, index) => (value === 0 ? [] : [[startMs + index * bucketMs, value] as const]));
      expect(Math.abs(told.reduce((sum, [, value]) => sum + value, 0) - octets.value)).toBeLessThan(toldOctets.length);
      return { told, wrong: wrongBucketOctets.value };
    };
    expect(figures(2 * FAST_MS, 'receive')).toEqual(figures(0, 'receive'));
    expect(figures(0, 'receive').wrong).toBeGreaterThan(0);
    expect(figures(2 * FAST_MS, 'export').told).toEqual(
      figures(0, 'export').told.map(([atMs, value]) => [atMs + 2 * FAST_MS, value]),
    );
  });
});
