import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_S } from '../../../core/time/instant.ts';
import { BACKGROUND, type Host } from '../host.ts';
import { GMAIL } from '../internet/free-services.ts';
import { NS_PER_MIN, type WorkDay } from '../schedule.ts';
import { fetchOnce } from '../transport/tcp-fetch.ts';
import type { Activity } from '../wire.ts';
import { mailOctets } from './mail.ts';
import { stayConnected, type LongConnection } from './keep-alive.ts';

const [SERVER] = GMAIL.pools.web;
/** The page is a program of some megabytes, most of it still in the browser's cache. */
const PAGE_OCTETS: readonly [number, number] = [400_000, 2_500_000];

/** Private mail in a browser tab: the page once, then one connection that waits for what is new. */
export function* readGmail(host: Host, day: WorkDay, random: Random): Activity {
  const at = after(day.arriveNs, Math.round(random.uniform(2, 90) * NS_PER_MIN));
  if (at >= day.leaveNs) return;
  yield at;
  const responseOctets = Math.round(random.uniform(...PAGE_OCTETS));
  const begin = host.resolve(at, SERVER);
  fetchOnce(host, begin, {
    server: SERVER,
    activity: BACKGROUND,
    requestOctets: 3_000,
    responseOctets,
    bitsPerSecond: 40_000_000,
  });
  const job: LongConnection = {
    server: SERVER,
    until: day.leaveNs,
    beatNs: 4 * NS_PER_MIN,
    beatOctets: [220, 180],
    eventGapNs: 14 * NS_PER_MIN,
    event: (chance: Random) => ({ direction: chance.chance(0.2) ? 'up' : 'down', octets: mailOctets(chance) }),
  };
  yield* stayConnected(host, after(begin, NS_PER_S), job, random);
}
