import { openScenario } from '../scenario/load.ts';
import { matchAlerts, type Matching, type ToldAlert } from '../verify/detection/match.ts';
import { addMatching, type TallyByKind } from '../verify/detection/score.ts';
import type { TrueEvent } from '../verify/detection/true-event.ts';
import { CONDITIONS, type Condition } from './conditions.ts';
import type { CreateDayDetector } from './day-detector.ts';
import { describeEvent, timeOf } from './describe-event.ts';
import { drawDay } from './draw-day.ts';
import { watchDay, type WatchOptions } from './watch-day.ts';

/** One day under one condition. */
export interface DayTask {
  readonly seed: number;
  readonly isQuiet: boolean;
  readonly condition: Condition;
}

/** Something a detector did wrong, or could not do. */
export interface Mistake extends DayTask {
  readonly what: 'missed' | 'false-alarm' | 'doubled' | 'unseen';
  readonly kind: string;
  readonly sentence: string;
}

/** How a detector did on one day. */
export interface DayScore extends DayTask {
  readonly tallies: TallyByKind;
  readonly mistakes: readonly Mistake[];
}

export interface ScoreDayOptions extends WatchOptions {
  /** How far an alert's times may lie from the event, beside the error of the router's clock. */
  readonly toleranceMs: number;
}

/** Shows a detector one day and scores what it said. The same task and detector give the same score. */
export async function scoreDay(task: DayTask, create: CreateDayDetector, options: ScoreDayOptions): Promise<DayScore> {
  const { seed, isQuiet, condition } = task;
  const scenario = openScenario(drawDay(seed, { isQuiet })).read(CONDITIONS[condition].set);
  const { events, alerts, clockErrorMs } = await watchDay(scenario, create, options);
  const matching = matchAlerts(events, alerts, options.toleranceMs + clockErrorMs);
  const tallies: TallyByKind = new Map();
  addMatching(tallies, matching);
  return { seed, isQuiet, condition, tallies, mistakes: mistakesOf(task, matching) };
}

function mistakesOf(task: DayTask, { missed, unseen, falseAlarms, doubled }: Matching): Mistake[] {
  const ofEvent =
    (what: Mistake['what']) =>
    (event: TrueEvent): Mistake => ({ ...task, what, kind: event.kind, sentence: describeEvent(event) });
  const ofAlert =
    (what: Mistake['what']) =>
    (alert: ToldAlert): Mistake => ({ ...task, what, kind: alert.kind, sentence: describeAlert(alert) });
  return [
    ...missed.map(ofEvent('missed')),
    ...falseAlarms.map(ofAlert('false-alarm')),
    ...doubled.map(ofAlert('doubled')),
    ...unseen.map(ofEvent('unseen')),
  ];
}

function describeAlert({ address, targets = [], firstSeenMs, lastSeenMs }: ToldAlert): string {
  const whom = targets.length === 0 ? '' : ` to ${targets.slice(0, 3).join(', ')}`;
  return `${address}${whom}, told as ${timeOf(firstSeenMs)} to ${timeOf(lastSeenMs)}`;
}
