import { describe, expect, test } from 'vitest';
import { runSituation, type Outcome, type Situation } from '../../bench/time-world/client-run.ts';

/**
 * chrony's own simulation tests, by the names of its test/simulation, with its limits: a clock 0.1 s and 100 ppm off whose
 * frequency wanders by 1e-9 each second, behind 100 us and exponential queues of 100 us each way.
 */
const SEEDS = 20;
const LIMITS = { maxOffsetS: 1e-3, rmsOffsetS: 3e-4, rmsFrequency: 1e-5 };
const client = { maxSlewPpm: 83_333.333, stepThresholdMs: Infinity };
const base: Situation = {
  seconds: 10_000,
  offsetS: 0.1,
  frequency: 1e-4,
  wander: 1e-9,
  delayS: [1e-4, 1e-4],
  jitterS: 1e-4,
  loss: 0,
  client,
  countFromS: 210,
};

/** What is above its limit, by seed. */
function excesses(situation: Situation, limits: Partial<Outcome>, seeds = SEEDS): string[] {
  return Array.from({ length: seeds }, (_, index) => runSituation(situation, index + 1)).flatMap((outcome, index) =>
    Object.entries(limits).flatMap(([key, limit]) => {
      const value = outcome[key as keyof Outcome];
      return value <= limit ? [] : [`seed ${index + 1}: ${key} ${value} > ${limit}`];
    }),
  );
}

describe('a clock is kept within the limits of chrony, with every seed', () => {
  const situations: [name: string, change: Partial<Situation>, limits: Partial<Outcome>][] = [
    ['001 default', {}, { ...LIMITS, syncS: 210 }],
    ['003 an oscillator off by 5 %', { frequency: 5e-2, client: { ...client, maxFrequencyPpm: 1e5 } }, { syncS: 1_000 }],
    ['003 one slow by 5 %', { frequency: -5e-2, client: { ...client, maxFrequencyPpm: 1e5 } }, { syncS: 1_000 }],
    ['004 100 s slewed', { offsetS: 100, countFromS: 1_400 }, { ...LIMITS, syncS: 1_400 }],
    ['004 100 s slewed forward', { offsetS: -100, countFromS: 1_400 }, { ...LIMITS, syncS: 1_400 }],
    ['006 jitter of 100 ms', { jitterS: 0.1 }, { rmsOffsetS: 0.1 }],
    ['007 wander of 1e-7', { wander: 1e-7 }, { rmsOffsetS: 1e-3 }],
    ['102 a burst', { client: { ...client, stepThresholdMs: 10 }, countFromS: 10 }, { ...LIMITS, syncS: 6 }],
    ['125 a fifth of all datagrams lost', { loss: 0.2 }, { ...LIMITS, syncS: 210 }],
  ];

  test.each(situations)('%s', (_name, change, limits) => {
    expect(excesses({ ...base, ...change }, limits)).toEqual([]);
  });

  test.each([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096])('101 a poll interval of %d s', (pollIntervalS) => {
    const situation = { ...base, seconds: pollIntervalS * 200, countFromS: pollIntervalS * 20, wander: 1e-10 };
    expect(excesses({ ...situation, client: { ...client, pollIntervalS } }, LIMITS, 3)).toEqual([]);
  });

  test('104 a drift file: the frequency is right from the beginning', () => {
    const remembering = { ...client, frequencyPpm: -100, initialDelayMs: 0 };
    const situation = { ...base, wander: 0, offsetS: 0, jitterS: 1e-6, countFromS: 0, client: remembering };
    expect(excesses(situation, { rmsFrequency: 1e-7, maxOffsetS: 1e-4, syncS: 2 })).toEqual([]);
  });

  test('half of the asymmetry of a path stays, within 2 %, and nobody can see it', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { meanOffsetS } = runSituation({ ...base, delayS: [5e-3, 15e-3] }, seed);
      expect(Math.abs(meanOffsetS + 5e-3)).toBeLessThan(0.02 * 5e-3);
    }
  });

  test('300 s are slewed in 3600 s at 83333 ppm, give or take a hundredth', () => {
    for (const offsetS of [300, -300]) {
      const { syncS } = runSituation({ ...base, offsetS, seconds: 5_000 }, 1);
      expect(Math.abs(syncS - 3_600)).toBeLessThan(36);
    }
  });

  test('300 s are slewed in 6.94 days at 500 ppm', () => {
    const { syncS } = runSituation({ ...base, offsetS: 300, seconds: 8 * 86_400, client: { ...client, maxSlewPpm: 500 } }, 1);
    expect(syncS / 86_400).toBeCloseTo(6.94, 1);
  });
});
