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
 * A detector of one's own is scored by days whose truth is known:
 *
 * ```ts
 * import { scoreDetector } from 'flowlab';
 *
 * const { conditions } = await scoreDetector({ detector: (office) => new MyDetector(office), seeds: [101, 102] });
 * ```
 *
 * `runScenario` rejects with a ConfigError when the scenario is invalid, and with the signal's reason when it was aborted.
 */
export { runScenario } from './run-scenario.ts';
export type { Progress, RunOptions } from './run-scenario.ts';
export { scoreDetector } from './score/score-detector.ts';
export type { ScoreOptions, ScoreProgress } from './score/score-detector.ts';
export type { ConditionScore, DetectionReport, KindScore } from './score/detection-report.ts';
export type {
  CreateDetector,
  Detector,
  DetectorAlert,
  DetectorFlow,
  DetectorNatEvent,
  DetectorOffice,
} from './score/detector.ts';
export type { Check, Difference, Findings, Person, Report } from './report/report.ts';
