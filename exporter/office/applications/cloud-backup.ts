import type { Random } from '../../../core/random/random.ts';
import { after, trueNs, type TrueNs } from '../../../core/time/instant.ts';
import { BACKGROUND, type Host } from '../host.ts';
import { CLOUD_BACKUP } from '../internet/device-services.ts';
import { NS_PER_HOUR, NS_PER_MIN } from '../schedule.ts';
import type { Activity } from '../wire.ts';
import { transferInBlocks } from './bulk-transfer.ts';

const LEAST_OCTETS = 200e6;
const LARGEST_OCTETS = 8e9;

/** What changed since yesterday, sent away between one and three at night: one hundred times as much up as down. */
export function* backUp(host: Host, midnight: TrueNs, random: Random): Activity {
  const at = trueNs(Math.round(midnight + NS_PER_HOUR + random.uniform(0, 120) * NS_PER_MIN));
  if (at < 0) return;
  yield at;
  const server = random.pick(CLOUD_BACKUP.pools.storage);
  const octets = Math.round(Math.min(LARGEST_OCTETS, Math.max(LEAST_OCTETS, random.logNormal(1.5e9, 0.6))));
  const files = { direction: 'up', server, activity: BACKGROUND, octets, connections: 4, bitsPerSecond: 8e6 } as const;
  yield* transferInBlocks(host, after(at, 0), files);
}
