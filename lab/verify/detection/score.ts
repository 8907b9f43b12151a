import type { Matching } from './match.ts';
import type { TrueEvent } from './true-event.ts';

/** What was counted of one kind, or of all. Milliseconds are of hits, in the order they were found. */
export interface Tally {
  /** Events that a detector could have told. */
  events: number;
  /** Events beside them that it could not. */
  unseen: number;
  hits: number;
  missed: number;
  falseAlarms: number;
  /** Alerts about events that were told already, each a false alarm too. */
  doubled: number;
  /** From the true begin of the event to the alert: truly, by the collector's clock, and from the begin the alert tells to when it says it was raised. */
  readonly delayMs: { readonly truly: number[]; readonly collector: number[]; readonly told: number[] };
  /** How much later than in truth the event began as the alert tells. */
  readonly beginErrorMs: number[];
}

export const newTally = (): Tally => ({
  events: 0,
  unseen: 0,
  hits: 0,
  missed: 0,
  falseAlarms: 0,
  doubled: 0,
  delayMs: { truly: [], collector: [], told: [] },
  beginErrorMs: [],
});

/** Tallies by kind. An alert that is about nothing counts under the kind it has, so there may be kinds that no event has. */
export type TallyByKind = Map<string, Tally>;

/** Adds what became of a day's alerts. */
export function addMatching(to: TallyByKind, { hits, doubled, falseAlarms, missed, unseen }: Matching): void {
  for (const { event, alert } of hits) {
    const tally = of(to, event.kind);
    tally.events++;
    tally.hits++;
    tally.delayMs.truly.push(alert.raisedTrulyMs - event.fromMs);
    tally.delayMs.collector.push(alert.raisedAtMs - event.fromMs);
    tally.delayMs.told.push(alert.raisedAtMs - alert.firstSeenMs);
    tally.beginErrorMs.push(alert.firstSeenMs - event.fromMs);
  }
  for (const { kind } of missed) {
    of(to, kind).events++;
    of(to, kind).missed++;
  }
  for (const { kind } of unseen) of(to, kind).unseen++;
  for (const { kind } of doubled) {
    of(to, kind).doubled++;
    of(to, kind).falseAlarms++;
  }
  for (const { kind } of falseAlarms) of(to, kind).falseAlarms++;
}

function of(tallies: TallyByKind, kind: TrueEvent['kind'] | string): Tally {
  let tally = tallies.get(kind);
  if (tally === undefined) tallies.set(kind, (tally = newTally()));
  return tally;
}

/** All tallies in one. */
export function sumOf(tallies: Iterable<Tally>): Tally {
  const sum = newTally();
  for (const tally of tallies) {
    for (const count of ['events', 'unseen', 'hits', 'missed', 'falseAlarms', 'doubled'] as const) sum[count] += tally[count];
    for (const clock of ['truly', 'collector', 'told'] as const) sum.delayMs[clock].push(...tally.delayMs[clock]);
    sum.beginErrorMs.push(...tally.beginErrorMs);
  }
  return sum;
}

/** A part of a whole with the interval in which the true one lies with 95 % confidence. `null` when there was nothing to count. */
export interface Proportion {
  readonly value: number | null;
  readonly low: number;
  readonly high: number;
}

/** 95 % of a normal distribution lie within so many standard deviations. */
const Z = 1.959964;

/** Wilson's score interval (Wilson 1927): sound for few and for all, where the usual one has no width. */
export function proportion(part: number, whole: number): Proportion {
  if (whole === 0) return { value: null, low: 0, high: 1 };
  const value = part / whole;
  const centre = value + Z ** 2 / (2 * whole);
  const width = Z * Math.sqrt((value * (1 - value)) / whole + Z ** 2 / (4 * whole ** 2));
  const scale = 1 + Z ** 2 / whole;
  return { value, low: part === 0 ? 0 : (centre - width) / scale, high: part === whole ? 1 : (centre + width) / scale };
}

/** Of all alerts, those that were about something not told yet. */
export const precisionOf = ({ hits, falseAlarms }: Tally): Proportion => proportion(hits, hits + falseAlarms);
/** Of all events that could be told, those that were. */
export const recallOf = ({ hits, events }: Tally): Proportion => proportion(hits, events);

/** Median and extremes. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** That of values in any order; `null` without any. */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((one, other) => one - other);
  const at = (index: number): number => sorted[index] as number;
  const middle = (sorted.length - 1) / 2;
  return { median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, min: at(0), max: at(sorted.length - 1) };
}
