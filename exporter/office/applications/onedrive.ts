import type { Random } from '../../../core/random/random.ts';
import type { DurationNs, TrueNs } from '../../../core/time/instant.ts';
import { BACKGROUND, type Host } from '../host.ts';
import { nextByChance, type WorkDay } from '../schedule.ts';
import { SERVERS, type Server } from '../servers.ts';
import { MIN_TRANSFER_OCTETS } from '../transport/session.ts';
import { fetchOnce } from '../transport/tcp-fetch.ts';
import { TcpSession } from '../transport/tcp-session.ts';
import type { Activity } from '../wire.ts';

const LARGEST_OCTETS = 20_000_000;
const BITS_PER_SECOND = 30_000_000;

/** Keeps a folder in step with the cloud: mostly small questions, at times a file, more often up than down. */
export function* syncOnedrive(host: Host, day: WorkDay, random: Random, meanGapNs: DurationNs): Activity {
  let at = nextByChance(random, day, day.arriveNs, meanGapNs);
  for (; at < day.leaveNs; at = nextByChance(random, day, at, meanGapNs)) {
    yield at;
    const server = random.pick(SERVERS.onedrive);
    const begin = host.resolve(at, server);
    const fileOctets = random.chance(0.3) ? Math.round(Math.min(LARGEST_OCTETS, random.logNormal(400_000, 1.3))) : 0;
    if (fileOctets > 0 && random.chance(0.7)) {
      upload(host, begin, server, fileOctets);
      continue;
    }
    fetchOnce(host, begin, {
      server,
      activity: BACKGROUND,
      requestOctets: 700,
      responseOctets: 900 + fileOctets,
      bitsPerSecond: BITS_PER_SECOND,
    });
  }
}

function upload(host: Host, at: TrueNs, server: Server, octets: number): void {
  const session = new TcpSession(host, server, BACKGROUND);
  session.close(session.transfer('up', session.open(at), octets + MIN_TRANSFER_OCTETS, BITS_PER_SECOND));
}
