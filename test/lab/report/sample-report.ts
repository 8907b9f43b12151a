import { reportSchema, type Check, type Report } from '../../../lab/report/report.ts';

const CLOCKS: Report['clocks'] = {
  router: {
    synchronised: true,
    errorBeforeMs: 300_000,
    errorAfterMs: 0.4,
    trueErrorBeforeMs: 300_000,
    trueErrorAfterMs: 0.3,
    maxTrueErrorAfterSyncMs: 2.1,
  },
  collector: {
    synchronised: true,
    errorBeforeMs: -12,
    errorAfterMs: 0,
    trueErrorBeforeMs: -12,
    trueErrorAfterMs: 0,
    maxTrueErrorAfterSyncMs: 0.9,
  },
  bucketS: 300,
  wrongBucketOctets: 1_200,
  trueWrongBucketOctets: 1_100,
  wrongBucketOctetsWithoutNtp: 512_000_000,
  trueWrongBucketOctetsWithoutNtp: 512_000_000,
  estimatedSkewMs: 0.5,
};

const NO_DAMAGE: Report['damage']['asItWas'] = {
  maxErrorMs: 0,
  maxDurationErrorMs: 0,
  wrongBucketOctets: 0,
  wrongHourOctets: 0,
  futureFlows: 0,
  negativeDurations: 0,
  zeroDurations: 0,
  inversions: 0,
  misattributedOctets: 0,
  deletedEarlyOctets: 0,
  keptLateOctets: 0,
  alerts: 2,
  alertsMissed: 0,
  alertsDoubled: 0,
  alertsFalse: 0,
};

const LATE_BY_300_S: Report['damage']['asItWas'] = {
  ...NO_DAMAGE,
  maxErrorMs: 300_000,
  maxDurationErrorMs: 0,
  wrongBucketOctets: 512_000_000,
  wrongHourOctets: 42_000_000,
  futureFlows: 1_230,
  misattributedOctets: 3_000_000,
  alertsFalse: 2,
};

export const SAMPLE_DAMAGE: Report['damage'] = {
  bucketS: 300,
  tariffS: 3_600,
  alertOctets: 10_000_000,
  keepS: 3_600,
  flows: 1_230,
  octets: 512_490_000,
  withoutNtp: LATE_BY_300_S,
  asItWas: { ...NO_DAMAGE, maxErrorMs: 1, wrongBucketOctets: 1_100 },
  corrected: { ...NO_DAMAGE, maxErrorMs: 0.4, wrongBucketOctets: 1_000 },
  byEncoding: [
    {
      name: 'netflow-v9',
      title: 'NetFlow v9',
      rule: 'uptimes, by a header of whole seconds: RFC 3954 section 5.1',
      withoutNtp: { ...LATE_BY_300_S, inversions: 9 },
      asItWas: { ...NO_DAMAGE, maxErrorMs: 999, wrongBucketOctets: 900_000, inversions: 9 },
    },
  ],
};

const JOHN: Report['people'][number] = {
  name: 'John Miller',
  address: '10.0.0.10',
  otherAddresses: [],
  department: 'Sales',
  upOctets: 12_000_000,
  downOctets: 500_000_000,
  octets: 512_000_000,
  sharePercent: 99.9,
  scripted: false,
  trueOctets: 512_000_000,
  activities: [],
  sentence: 'John watched YouTube for 30 min and used 500 MB.',
};

const SARAH: Report['people'][number] = {
  ...JOHN,
  name: 'Sarah Ng',
  address: '10.0.0.11',
  otherAddresses: ['2001:db8:50::b'],
  upOctets: 400_000,
  downOctets: 90_000,
  octets: 490_000,
  sharePercent: 0.1,
  scripted: false,
  trueOctets: 490_600,
  sentence: 'Sarah sent 10 e-mails and used 0.4 MB.',
};

export const HOLDING_CHECK: Check = {
  name: 'every octet belongs to somebody',
  metric: 'misattributed',
  value: 0,
  limit: '= 0',
  passed: true,
  skipped: false,
  variant: null,
  file: 'scenarios/office-50.yaml',
  line: 12,
  column: 5,
};

export const FAILED_CHECK: Check = {
  ...HOLDING_CHECK,
  name: 'the loss count is the truth',
  metric: 'lossError',
  value: 1_234,
  limit: '<= 5',
  passed: false,
  line: 15,
};

/** A report that a scenario could have written, with what a test cares about replaced. */
export function sampleReport(changes: Partial<Report> = {}): Report {
  return reportSchema.parse({
    schemaVersion: 1,
    version: '0.1.0',
    scenario: 'office-50',
    title: 'A working day of fifty people behind one address',
    description: 'Monday. John watches films.',
    command: 'npm run scenario office-50 -- --seed 1',
    seed: 1,
    start: '2026-03-02T08:00:00Z',
    simulatedS: 36_000,
    verdict: 'pass',
    exported: { messages: 56, records: 1_234, packets: 123_456, octets: 512_490_600 },
    exports: [],
    collected: { messages: 55, records: 1_230, packets: 123_450, octets: 512_490_000 },
    ipv6Octets: 0,
    lost: {
      records: 4,
      trueRecords: 4,
      trueMessages: 1,
      duplicatedMessages: 0,
      reorderedMessages: 2,
      trailingRecords: 0,
      unaccountedRecords: 0,
    },
    people: [JOHN, SARAH],
    categories: [
      { category: 'streaming', octets: 512_000_000, sharePercent: 99.9, trueOctets: 512_000_000 },
      { category: 'mail', octets: 490_000, sharePercent: 0.1, trueOctets: 490_600 },
    ],
    unusual: [],
    untold: [],
    activities: {
      truth: 40,
      found: 38,
      wrong: 1,
      missed: 2,
      scripted: { truth: 2, found: 2 },
      meanErrorMs: 0.6,
      maxErrorMs: 1_000,
      categories: [{ category: 'streaming', octets: 512_000_000, trueOctets: 512_000_000, rightOctets: 512_000_000 }],
    },
    clocks: CLOCKS,
    damage: SAMPLE_DAMAGE,
    attribution: { asked: 200, fromFlows: { right: 199, wrong: 0, unanswered: 1 }, fromEvents: null },
    differenceCounts: { MISSING: 1, UNEXPECTED: 0, DUPLICATED: 0, SCALED: 0, SPLIT: 0, SHIFTED: 0, MISATTRIBUTED: 0 },
    differences: [
      {
        kind: 'MISSING',
        sentence: '600 octets of Sarah Ng to 198.18.5.1 are not there.',
        records: [7, 8],
        packets: -6,
        octets: -600,
      },
    ],
    checks: [HOLDING_CHECK],
    variants: [],
    ...changes,
  });
}

/** The same report as the findings of a variant. */
export function sampleVariant(name: string, changes: Partial<Report['variants'][number]> = {}): Report['variants'][number] {
  const { exported, exports, collected, ipv6Octets, lost, people, categories, unusual, untold, activities, clocks, attribution } =
    sampleReport();
  const { damage, differenceCounts, differences } = sampleReport();
  const volumes = { exported, exports, collected, ipv6Octets, lost, people, categories };
  return {
    name,
    ...volumes,
    unusual,
    untold,
    activities,
    clocks,
    attribution,
    damage,
    differenceCounts,
    differences,
    ...changes,
  };
}
