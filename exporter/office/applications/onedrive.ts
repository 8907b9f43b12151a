import type { Random } from '../../../core/random/random.ts';
import type { DurationNs, TrueNs } from '../../../core/time/instant.ts';
import { BACKGROUND, type Host } from '../host.ts';
import type { Server } from '../internet/server.ts';
import { ONEDRIVE } from '../internet/work-services.ts';
import { nextByChance, type WorkDay } from '../schedule.ts';
import { MIN_TRANSFER_OCTETS } from '../transport/session.ts';
import { fetchOnce } from '../transport/tcp-fetch.ts';
import { TcpSession } from '../transport/tcp-session.ts';
import type { Activity } from '../wire.ts';

/** A guess: three in ten looks find a changed file, and four times as much goes up as down. */
const FILE_PART = 0.3;
const UPLOAD_PART = 0.8;
const CHUNK_OCTETS = 10_000_000;
const LARGEST_OCTETS = 60_000_000;
const BITS_PER_SECOND = 30_000_000;

/** Keeps a folder in step with OneDrive or SharePoint: mostly small questions, at times a file. */
export function* syncOnedrive(host: Host, day: WorkDay, random: Random, meanGapNs: DurationNs): Activity {
  let at = nextByChance(random, day, day.arriveNs, meanGapNs);
  for (; at < day.leaveNs; at = nextByChance(random, day, at, meanGapNs)) {
    yield at;
    const server = random.pick(ONEDRIVE.pools.storage);
    const begin = host.resolve(at, server);
    const hasFile = random.chance(FILE_PART);
    const fileOctets = hasFile ? Math.round(Math.min(LARGEST_OCTETS, random.logNormal(450_000, 1.4))) : 0;
    if (hasFile && random.chance(UPLOAD_PART)) {
      yield* upload(host, begin, server, fileOctets);
      continue;
    }
    const responseOctets = 900 + fileOctets;
    fetchOnce(host, begin, { server, activity: BACKGROUND, requestOctets: 700, responseOctets, bitsPerSecond: BITS_PER_SECOND });
  }
}

/** A file in chunks over one connection, each confirmed before the next. */
function* upload(host: Host, at: TrueNs, server: Server, octets: number): Activity {
  const session = new TcpSession(host, server, BACKGROUND);
  let now = session.open(at);
  for (let left = octets; left > 0; left -= CHUNK_OCTETS) {
    yield now;
    now = session.transfer('up', now, Math.min(left, CHUNK_OCTETS) + MIN_TRANSFER_OCTETS, BITS_PER_SECOND);
  }
  yield now;
  session.close(now);
}
