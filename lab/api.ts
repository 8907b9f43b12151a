/**
 * flowlab as a library. A run resolves with the report that `flowlab run --json` prints:
 *
 * ```ts
 * import { runScenario } from 'flowlab';
 *
 * const report = await runScenario({ scenario: 'office-50', seed: 3, duration: '30m' });
 * if (report.verdict === 'fail') console.error(report.checks.filter(({ passed }) => !passed));
 * ```
 *
 * It rejects with a ConfigError when the scenario is invalid, and with the signal's reason when it was aborted.
 */
export { runScenario } from './run-scenario.ts';
export type { Progress, RunOptions } from './run-scenario.ts';
export type { Check, Difference, Findings, Person, Report } from './report/report.ts';
