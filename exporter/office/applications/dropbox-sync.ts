import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_S, type DurationNs } from '../../../core/time/instant.ts';
import { BACKGROUND, type Host } from '../host.ts';
import { DROPBOX } from '../internet/work-services.ts';
import { nextByChance, NS_PER_HOUR, type WorkDay } from '../schedule.ts';
import { fetchOnce } from '../transport/tcp-fetch.ts';
import type { Activity } from '../wire.ts';
import { transferInBlocks } from './bulk-transfer.ts';
import { stayConnected, type LongConnection } from './keep-alive.ts';

const [API] = DROPBOX.pools.api;
const [NOTIFY] = DROPBOX.pools.notify;
/** The client asks what is new and is answered after a minute when nothing is (Drago et al., IMC 2012). */
const LONG_POLL_NS = 60 * NS_PER_S;
const LEAST_OCTETS = 30_000;
const LARGEST_OCTETS = 120_000_000;

/** A folder kept in step with Dropbox: a long poll all day, files up and down over connections of their own. */
export function* syncDropbox(host: Host, day: WorkDay, random: Random, meanGapNs: DurationNs): Activity {
  const poll: LongConnection = {
    server: NOTIFY,
    until: day.leaveNs,
    beatNs: LONG_POLL_NS,
    beatOctets: [310, 130],
    eventGapNs: NS_PER_HOUR,
    event: () => ({ direction: 'down', octets: 1_200 }),
  };
  const begin = after(day.arriveNs, Math.round(random.uniform(5, 60) * NS_PER_S));
  host.begin(begin, stayConnected(host, begin, poll, random.fork('poll')));
  let at = nextByChance(random, day, day.arriveNs, meanGapNs);
  for (; at < day.leaveNs; at = nextByChance(random, day, at, meanGapNs)) {
    yield at;
    // The list of blocks first, then those the other side has not got.
    const commit = { server: API, activity: BACKGROUND, requestOctets: 1_800, responseOctets: 1_200, bitsPerSecond: 20_000_000 };
    const listed = fetchOnce(host, host.resolve(at, API), commit);
    const octets = Math.round(Math.min(LARGEST_OCTETS, Math.max(LEAST_OCTETS, random.logNormal(1_500_000, 1.3))));
    const direction = random.chance(0.6) ? 'up' : 'down';
    const server = random.pick(DROPBOX.pools.content);
    const files = { direction, server, activity: BACKGROUND, octets, connections: 2, bitsPerSecond: 20_000_000 } as const;
    host.begin(listed, transferInBlocks(host, listed, files));
  }
}
