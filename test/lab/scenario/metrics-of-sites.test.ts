import { expect, test } from 'vitest';
import type { Findings } from '../../../lab/report/report.ts';
import { METRICS } from '../../../lab/scenario/metrics.ts';
import { sampleReport } from '../report/sample-report.ts';

const lostAt = (records: number, unaccountedRecords: number): Pick<Findings, 'lost'> => ({
  lost: { ...sampleReport().lost, records, trueRecords: 4, trailingRecords: 0, unaccountedRecords },
});

test('what one site counts too much does not make up for what another counts too little', () => {
  const findings = { ...lostAt(4, 0), sites: [lostAt(7, 2), lostAt(1, -2)] } as Findings;
  expect(METRICS.lossError(findings)).toBe(6);
  expect(METRICS.unaccountedRecords(findings)).toBe(4);
});

test('of one site the sign tells which way', () => {
  expect(METRICS.lossError(lostAt(1, 0) as Findings)).toBe(-3);
  expect(METRICS.unaccountedRecords(lostAt(4, -2) as Findings)).toBe(-2);
});
