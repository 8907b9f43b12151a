import { precisionOf, recallOf, spreadOf, sumOf, type Proportion, type Spread, type Tally } from '../verify/detection/score.ts';
import { EVENT_KINDS } from '../verify/detection/true-event.ts';
import { CONDITIONS, type Condition } from './conditions.ts';
import type { DayScore, Mistake } from './score-day.ts';

/** How a detector did with one kind, or with all of them. */
export interface KindScore {
  readonly kind: string;
  /** Events that could be told, and beside them those that nobody could have seen. */
  readonly events: number;
  readonly unseen: number;
  readonly hits: number;
  readonly missed: number;
  /** Alerts about nothing, and the second and further ones about something; `doubled` are the latter. */
  readonly falseAlarms: number;
  readonly doubled: number;
  /** Hits of all alerts, and of all events that could be told. */
  readonly precision: Proportion;
  readonly recall: Proportion;
  /**
   * Seconds from the true begin of an event to its alert: truly; to when the collector's clock says it was raised; and what the alert
   * alone lets one believe, from the begin it tells by the router's clock to when it was raised by the collector's.
   */
  readonly delayS: { readonly truly: Spread | null; readonly collector: Spread | null; readonly told: Spread | null };
  /** Seconds by which the begin that alerts tell is later than the true one. */
  readonly beginErrorS: Spread | null;
}

/** How a detector did under one condition. */
export interface ConditionScore {
  readonly condition: Condition;
  readonly title: string;
  readonly days: number;
  readonly all: KindScore;
  /** Each kind that was there or was told. */
  readonly kinds: readonly KindScore[];
  /** Days without anything to tell: every alert is a false alarm, and counted here alone. */
  readonly quiet: { readonly days: number; readonly alerts: number; readonly kinds: Readonly<Record<string, number>> };
}

/** What `flowlab detect score --json` prints. */
export interface DetectionReport {
  readonly schemaVersion: 1;
  readonly detector: string;
  readonly seeds: readonly number[];
  readonly quietSeeds: readonly number[];
  readonly toleranceS: number;
  readonly conditions: readonly ConditionScore[];
  /** What went wrong, and what could not be seen, each in a sentence. */
  readonly mistakes: readonly Mistake[];
}

/** The score of all days of one condition, in whichever order they come. */
export function scoreOf(condition: Condition, days: readonly DayScore[]): ConditionScore {
  const busy = days.filter(({ isQuiet }) => !isQuiet);
  const quiet = days.filter(({ isQuiet }) => isQuiet);
  const quietAlerts = byKind(quiet).filter(([, { falseAlarms }]) => falseAlarms > 0);
  const kinds = byKind(busy);
  return {
    condition,
    title: CONDITIONS[condition].title,
    days: busy.length,
    all: kindScore('all', sumOf(kinds.map(([, tally]) => tally))),
    kinds: kinds.map(([kind, tally]) => kindScore(kind, tally)),
    quiet: {
      days: quiet.length,
      alerts: quietAlerts.reduce((sum, [, { falseAlarms }]) => sum + falseAlarms, 0),
      kinds: Object.fromEntries(quietAlerts.map(([kind, { falseAlarms }]) => [kind, falseAlarms])),
    },
  };
}

/** The days' tallies of each kind: those of events in their order, then what detectors made up. */
function byKind(days: readonly DayScore[]): [string, Tally][] {
  const inOrder = days.toSorted((one, other) => one.seed - other.seed);
  const told = inOrder.flatMap(({ tallies }) => [...tallies.keys()]).sort();
  return [...new Set<string>([...EVENT_KINDS, ...told])].flatMap((kind): [string, Tally][] => {
    const own = inOrder.map(({ tallies }) => tallies.get(kind)).filter((tally) => tally !== undefined);
    return own.length === 0 ? [] : [[kind, sumOf(own)]];
  });
}

function kindScore(kind: string, tally: Tally): KindScore {
  const { events, unseen, hits, missed, falseAlarms, doubled, delayMs, beginErrorMs } = tally;
  const inSeconds = (values: readonly number[]): Spread | null => spreadOf(values.map((ms) => ms / 1_000));
  return {
    kind,
    events,
    unseen,
    hits,
    missed,
    falseAlarms,
    doubled,
    precision: precisionOf(tally),
    recall: recallOf(tally),
    delayS: { truly: inSeconds(delayMs.truly), collector: inSeconds(delayMs.collector), told: inSeconds(delayMs.told) },
    beginErrorS: inSeconds(beginErrorMs),
  };
}
