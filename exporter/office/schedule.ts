import type { Random } from '../../core/random/random.ts';
import { NS_PER_MS, NS_PER_S, trueNs, type DurationNs, type Epoch, type TrueNs } from '../../core/time/instant.ts';

export const NS_PER_MIN = 60 * NS_PER_S;
export const NS_PER_HOUR = 60 * NS_PER_MIN;
export const NS_PER_DAY = 24 * NS_PER_HOUR;
const MS_PER_DAY = 86_400_000;

/** The first midnight (UTC) not after the epoch, on the scenario's timescale: 0 or negative. */
export const firstMidnight = (epoch: Epoch): TrueNs =>
  trueNs(0 - (((epoch.unixMs % MS_PER_DAY) + MS_PER_DAY) % MS_PER_DAY) * NS_PER_MS);

/** The first instant of the scenario at which it is `HH:MM` UTC. */
export function nextTimeOfDay(epoch: Epoch, at: string): TrueNs {
  const [hours, minutes] = at.split(':') as [string, string];
  const instant = firstMidnight(epoch) + Number(hours) * NS_PER_HOUR + Number(minutes) * NS_PER_MIN;
  return trueNs(instant < 0 ? instant + NS_PER_DAY : instant);
}

/** Somebody's hours on one day; only the part after the scenario's start counts. */
export interface WorkDay {
  readonly arriveNs: TrueNs;
  readonly leaveNs: TrueNs;
  readonly lunchBeginNs: TrueNs;
  readonly lunchEndNs: TrueNs;
}

/** Between which hours of the day somebody comes, and goes. */
export interface Hours {
  readonly arrive: readonly [from: number, to: number];
  readonly leave: readonly [from: number, to: number];
}

/** Guesses: one day in sixteen is a day off or a sick day; on one in twelve somebody is late; hardly anybody comes at week-ends. */
const ABSENT_PART = 0.06;
const WEEKEND_PART = 0.03;
const LATE_PART = 0.08;
const MEAN_LATENESS_H = 0.4;
const WEEKEND_HOURS: Hours = { arrive: [10, 13], leave: [14, 16] };

/** Whether the day at `unixMs` is a Saturday or a Sunday (UTC); 1970-01-01 was a Thursday. */
export const isWeekend = (unixMs: number): boolean => [2, 3].includes(((Math.floor(unixMs / MS_PER_DAY) % 7) + 7) % 7);

/**
 * Somebody's day, or `undefined` for a day off. They come and go by their hours, have lunch around noon, and are late at
 * times; who is there already starts with the scenario.
 */
export function drawWorkDay(random: Random, midnight: TrueNs, unixMs: number, hours: Hours): WorkDay | undefined {
  const isFree = random.chance(isWeekend(unixMs) ? 1 - WEEKEND_PART : ABSENT_PART);
  return isFree ? undefined : drawHours(random, midnight, isWeekend(unixMs) ? WEEKEND_HOURS : hours);
}

/** The hours of somebody who is there. */
export function drawHours(random: Random, midnight: TrueNs, hours: Hours): WorkDay {
  const at = (hour: number): TrueNs => trueNs(Math.round(midnight + hour * NS_PER_HOUR));
  const settling = trueNs(Math.round(random.uniform(0, 20) * NS_PER_S));
  const lateness = random.chance(LATE_PART) ? random.exponential(MEAN_LATENESS_H) : 0;
  const arrive = at(random.uniform(...hours.arrive) + Math.min(2, lateness));
  const lunchBegin = random.uniform(11.75, 12.75);
  const lunchEnd = lunchBegin + random.uniform(0.5, 1);
  const leaveNs = at(random.uniform(...hours.leave));
  return {
    arriveNs: arrive < 0 ? settling : arrive,
    leaveNs,
    lunchBeginNs: at(lunchBegin),
    lunchEndNs: at(lunchEnd),
  };
}

/** The day from midnight to midnight, of what knows no hours and no lunch. */
export function wholeDay(midnight: TrueNs): WorkDay {
  const arriveNs = trueNs(Math.max(0, midnight));
  const leaveNs = trueNs(midnight + NS_PER_DAY);
  return { arriveNs, leaveNs, lunchBeginNs: leaveNs, lunchEndNs: leaveNs };
}

/** How much longer things take to happen again while somebody is at lunch. */
const LUNCH_FACTOR = 4;

/** The next of events that come by chance, `meanNs` apart: exponential, rarer at lunch. */
export function nextByChance(random: Random, day: WorkDay, at: TrueNs, meanNs: DurationNs): TrueNs {
  const isLunch = at >= day.lunchBeginNs && at < day.lunchEndNs;
  return trueNs(Math.round(at + random.exponential(isLunch ? meanNs * LUNCH_FACTOR : meanNs)));
}
