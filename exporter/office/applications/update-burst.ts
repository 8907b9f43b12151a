import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_S, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import { WINDOWS_UPDATE } from '../internet/device-services.ts';
import type { Activity } from '../wire.ts';
import { transferInBlocks } from './bulk-transfer.ts';

/** Computers that are told at the same instant begin within minutes of each other, so that the line is not full at once. */
const SPREAD_NS = 120 * NS_PER_S;

/** Fetches the monthly update, 200 MB to 1 GB, some time after `at`. */
export function* installUpdate(host: Host, at: TrueNs, octets: number, activity: number, random: Random): Activity {
  const begin = after(at, Math.round(random.uniform(0, SPREAD_NS)));
  yield begin;
  const server = random.pick(WINDOWS_UPDATE.pools.payload);
  const bitsPerSecond = random.uniform(15e6, 30e6);
  yield* transferInBlocks(host, begin, { direction: 'down', server, activity, octets, connections: 2, bitsPerSecond });
}
