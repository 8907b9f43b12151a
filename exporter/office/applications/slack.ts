import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_S } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import { SLACK } from '../internet/work-services.ts';
import { NS_PER_MIN, type WorkDay } from '../schedule.ts';
import type { Activity } from '../wire.ts';
import { stayConnected, type LongConnection } from './keep-alive.ts';

/**
 * Beats are under the five minutes after which careless NATs forget a connection; some programs send them every half minute,
 * which would double the office's Flow Records and show nothing more.
 */
const BEAT_NS = 4 * NS_PER_MIN;

/** Chats: one connection from the morning to the evening, with messages of 80 to 300 octets, at times a picture. */
export function chat(host: Host, day: WorkDay, random: Random): Activity {
  const job: LongConnection = {
    server: random.pick(SLACK.pools.socket),
    until: day.leaveNs,
    beatNs: BEAT_NS,
    beatOctets: [66, 70],
    eventGapNs: 9 * NS_PER_MIN,
    event: (chance: Random) => ({
      direction: chance.chance(0.4) ? 'up' : 'down',
      octets: chance.chance(0.06) ? chance.logNormal(250_000, 0.9) : chance.uniform(400, 1_600),
    }),
  };
  return stayConnected(host, after(day.arriveNs, Math.round(random.uniform(5, 200) * NS_PER_S)), job, random);
}
