import type { Alert } from '../../collector/detect/alert.ts';
import type { Findings } from '../report/report.ts';
import { describeEvent } from '../score/describe-event.ts';
import { trueTimes } from '../score/watch-day.ts';
import type { TrueEvent } from '../verify/detection/true-event.ts';
import type { JudgedAlert } from '../verify/detection/verdict.ts';
import type { Site } from '../world/site.ts';
import type { World } from '../world/world.ts';
import { judgedAlerts } from './judged-alerts.ts';
import type { TrueEvents } from './true-events.ts';

type Detected = Pick<Findings, 'unusual' | 'untold'>;

/** What the collector noticed at a site and whether it was so, and what it did not notice; matched as `flowlab detect score` does. */
export function detectionOf(site: Site, world: World, events: TrueEvents): Detected {
  const trulyMs = trueTimes(world, world.end);
  const raisedTrulyMs = ({ raisedAtMs }: Alert): number => trulyMs(raisedAtMs);
  const { judged, untold } = judgedAlerts(world.alertsOf(site), events, raisedTrulyMs);
  return {
    unusual: judged.map((one) => unusualOf(one, raisedTrulyMs(one.alert))),
    untold: untold.map(untoldOf),
  };
}

/** The report is of the same whatever numbers rows have in a store. */
function unusualOf({ alert, verdict, event }: JudgedAlert<Alert>, trueRaisedAtMs: number): Detected['unusual'][number] {
  const { flowIds: _, evidence, innocent, next, ...told } = alert;
  return {
    ...told,
    evidence: [...evidence],
    innocent: [...innocent],
    next: [...next],
    trueRaisedAtMs,
    truth: verdict,
    ...(event === undefined ? {} : { trueFromMs: event.fromMs }),
  };
}

const untoldOf = (event: TrueEvent): Detected['untold'][number] => ({
  kind: event.kind,
  who: event.who,
  fromMs: event.fromMs,
  toMs: event.toMs,
  ...(event.unseen === undefined ? {} : { unseen: event.unseen }),
  sentence: describeEvent(event),
});
