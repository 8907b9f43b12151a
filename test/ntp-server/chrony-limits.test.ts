import { describe, expect, test } from 'vitest';
import { runSituation, type Outcome, type Situation } from '../../bench/time-world/outcome.ts';
import { changed } from '../../bench/time-world/situations.ts';

/**
 * chrony's own simulation tests, by the names of its test/simulation, with its limits: a clock 0.1 s and 100 ppm off whose
 * frequency wanders by 1e-9 each second, behind 100 us and exponential queues of 100 us each way. Where chrony's test needs an option the client
 * does not have (maxdelay, asymmetry), its situation stands alone.
 */
const SEEDS = 20;
const LIMITS = { maxOffsetS: 1e-3, maxFrequency: 5e-4, rmsOffsetS: 3e-4, rmsFrequency: 1e-5 };

/** What is above its limit, by seed. */
function excesses(situation: Situation, limits: Partial<Outcome>, seeds = SEEDS): string[] {
  return Array.from({ length: seeds }, (_, index) => runSituation(situation, index + 1)).flatMap((outcome, index) =>
    Object.entries(limits).flatMap(([key, limit]) => {
      const value = outcome[key as keyof Outcome];
      return value <= limit ? [] : [`seed ${index + 1}: ${key} ${value} > ${limit}`];
    }),
  );
}

/** Exponential queues of `jitterMs` each way on average, of which one way has `asymmetry` more than a half. */
const oneSided = (jitterMs: number, asymmetry: number): Situation['link'] => ({
  jitterMs: 0,
  upDelayMs: { plus: [0.1, { exponential: 2 * jitterMs * (0.5 + asymmetry) }] },
  downDelayMs: { plus: [0.1, { exponential: 2 * jitterMs * (0.5 - asymmetry) }] },
});
const overTheEra: Partial<Situation> = {
  start: '2036-02-07T06:27:00Z',
  clock: { offsetMs: 300_000 },
  client: { stepThresholdMs: 10 },
  countFromS: 10,
};
/** chrony's `(sum 1e-10)`. */
const growing: Partial<Situation> = {
  clock: { driftPpm: 0, wanderPpm: 0, frequencyPpm: { sum: 1e-4 } },
  link: { delayMs: 0.01, jitterMs: 0.01 },
};

describe('a clock is kept within the limits of chrony, with every seed', () => {
  const situations: [name: string, change: Partial<Situation>, limits: Partial<Outcome>][] = [
    ['001 default', {}, { ...LIMITS, syncS: 210 }],
    ['003 an oscillator off by 5 %', { clock: { driftPpm: 5e4 }, client: { maxFrequencyPpm: 1e5 } }, { syncS: 1_000 }],
    ['003 one slow by 5 %', { clock: { driftPpm: -5e4 }, client: { maxFrequencyPpm: 1e5 } }, { syncS: 1_000 }],
    ['004 100 s slewed', { clock: { offsetMs: 1e5 }, countFromS: 1_400 }, { ...LIMITS, syncS: 1_400 }],
    ['004 100 s slewed forward', { clock: { offsetMs: -1e5 }, countFromS: 1_400 }, { ...LIMITS, syncS: 1_400 }],
    ['006 jitter of 100 ms', { link: { jitterMs: 100 } }, { rmsOffsetS: 0.1 }],
    ['007 wander of 1e-7', { clock: { wanderPpm: 0.1 } }, { rmsOffsetS: 1e-3 }],
    ['008 the second era of NTP begins', { start: '2036-02-07T06:19:56Z' }, { ...LIMITS, syncS: 210 }],
    ['008 the clock in the second era, its server not yet', overTheEra, { ...LIMITS, syncS: 6 }],
    ['011 97 % of the queues on one way', { link: oneSided(0.1, 0.47) }, { ...LIMITS, syncS: 210 }],
    ['102 a burst', { client: { stepThresholdMs: 10 }, countFromS: 10 }, { ...LIMITS, syncS: 6 }],
    ['118 a frequency that grows, queues of 10 us', growing, { ...LIMITS, rmsOffsetS: 2e-4, syncS: 2_000 }],
    ['123 a known asymmetry', { clock: { wanderPpm: 1e-6 }, link: oneSided(0.01, 0.499) }, { ...LIMITS, syncS: 210 }],
    ['125 a fifth of all datagrams lost', { link: { lossPercent: 20 } }, { ...LIMITS, syncS: 210 }],
  ];

  test.each(situations)('%s', (_name, change, limits) => {
    expect(excesses(changed(change), limits)).toEqual([]);
  });

  test.each([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096])('101 a poll interval of %d s', (pollIntervalS) => {
    const situation = { seconds: pollIntervalS * 200, countFromS: pollIntervalS * 20, clock: { wanderPpm: 1e-4 } };
    expect(excesses(changed({ ...situation, client: { pollIntervalS } }), LIMITS, 3)).toEqual([]);
  });

  test('104 a drift file: the frequency is right from the beginning', () => {
    const client = { frequencyPpm: -100, initialDelayMs: 0 };
    const situation = { clock: { wanderPpm: 0, offsetMs: 0 }, link: { jitterMs: 1e-3 }, countFromS: 0, client };
    expect(excesses(changed(situation), { rmsFrequency: 1e-7, maxOffsetS: 1e-4, syncS: 2 })).toEqual([]);
  });

  test.each(['inserted', 'left-out'] as const)('113 a leap second %s, by the clock itself as by the server', (kind) => {
    const leapSecond = { day: '2008-12-31', kind };
    const situation = { start: '2008-12-31T22:30:00.500Z', server: { leapSecond }, clock: { leapSecond } };
    expect(excesses(changed(situation), { ...LIMITS, syncS: 210 })).toEqual([]);
  });

  test.each([
    ['inserted', 'insert'],
    ['left-out', 'delete'],
  ] as const)('113 a leap second %s that the server announces is taken with it', (kind, leap) => {
    const server = { leapSecond: { day: '2008-12-31', kind }, leap };
    expect(excesses(changed({ start: '2008-12-31T22:30:00.500Z', server }), { ...LIMITS, syncS: 210 })).toEqual([]);
  });

  test('113 one announced on a day that is not the last of its month does not come', () => {
    const situation = { start: '2008-12-30T22:30:00.500Z', server: { leap: 'insert' as const } };
    expect(excesses(changed(situation), { ...LIMITS, syncS: 210 })).toEqual([]);
  });

  test('113 a leap second the clock does not know of: slewed as soon as two samples agree', () => {
    const leapSecond = { day: '2008-12-31' };
    const leapS = 5_400;
    const situation = { start: '2008-12-31T22:30:00.500Z', server: { leapSecond }, countFromS: leapS + 210 };
    expect(excesses(changed(situation), { ...LIMITS, syncS: leapS + 64 + 2 + 12 + 64 })).toEqual([]);
    expect(runSituation(changed(situation), 1).syncS).toBeGreaterThan(leapS);
  });

  test.each([false, true])("135 a server that limits its clients to a reply in 64 s; kiss-o'-death: %s", (kiss) => {
    const server = { rateLimit: { intervalLog2S: 6, burst: 2, leakLog2: 4, kiss } };
    const situation = changed({ server, client: { pollIntervalS: 8 } });
    expect(excesses(situation, { ...LIMITS, syncS: 210 })).toEqual([]);
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { asked, answered } = runSituation(situation, seed);
      // Without a kiss chrony's 1200 to 1300 and 180 to 220; with one the client comes to ask as seldom as it is answered.
      if (!kiss) expect([asked >= 1_200, asked <= 1_300, answered >= 180, answered <= 220]).not.toContain(false);
      else expect(asked).toBeLessThan(2 * answered);
    }
  });

  test.each<[string, Partial<Situation>, number]>([
    ['default', {}, 1.8e-7],
    ['jitter of 100 ms', { link: { jitterMs: 100 } }, 6e-5],
  ])('the rate of the clock is as even as by chrony: %s', (_, change, chronyFrequency) => {
    const outcomes = Array.from({ length: SEEDS }, (_seed, index) => runSituation(changed(change), index + 1).rmsFrequency);
    expect(outcomes.toSorted((one, other) => one - other)[SEEDS / 2]).toBeLessThan(chronyFrequency);
  });

  test('half of the asymmetry of a path stays, within 2 %, and nobody can see it', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { meanOffsetS } = runSituation(changed({ link: { upDelayMs: 5, downDelayMs: 15 } }), seed);
      expect(Math.abs(meanOffsetS + 5e-3)).toBeLessThan(0.02 * 5e-3);
    }
  });

  test('300 s are slewed in 3600 s at 83333 ppm, give or take a hundredth', () => {
    for (const offsetMs of [300_000, -300_000]) {
      const { syncS } = runSituation(changed({ clock: { offsetMs }, seconds: 5_000 }), 1);
      expect(Math.abs(syncS - 3_600)).toBeLessThan(36);
    }
  });

  test('300 s are slewed in 6.94 days at 500 ppm', () => {
    const { syncS } = runSituation(
      changed({ clock: { offsetMs: 300_000 }, seconds: 8 * 86_400, client: { maxSlewPpm: 500 } }),
      1,
    );
    expect(syncS / 86_400).toBeCloseTo(6.94, 1);
  });
});
