import { describe, expect, test } from 'vitest';
import { judgeCheck } from '../../../lab/scenario/checks.ts';
import { scenarioSchema, type Scenario } from '../../../lab/scenario/schema.ts';
import { sampleReport } from '../report/sample-report.ts';

const scenarioWith = (check: object, more: object = {}) =>
  scenarioSchema.safeParse({ title: 't', start: '2026-03-02T08:00:00Z', checks: [{ name: 'c', max: 0, ...check }], ...more });

const checkOf = (check: object): Scenario['checks'][number] => {
  const [first] = scenarioWith(check).data?.checks ?? [];
  if (first === undefined) throw new Error('no check');
  return first;
};

describe('a check of what wrong times do', () => {
  test.each([
    [{ metric: 'wrongHourOctets' }, 0],
    [{ metric: 'wrongHourOctets', told: 'without-ntp' }, 42_000_000],
    [{ metric: 'wrongBucketOctets' }, 1_100],
    [{ metric: 'wrongBucketOctets', told: 'corrected' }, 1_000],
    [{ metric: 'wrongBucketOctets', told: 'netflow-v9' }, 900_000],
    [{ metric: 'inversions', told: 'netflow-v9' }, 9],
    [{ metric: 'maxTimeErrorMs' }, 1],
    [{ metric: 'alerts' }, 2],
  ])('%o is %d', (check, value) => {
    expect(judgeCheck(checkOf(check), sampleReport(), undefined, false)).toMatchObject({ value });
  });

  test('of octets in a wrong bucket is about the records, whatever the clock would make of the packets', () => {
    const { clocks, ...rest } = sampleReport();
    const report = { ...rest, clocks: { ...clocks, trueWrongBucketOctets: 7 } };
    expect(judgeCheck(checkOf({ metric: 'wrongBucketOctets' }), report, undefined, false)).toMatchObject({ value: 1_100 });
  });

  test('says by which telling', () => {
    const check = judgeCheck(checkOf({ metric: 'inversions', told: 'netflow-v9' }), sampleReport(), undefined, false);
    expect(check).toMatchObject({ told: 'netflow-v9', passed: false });
  });
});

describe('a check of what is not there', () => {
  test.each([
    'probeRecords',
    'probeDifferences',
    'probeClockErrorMs',
    'inversionsAcross',
    'falsetickers',
    'selectedServers',
    'withoutMajorityS',
  ])('of a run without a probe or several servers fails, whatever its limit: %s', (metric) => {
    const { probe: _probe, ...alone } = sampleReport();
    for (const limit of [{ max: 1e9 }, { min: 0 }, { equals: 0 }])
      expect(judgeCheck(checkOf({ max: undefined, metric, ...limit }), alone, undefined, false)).toMatchObject({
        value: null,
        passed: false,
      });
  });
});

describe('a scenario is refused', () => {
  const messageOf = (check: object, more?: object): string | undefined => scenarioWith(check, more).error?.issues[0]?.message;

  test('when it asks a metric that has nothing to do with times by a telling', () => {
    expect(messageOf({ metric: 'lostRecords', told: 'netflow-v9' })).toMatch(/only for what wrong times do/);
  });

  test('when it asks for an encoding that it does not work out', () => {
    expect(messageOf({ metric: 'inversions', told: 'netflow-v9' }, { damage: { encodings: false } })).toMatch(
      /damage\.encodings/,
    );
    expect(messageOf({ metric: 'inversions', told: 'without-ntp' }, { damage: { encodings: false } })).toBeUndefined();
  });

  test('when nobody tells times that way', () => {
    expect(messageOf({ metric: 'inversions', told: 'sundial' })).toBeDefined();
  });
});
