import { describe, expect, test } from 'vitest';
import { trueNs } from '../../../core/time/instant.ts';
import { findingsOf } from '../../../lab/findings.ts';
import type { ScenarioInput } from '../../../lab/scenario/schema.ts';
import { runWorld, SMALL } from '../../support/small-world.ts';

type Clock = NonNullable<NonNullable<ScenarioInput['router']>['clock']>;

async function run(clock: Clock, more: Partial<ScenarioInput> = {}) {
  const ran = await runWorld({ ...SMALL, duration: '12m', ...more, router: { clock } });
  const { site, world, scenario, store } = ran;
  const findings = await findingsOf(world, scenario, store);
  store.close();
  return { site, world, findings: JSON.stringify(findings), differences: findings.differences };
}

/** Every clock a scenario can have: what it does to the records, the judge must account for. */
const CLOCKS: readonly (readonly [string, Clock])[] = [
  ['a cheap router, kept', { preset: 'cheap-router', offsetMs: 300_000 }],
  ['a cheap router, alone', { preset: 'cheap-router', offsetMs: 300_000, ntp: false }],
  ['a server', { preset: 'server' }],
  ["an office computer's, alone", { preset: 'pc', ntp: false }],
  ['a temperature-compensated one', { preset: 'tcxo' }],
  ['reading noise', { readingNoiseUs: 500 }],
  ['wander', { wanderPpm: 5, ageingPpmPerDay: 100, ntp: false }],
  [
    'expressions',
    { frequencyPpm: { times: [300, { sine: 60 }] }, stepMs: { times: [20, { equal: [0.5, 0, { modulo: ['time', 60] }] }] } },
  ],
  ['steps', { steps: [{ after: '6m', byMs: -4_000 }], randomSteps: { meanIntervalS: 100, deviationMs: 900 }, ntp: false }],
  ['a reboot', { reboots: [{ after: '400s', wallClock: 'rtc' }], rtc: { offsetMs: 7_000 }, offsetMs: -20_000 }],
  ['a leap second', { leapSecond: { day: '2026-03-02' }, offsetMs: 15 * 3_600_000, ntp: false }],
];

describe('the judge', () => {
  test.each(CLOCKS)('finds nothing wrong with an honest chain: %s', async (_, clock) => {
    const { differences } = await run(clock);
    expect(differences).toEqual([]);
  });
});

describe('a run', () => {
  test('is the same again, whatever its clocks and links are made of', async () => {
    const clock: Clock = {
      ...{ preset: 'cheap-router', offsetMs: 90_000, readingNoiseUs: 20, frequencyPpm: { sum: { normal: 0.1 } } },
      ...{ randomSteps: { meanIntervalS: 200, deviationMs: 300 }, uptimeOscillator: { driftPpm: 40, wanderPpm: 1 } },
    };
    const link = {
      ...{ delayMs: { gamma: [2, 5] }, lossBursts: { everyDatagrams: 30, lengthDatagrams: 2 } },
      ...{ queue: { kilobitsPerS: 500 } },
    };
    const links = { export: link, ntp: link };
    const first = await run(clock, { links });
    const second = await run(clock, { links });
    expect(second.findings).toBe(first.findings);
    expect(second.site.routerClock.clock.history).toEqual(first.site.routerClock.clock.history);
    const other = await run(clock, { links, seed: 2 });
    expect(other.site.routerClock.clock.history).not.toEqual(first.site.routerClock.clock.history);
  });

  test('leaves a clock wrong by half of what one way takes longer than the other', async () => {
    const { site, world } = await run(
      { offsetMs: 5_000 },
      { duration: '30m', links: { ntp: { upDelayMs: 5, downDelayMs: 25 } } },
    );
    // RFC 5905 section 8: the offset found is wrong by (up - down) / 2, and the clock with it.
    const errorMs = site.routerClock.clock.errorNs(world.end) / 1e6;
    expect(errorMs).toBeGreaterThan(-10.2);
    expect(errorMs).toBeLessThan(-9.8);
  });

  test('has NTP wait behind the export on a slow line', async () => {
    const slow = { queue: { kilobitsPerS: 64 } };
    const { site, world } = await run({}, { links: { export: slow } });
    const alone = await run({}, { links: { export: slow, ntp: { queue: { kilobitsPerS: 1e6 } } } });
    expect(site.routerClock.maxErrorMs(world.end)).toBeGreaterThan(3 * alone.site.routerClock.maxErrorMs(world.end));
  });

  test('sets a clock right again after a reboot from its real-time clock', async () => {
    const { site, world } = await run({ driftPpm: 60, reboots: [{ after: '400s', wallClock: 'rtc' }], rtc: { offsetMs: 7_000 } });
    const { clock } = site.routerClock;
    const after = (seconds: number) => clock.errorNs(trueNs(seconds * 1e9)) / 1e9;
    expect(after(400)).toBe(7);
    expect(Math.abs(after(405))).toBeLessThan(0.1);
    expect(Math.abs(after(720))).toBeLessThan(0.001);
    expect(clock.uptime(world.end) / 1e9).toBeCloseTo(320 * (1 + 60e-6), 3);
  });

  test('steps a leap second when the wall clock comes to midnight', async () => {
    const { site } = await run({ leapSecond: { day: '2026-03-02' }, offsetMs: 15 * 3_600_000, ntp: false });
    const { clock } = site.routerClock;
    const [before, after] = [299, 301].map((seconds) => clock.errorNs(trueNs(seconds * 1e9)) / 1e9);
    expect([before, after]).toEqual([54_000, 53_999]);
  });
});
