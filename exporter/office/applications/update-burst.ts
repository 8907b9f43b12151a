import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_S, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import { SERVERS } from '../servers.ts';
import type { Activity } from '../wire.ts';
import { download } from './download.ts';

/** Computers that are told at the same instant begin within minutes of each other, so that the line is not full at once. */
const SPREAD_NS = 120 * NS_PER_S;

/** Fetches the monthly update, 200 MB to 1 GB, some time after `at`. */
export function* installUpdate(host: Host, at: TrueNs, octets: number, activity: number, random: Random): Activity {
  const begin = after(at, Math.round(random.uniform(0, SPREAD_NS)));
  yield begin;
  const [server] = SERVERS.windowsUpdate;
  yield* download(host, begin, { server, activity, octets, connections: 2, bitsPerSecond: random.uniform(15e6, 30e6) });
}
