import type { Alert } from '../../collector/detect/alert.ts';
import { targetsOf } from '../score/built-in-detector.ts';
import { judgeAlerts, type Judgement } from '../verify/detection/verdict.ts';
import type { TrueEvents } from './true-events.ts';

/** The collector's alerts with what the truth says of each. */
export type JudgedAlerts = Judgement<Alert>;

/** Judges what a site's collector told. `raisedTrulyMs`: true time at which an alert was raised, in milliseconds since 1970. */
export function judgedAlerts(
  alerts: readonly Alert[],
  { events, slackMs }: TrueEvents,
  raisedTrulyMs: (alert: Alert) => number,
): JudgedAlerts {
  const told = alerts.map((alert) => ({
    ...alert,
    targets: targetsOf(alert.target),
    raisedTrulyMs: raisedTrulyMs(alert),
    alert,
  }));
  const { judged, untold } = judgeAlerts(events, told, slackMs);
  return { judged: judged.map(({ alert: { alert }, ...verdict }) => ({ ...verdict, alert })), untold };
}
