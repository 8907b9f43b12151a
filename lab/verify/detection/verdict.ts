import { matchAlerts, type ToldAlert } from './match.ts';
import { EVENT_KINDS, type TrueEvent } from './true-event.ts';

/** What the truth says of an alert. */
export const VERDICTS = ['hit', 'doubled', 'false-alarm', 'unlabelled'] as const;
export type Verdict = (typeof VERDICTS)[number];
/** What each means, as words that go on after it. */
export const VERDICT_MEANINGS: Readonly<Record<Verdict, string>> = {
  hit: 'it was so',
  doubled: 'it was so, and had been told already',
  'false-alarm': 'nothing of the kind happened',
  unlabelled: 'the scenario does not label this kind, so nobody can say',
};

/** `false alarm`. */
export const verdictWord = (verdict: Verdict): string => verdict.replace('-', ' ');

/** An alert and what the truth says of it; of a hit, what it is about. */
export interface JudgedAlert<Alert> {
  readonly alert: Alert;
  readonly verdict: Verdict;
  readonly event?: TrueEvent;
}

/** What became of the alerts of a day, in their order, and what none of them is about, in the order it began. */
export interface Judgement<Alert> {
  readonly judged: readonly JudgedAlert<Alert>[];
  readonly untold: readonly TrueEvent[];
}

/** The one judgement of what was told: the report's, and that of everything that shows a run. `slackMs` as of `matchAlerts`. */
export function judgeAlerts<Alert extends ToldAlert>(
  events: readonly TrueEvent[],
  alerts: readonly Alert[],
  slackMs: number,
): Judgement<Alert> {
  const { hits, doubled, missed, unseen } = matchAlerts(events, alerts, slackMs);
  const eventOf = new Map(hits.map(({ alert, event }) => [alert, event]));
  const again = new Set(doubled);
  return {
    judged: alerts.map((alert) => {
      const event = eventOf.get(alert);
      if (event !== undefined) return { alert, verdict: 'hit', event };
      if (again.has(alert)) return { alert, verdict: 'doubled' };
      return { alert, verdict: isLabelled(alert) ? 'false-alarm' : 'unlabelled' };
    }),
    untold: [...missed, ...unseen].sort((one, other) => one.fromMs - other.fromMs),
  };
}

const isLabelled = ({ kind }: ToldAlert): boolean => EVENT_KINDS.some((event) => event === kind);
