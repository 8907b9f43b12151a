import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_S, trueNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import { CAMERA_CLOUD } from '../internet/device-services.ts';
import { NS_PER_HOUR, NS_PER_MIN, type WorkDay } from '../schedule.ts';
import type { Activity } from '../wire.ts';
import { stayConnected, type LongConnection } from './keep-alive.ts';

/** A clip of 10 to 40 seconds at 1 to 2 Mbit/s whenever something moves: a guess of one every eight minutes. */
const CLIP_GAP_NS = 8 * NS_PER_MIN;
const CLIP_OCTETS: readonly [number, number] = [1_250_000, 10_000_000];
/** Some cameras ask for each minute; the connection is made anew every six hours. */
const BEAT_NS = NS_PER_MIN;
const CONNECTION_NS = 6 * NS_PER_HOUR;

/** A camera that sends what it sees to its maker's cloud, day and night: nearly everything up. */
export function* filmForCloud(host: Host, day: WorkDay, random: Random): Activity {
  let at = after(day.arriveNs, Math.round(random.uniform(1, 60) * NS_PER_S));
  while (at < day.leaveNs) {
    yield at;
    const until: TrueNs = trueNs(Math.min(day.leaveNs, at + CONNECTION_NS));
    const job: LongConnection = {
      server: random.pick(CAMERA_CLOUD.pools.ingest),
      until,
      beatNs: BEAT_NS,
      beatOctets: [90, 40],
      eventGapNs: CLIP_GAP_NS,
      event: (chance: Random) => ({ direction: 'up', octets: chance.uniform(...CLIP_OCTETS) }),
    };
    yield* stayConnected(host, at, job, random);
    at = after(until, 2 * NS_PER_S);
  }
}
