import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_S, trueNs, type TrueNs } from '../../../core/time/instant.ts';
import { BACKGROUND, type Host } from '../host.ts';
import { WINDOWS_UPDATE } from '../internet/device-services.ts';
import { NS_PER_HOUR, NS_PER_MIN, type WorkDay } from '../schedule.ts';
import { fetchOnce } from '../transport/tcp-fetch.ts';
import type { Activity } from '../wire.ts';
import { transferInBlocks } from './bulk-transfer.ts';

const [SCAN] = WINDOWS_UPDATE.pools.scan;
/** Computers left on overnight do it between two and five, the others soon after they are switched on. */
const NIGHT_PART = 0.25;
/** On most days there are definitions and small things; after the second Tuesday of a month there is a burst of 200 MB to 1 GB. */
const SMALL = { part: 0.7, median: 35e6, sigma: 0.8, largest: 250e6 } as const;
const MONTHLY = { part: 0.95, median: 450e6, sigma: 0.4, largest: 1e9 } as const;
const DAY_MS = 86_400_000;

/** Looks for updates once a day, and fetches what there is. `midnight` began the day, `unixMs` since 1970. */
export function* updateWindows(host: Host, midnight: TrueNs, unixMs: number, day: WorkDay, random: Random): Activity {
  const isAtNight = random.chance(NIGHT_PART);
  const nightly = trueNs(Math.round(midnight + random.uniform(2, 5) * NS_PER_HOUR));
  const at = isAtNight ? nightly : after(day.arriveNs, Math.round(random.exponential(25 * NS_PER_MIN)));
  if (at < 0 || (!isAtNight && at >= day.leaveNs)) return;
  yield at;
  const responseOctets = Math.round(random.uniform(40_000, 120_000));
  const scan = { server: SCAN, activity: BACKGROUND, requestOctets: 6_000, responseOctets, bitsPerSecond: 40_000_000 };
  fetchOnce(host, host.resolve(at, SCAN), scan);
  const { part, median, sigma, largest } = isPatchDay(unixMs) ? MONTHLY : SMALL;
  if (!random.chance(part)) return;
  const start = after(at, Math.round(random.uniform(5, 40) * NS_PER_S));
  yield start;
  const octets = Math.round(Math.min(largest, random.logNormal(median, sigma)));
  const server = random.pick(WINDOWS_UPDATE.pools.payload);
  const payload = { direction: 'down', server, activity: BACKGROUND, octets, connections: 2, bitsPerSecond: 30_000_000 } as const;
  yield* transferInBlocks(host, start, payload);
}

/** The Wednesday after the month's second Tuesday, when Europe's computers find what was published the evening before. */
function isPatchDay(unixMs: number): boolean {
  const yesterday = new Date(unixMs - DAY_MS);
  return yesterday.getUTCDay() === 2 && Math.ceil(yesterday.getUTCDate() / 7) === 2;
}
