import { after, NS_PER_S, type DurationNs, type TrueNs, type WallNs } from './instant.ts';
import type { Segments } from './segments.ts';

/** A leap second of one clock. True time counts on without it, as TAI does: afterwards a right clock is wrong by a second. */
export interface LeapSecond {
  /** What the wall clock shows when it jumps: midnight for a second inserted, a second before for one left out. */
  readonly wall: WallNs;
  /** -1 s for a second inserted, 1 s for one left out. */
  readonly stepNs: DurationNs;
  /** Spread evenly over the true time from 12 hours before to 12 hours after, as public servers do, instead of stepped. */
  readonly smeared: boolean;
}

const HALF_SMEAR_NS = 43_200 * NS_PER_S;

/** When the last segment of a wall clock comes to a leap second; never when it is smeared, or the clock already beyond. */
export function leapInstant({ wall, smeared }: LeapSecond, segments: Segments): TrueNs {
  const last = segments.length - 1;
  const since = segments.since(last);
  const wait = wall - segments.readBy(last, since);
  // Half a nanosecond before it, since a reading is rounded: a segment that begins then would be beyond.
  return smeared || wait <= 0 ? (Infinity as TrueNs) : after(since, Math.ceil((wait - 0.5) / segments.rate(last)));
}

/** What a smeared leap second adds to the frequency at `now`, in parts per million. */
export function smearPpm(leap: LeapSecond | undefined, now: TrueNs): number {
  if (leap?.smeared !== true) return 0;
  const isUnderWay = now >= leap.wall - HALF_SMEAR_NS && now < leap.wall + HALF_SMEAR_NS;
  return isUnderWay ? (leap.stepNs / (2 * HALF_SMEAR_NS)) * 1e6 : 0;
}

/** The next instant after `now` at which a smear begins or ends. */
export function smearBorder(leap: LeapSecond | undefined, now: TrueNs): TrueNs {
  if (leap?.smeared !== true) return Infinity as TrueNs;
  const borders = [leap.wall - HALF_SMEAR_NS, leap.wall + HALF_SMEAR_NS];
  return (borders.find((border) => border > now) ?? Infinity) as TrueNs;
}
