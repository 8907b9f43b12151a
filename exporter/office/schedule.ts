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

/** Arrives from 8:00 to 9:30, has lunch around noon, leaves from 16:30 to 18:00; who is there already starts with the scenario. */
export function drawWorkDay(random: Random, midnight: TrueNs): WorkDay {
  const at = (hour: number): TrueNs => trueNs(Math.round(midnight + hour * NS_PER_HOUR));
  const settling = trueNs(Math.round(random.uniform(0, 90) * NS_PER_S));
  const arrive = at(random.uniform(8, 9.5));
  const lunchBegin = random.uniform(11.75, 12.75);
  const lunchEnd = lunchBegin + random.uniform(0.5, 1);
  const leaveNs = at(random.uniform(16.5, 18));
  return {
    arriveNs: arrive < 0 ? settling : arrive,
    leaveNs,
    lunchBeginNs: at(lunchBegin),
    lunchEndNs: at(lunchEnd),
  };
}

/** How much longer things take to happen again while somebody is at lunch. */
const LUNCH_FACTOR = 4;

/** The next of events that come by chance, `meanNs` apart: exponential, rarer at lunch. */
export function nextByChance(random: Random, day: WorkDay, at: TrueNs, meanNs: DurationNs): TrueNs {
  const isLunch = at >= day.lunchBeginNs && at < day.lunchEndNs;
  return trueNs(Math.round(at + random.exponential(isLunch ? meanNs * LUNCH_FACTOR : meanNs)));
}
