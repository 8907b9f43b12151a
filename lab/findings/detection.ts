import type { Alert } from '../../collector/detect/alert.ts';
import type { Findings } from '../report/report.ts';
import { targetsOf } from '../score/built-in-detector.ts';
import { describeEvent } from '../score/describe-event.ts';
import { trulyMs } from '../score/watch-day.ts';
import { matchAlerts, type ToldAlert } from '../verify/detection/match.ts';
import { EVENT_KINDS, type TrueEvent } from '../verify/detection/true-event.ts';
import type { Site } from '../world/site.ts';
import type { World } from '../world/world.ts';
import type { TrueEvents } from './true-events.ts';

type Detected = Pick<Findings, 'unusual' | 'untold'>;
type Truth = Pick<Detected['unusual'][number], 'truth' | 'trueFromMs'>;

/** What the collector noticed at a site and whether it was so, and what it did not notice; matched as `flowlab detect score` does. */
export function detectionOf(site: Site, world: World, { events, slackMs }: TrueEvents): Detected {
  const alertOf = new Map<ToldAlert, Alert>(
    world.alertsOf(site).map((alert) => {
      const { kind, address, target, firstSeenMs, lastSeenMs, raisedAtMs } = alert;
      const raisedTrulyMs = trulyMs(raisedAtMs, world);
      return [{ kind, address, targets: targetsOf(target), firstSeenMs, lastSeenMs, raisedAtMs, raisedTrulyMs }, alert];
    }),
  );
  const { hits, doubled, missed, unseen } = matchAlerts(events, [...alertOf.keys()], slackMs);
  const eventOf = new Map(hits.map(({ alert, event }) => [alert, event]));
  const truthOf = (told: ToldAlert): Truth => {
    const event = eventOf.get(told);
    if (event !== undefined) return { truth: 'hit', trueFromMs: event.fromMs };
    if (doubled.includes(told)) return { truth: 'doubled' };
    return { truth: EVENT_KINDS.some((kind) => kind === told.kind) ? 'false-alarm' : 'unlabelled' };
  };
  return {
    unusual: [...alertOf].map(([told, alert]) => ({ ...unusualOf(alert), ...truthOf(told) })),
    untold: [...missed, ...unseen].toSorted((one, other) => one.fromMs - other.fromMs).map(untoldOf),
  };
}

/** The report is of the same whatever numbers rows have in a store. */
const unusualOf = ({ flowIds: _, evidence, innocent, next, ...alert }: Alert): Omit<Detected['unusual'][number], 'truth'> => ({
  ...alert,
  evidence: [...evidence],
  innocent: [...innocent],
  next: [...next],
});

const untoldOf = (event: TrueEvent): Detected['untold'][number] => ({
  kind: event.kind,
  who: event.who,
  fromMs: event.fromMs,
  toMs: event.toMs,
  ...(event.unseen === undefined ? {} : { unseen: event.unseen }),
  sentence: describeEvent(event),
});
