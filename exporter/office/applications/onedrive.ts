import type { Random } from '../../../core/random/random.ts';
import type { DurationNs } from '../../../core/time/instant.ts';
import { BACKGROUND, type Host } from '../host.ts';
import { nextByChance, type WorkDay } from '../schedule.ts';
import { SERVERS } from '../servers.ts';
import { fetchOnce } from '../transport/tcp-fetch.ts';
import type { Activity } from '../wire.ts';

const LARGEST_OCTETS = 20_000_000;

/** Keeps a folder in step with the cloud: mostly small questions, at times a file, more often up than down. */
export function* syncOnedrive(host: Host, day: WorkDay, random: Random, meanGapNs: DurationNs): Activity {
  let at = nextByChance(random, day, day.arriveNs, meanGapNs);
  for (; at < day.leaveNs; at = nextByChance(random, day, at, meanGapNs)) {
    yield at;
    const server = random.pick(SERVERS.onedrive);
    const fileOctets = random.chance(0.3) ? Math.round(Math.min(LARGEST_OCTETS, random.logNormal(400_000, 1.3))) : 0;
    const isUpload = random.chance(0.7);
    fetchOnce(host, host.resolve(at, server), {
      server,
      activity: BACKGROUND,
      requestOctets: 700 + (isUpload ? fileOctets : 0),
      responseOctets: 900 + (isUpload ? 0 : fileOctets),
      bitsPerSecond: 30_000_000,
    });
  }
}
