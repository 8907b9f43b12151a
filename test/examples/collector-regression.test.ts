/**
 * How a project that builds a collector, or uses one, keeps a scenario as a regression test: a fixed seed, half an hour of
 * simulated time, and questions about the report.
 */
import { runScenario } from 'flowlab';
import { expect, test } from 'vitest';

test('half an hour of the office loses nothing and blames nobody wrongly', async () => {
  const report = await runScenario({ scenario: 'office-50', seed: 7, duration: '30m' });

  expect(report.collected).toEqual(report.exported);
  expect(report.differenceCounts.MISATTRIBUTED).toBe(0);
  for (const person of report.people) expect(person).toMatchObject({ octets: person.trueOctets });
});
