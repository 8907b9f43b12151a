import { NS_PER_MS, NS_PER_S, unixMs, wallNs, type Epoch, type WallNs } from '../time/instant.ts';
import type { LeapSecond } from '../time/leap-second.ts';

const DAY_MS = 86_400_000;
/** The leap indicators that announce one (RFC 5905 figure 9), and what the clock then does. */
const LEAPS = [
  { indicator: 1, stepNs: -NS_PER_S, beforeMidnightNs: 0 },
  { indicator: 2, stepNs: NS_PER_S, beforeMidnightNs: NS_PER_S },
];

/**
 * The leap second at the end of the present UTC day that more than half of the servers announce, by their leap indicators. Only the
 * last day of a month can have one (ITU-R TF.460-6): an announcement at any other time is a mistake, and changes nothing.
 */
export function announcedLeap(indicators: readonly number[], epoch: Epoch, wall: WallNs): LeapSecond | undefined {
  const isMajority = (indicator: number): boolean => 2 * indicators.filter((one) => one === indicator).length > indicators.length;
  const leap = LEAPS.find(({ indicator }) => isMajority(indicator));
  if (leap === undefined) return undefined;
  const midnightMs = (Math.floor(unixMs(epoch, wall) / DAY_MS) + 1) * DAY_MS;
  if (new Date(midnightMs).getUTCDate() !== 1) return undefined;
  const wallOfLeap = (midnightMs - epoch.unixMs) * NS_PER_MS - leap.beforeMidnightNs;
  return { wall: wallNs(wallOfLeap), stepNs: leap.stepNs, smeared: false };
}
