import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_MS, NS_PER_S, trueNs, type DurationNs } from '../../../core/time/instant.ts';
import { BACKGROUND, type Host } from '../host.ts';
import { SSH } from '../internet/work-services.ts';
import { nextByChance, NS_PER_MIN, type WorkDay } from '../schedule.ts';
import { ping } from '../transport/icmp.ts';
import { MIN_TRANSFER_OCTETS } from '../transport/session.ts';
import { TcpSession } from '../transport/tcp-session.ts';
import type { Activity } from '../wire.ts';
import { traceRoute } from './traceroute.ts';

/** So many look first whether the machine is there and how far away. A guess. */
const LOOK_PART = 0.25;
const LARGEST_OUTPUT_OCTETS = 5_000_000;

/**
 * Logs in to machines: keys and their echoes in spells, with thinking in between; at times a screenful or a file comes back.
 * Packets of 100 to 300 octets, minutes to hours, closed with FIN. (Key exchange and certificates weigh as much as TLS's.)
 */
export function* administrate(host: Host, day: WorkDay, random: Random, meanGapNs: DurationNs): Activity {
  let at = nextByChance(random, day, day.arriveNs, meanGapNs);
  while (at < day.leaveNs) {
    yield at;
    const server = random.pick(SSH.pools.host);
    let begin = host.resolve(at, server);
    if (random.chance(LOOK_PART)) {
      if (random.chance(0.5)) host.begin(begin, traceRoute(host, begin, server, random.fork(`route:${at}`)));
      else ping(host, begin, server, 4, NS_PER_S, BACKGROUND);
      begin = after(begin, 5 * NS_PER_S);
    }
    const session = new TcpSession(host, server, BACKGROUND);
    let now = session.open(begin);
    const minutes = Math.min(180, random.logNormal(20, 0.8));
    const end = trueNs(Math.min(day.leaveNs, now + Math.round(minutes * NS_PER_MIN)));
    while (now < end) {
      yield now;
      const keys = random.int(8, 90);
      const typed = session.converse(now, keys, random.int(120, 420) * NS_PER_MS, 44, random.int(60, 190));
      const outputOctets = Math.round(Math.min(LARGEST_OUTPUT_OCTETS, random.logNormal(6_000, 1.5)) + MIN_TRANSFER_OCTETS);
      const shown = session.transfer('down', after(typed, 50 * NS_PER_MS), outputOctets, 20_000_000);
      now = after(shown, Math.round(random.exponential(70) * NS_PER_S));
    }
    yield now;
    session.close(now);
    at = nextByChance(random, day, now, meanGapNs);
  }
}
