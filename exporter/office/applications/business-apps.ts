import type { Random } from '../../../core/random/random.ts';
import type { DurationNs } from '../../../core/time/instant.ts';
import { BACKGROUND, type Host } from '../host.ts';
import { BUSINESS_APPS } from '../internet/work-services.ts';
import { nextByChance, type WorkDay } from '../schedule.ts';
import { fetchOnce } from '../transport/tcp-fetch.ts';
import type { Activity } from '../wire.ts';

/** Works in the company's web applications: forms and lists, now and then a report. */
export function* useBusinessApps(host: Host, day: WorkDay, random: Random, meanGapNs: DurationNs): Activity {
  let at = nextByChance(random, day, day.arriveNs, meanGapNs);
  for (; at < day.leaveNs; at = nextByChance(random, day, at, meanGapNs)) {
    yield at;
    const server = random.pick(BUSINESS_APPS.pools.web);
    fetchOnce(host, host.resolve(at, server), {
      server,
      activity: BACKGROUND,
      requestOctets: Math.round(random.logNormal(900, 0.6)),
      responseOctets: Math.round(Math.min(3_000_000, random.logNormal(25_000, 1.2))),
      bitsPerSecond: 30_000_000,
    });
  }
}
