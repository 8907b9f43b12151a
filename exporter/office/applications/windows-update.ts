import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_S, type TrueNs } from '../../../core/time/instant.ts';
import { BACKGROUND, type Host } from '../host.ts';
import { NS_PER_MIN, type WorkDay } from '../schedule.ts';
import { SERVERS } from '../servers.ts';
import { fetchOnce } from '../transport/tcp-fetch.ts';
import type { Activity } from '../wire.ts';
import { download } from './download.ts';

/** Looks for updates soon after the computer is switched on, and fetches what there is. */
export function* updateWindows(host: Host, day: WorkDay, random: Random): Activity {
  const at: TrueNs = after(day.arriveNs, Math.round(random.exponential(25 * NS_PER_MIN)));
  if (at >= day.leaveNs) return;
  yield at;
  const [payload, , scan] = SERVERS.windowsUpdate;
  const begin = host.resolve(at, scan);
  const responseOctets = Math.round(random.uniform(40_000, 120_000));
  fetchOnce(host, begin, { server: scan, activity: BACKGROUND, requestOctets: 6_000, responseOctets, bitsPerSecond: 40_000_000 });
  if (!random.chance(0.7)) return;
  const start = after(at, Math.round(random.uniform(5, 40) * NS_PER_S));
  yield start;
  const octets = Math.round(Math.min(250_000_000, random.logNormal(35_000_000, 0.8)));
  yield* download(host, start, { server: payload, activity: BACKGROUND, octets, connections: 2, bitsPerSecond: 30_000_000 });
}
