import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isMalicious } from '../../../exporter/office/malicious.ts';
import { trueNs } from '../../../core/time/instant.ts';
import { nextTimeOfDay, NS_PER_MIN } from '../../../exporter/office/schedule.ts';
import { CONDITION_NAMES, CONDITIONS } from '../../../lab/score/conditions.ts';
import { drawDay } from '../../../lab/score/draw-day.ts';
import { parseDuration } from '../../../lab/scenario/duration.ts';
import { openScenario } from '../../../lab/scenario/load.ts';
import type { Scenario } from '../../../lab/scenario/schema.ts';

const seeds = fc.integer({ min: 0, max: 0xffffffff });

const read = (seed: number, isQuiet = false): Scenario => openScenario(drawDay(seed, { isQuiet })).read();

/** Everything that anybody is told to do. */
const activitiesOf = ({ people, office }: Scenario) => [
  ...[...people, ...office.devices].flatMap(({ activities }) => activities),
  ...office.colleagueActivities,
  ...office.outside,
];

const doesWrong = (config: ReturnType<typeof activitiesOf>[number]): boolean =>
  isMalicious({ config, device: 0, startNs: trueNs(0) });

test('the same seed draws the same day, another one another', () => {
  fc.assert(
    fc.property(seeds, fc.boolean(), (seed, isQuiet) => {
      expect(drawDay(seed, { isQuiet })).toEqual(drawDay(seed, { isQuiet }));
      const other = drawDay((seed + 1) % 0xffffffff, { isQuiet });
      expect({ ...drawDay(seed, { isQuiet }), title: '', seed: 0 }).not.toEqual({ ...other, title: '', seed: 0 });
    }),
  );
});

test('every day is a valid scenario under every condition', () => {
  fc.assert(
    fc.property(seeds, fc.boolean(), fc.constantFrom(...CONDITION_NAMES), (seed, isQuiet, condition) => {
      const scenario = openScenario(drawDay(seed, { isQuiet })).read(CONDITIONS[condition].set);
      expect(scenario.office.employees).toBeGreaterThanOrEqual(20);
      expect(scenario.office.employees).toBeLessThanOrEqual(40);
      expect(parseDuration(scenario.duration)).toBeGreaterThanOrEqual(12 * 3_600_000);
      expect(parseDuration(scenario.duration)).toBeLessThanOrEqual(24 * 3_600_000);
    }),
    { numRuns: 50 },
  );
});

test('what is done begins and ends within the day', () => {
  fc.assert(
    fc.property(seeds, fc.boolean(), (seed, isQuiet) => {
      const scenario = read(seed, isQuiet);
      const endNs = parseDuration(scenario.duration) * 1e6;
      for (const activity of activitiesOf(scenario)) {
        const startNs = nextTimeOfDay({ unixMs: Date.parse(scenario.start) }, activity.at);
        expect(startNs + lengthMin(activity) * NS_PER_MIN).toBeLessThan(endNs);
      }
    }),
    { numRuns: 50 },
  );
});

/** By the words of its configuration; a guess of half an hour where they do not say. */
function lengthMin(activity: ReturnType<typeof activitiesOf>[number]): number {
  if ('minutes' in activity) return activity.minutes;
  if ('megabitsPerSecond' in activity) return (activity.megabytes * 8) / activity.megabitsPerSecond / 60;
  if ('ports' in activity) return activity.ports / activity.perSecond / 60;
  if ('attempts' in activity) return activity.attempts / activity.perMinute;
  return 10;
}

describe('over many seeds', () => {
  const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);
  const busy = SEEDS.map((seed) => read(seed));

  test.each([
    ...(['portScan', 'hostScan', 'bruteForce', 'beacon', 'dnsTunnel', 'exfiltrate', 'mine', 'share'] as const),
    ...(['inboundScan', 'synFlood', 'backUp', 'uploadTalk', 'update', 'monitor', 'automate', 'browseCdn', 'visit'] as const),
  ])('%s is there on more than half of the days and missing on many', (kind) => {
    const part = busy.filter((day) => activitiesOf(day).some((activity) => activity.do === kind)).length / SEEDS.length;
    expect(part).toBeGreaterThan(0.5);
    expect(part).toBeLessThan(0.85);
  });

  test('so are a device in no inventory and a router with few ports', () => {
    const part = (has: (day: Scenario) => boolean): number => busy.filter(has).length / SEEDS.length;
    expect(part(({ office }) => office.devices.some(({ inventoried }) => !inventoried))).toBeGreaterThan(0.5);
    expect(part(({ router }) => router.nat.lastPort < 65_535)).toBeGreaterThan(0.35);
  });

  test('quiet days have nothing that is wrong, and what looks like it', () => {
    const quiet = SEEDS.map((seed) => read(seed, true));
    expect(quiet.flatMap(activitiesOf).filter(doesWrong)).toEqual([]);
    expect(quiet.flatMap(({ office }) => office.devices).filter(({ inventoried }) => !inventoried)).toEqual([]);
    const kinds = new Set(quiet.flatMap(activitiesOf).map((activity) => activity.do));
    expect(kinds).toEqual(new Set(['backUp', 'uploadTalk', 'update', 'monitor', 'automate', 'browseCdn', 'visit']));
  });
});
