import { describe, expect, test } from 'vitest';
import { findingsOf } from '../../../lab/findings.ts';
import type { ScenarioInput } from '../../../lab/scenario/schema.ts';
import { runWorld, SMALL } from '../../support/small-world.ts';

type Clock = NonNullable<NonNullable<ScenarioInput['router']>['clock']>;

async function run(clock: Clock, more: Partial<ScenarioInput> = {}) {
  const ran = await runWorld({ ...SMALL, duration: '12m', ...more, router: { clock } });
  const { site, world, scenario, store } = ran;
  const findings = await findingsOf(world, scenario, store);
  await store.close();
  return { site, world, findings: JSON.stringify(findings), differences: findings.differences };
}

/** Every clock a scenario can have: what it does to the records, the judge must account for. */
const CLOCKS: readonly (readonly [string, Clock])[] = [
  ['a cheap router, kept', { preset: 'cheap-router', offsetMs: 300_000 }],
  ['a cheap router, alone', { preset: 'cheap-router', offsetMs: 300_000, ntp: false }],
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
