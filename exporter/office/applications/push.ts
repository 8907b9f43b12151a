import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_S } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import { PUSH } from '../internet/free-services.ts';
import { NS_PER_MIN, type WorkDay } from '../schedule.ts';
import type { Activity } from '../wire.ts';
import { stayConnected, type LongConnection } from './keep-alive.ts';

/** A telephone's connection for notifications (TCP 5228): small beats, smaller messages. */
export function awaitPush(host: Host, day: WorkDay, random: Random): Activity {
  const job: LongConnection = {
    server: random.pick(PUSH.pools.server),
    until: day.leaveNs,
    beatNs: 15 * NS_PER_MIN,
    beatOctets: [30, 30],
    eventGapNs: 12 * NS_PER_MIN,
    event: (chance: Random) => ({ direction: 'down', octets: chance.uniform(300, 2_000) }),
  };
  return stayConnected(host, after(day.arriveNs, Math.round(random.uniform(1, 20) * NS_PER_S)), job, random);
}
