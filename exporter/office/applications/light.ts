import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_MS, type TrueNs } from '../../../core/time/instant.ts';
import { BACKGROUND, type Host } from '../host.ts';
import { overTcp } from '../internet/server.ts';
import { popularSite, type Web } from '../internet/web-sites.ts';
import { nextByChance, type WorkDay } from '../schedule.ts';
import { fetchOnce } from '../transport/tcp-fetch.ts';
import type { Activity } from '../wire.ts';

/** What a small page costs beside its responses: handshakes, certificates, acknowledgements. */
const PAGE_OVERHEAD_OCTETS = 7_000;
const CONNECTION_OVERHEAD_OCTETS = 6_500;
const MEAN_VISIT_OCTETS = 60_000;

/** A little browsing, spread over the day, that takes no more than about `budgetOctets`. */
export function* browseLightly(host: Host, day: WorkDay, random: Random, web: Web, budgetOctets: number): Activity {
  const visits = Math.max(2, Math.min(100, Math.floor(budgetOctets / MEAN_VISIT_OCTETS)));
  const meanGapNs = (day.leaveNs - day.arriveNs) / (visits + 2);
  const median = Math.min(20_000, budgetOctets / visits / 6);
  let left = budgetOctets;
  let at = nextByChance(random, day, day.arriveNs, meanGapNs);
  for (; at < day.leaveNs && left > PAGE_OVERHEAD_OCTETS; at = nextByChance(random, day, at, meanGapNs)) {
    yield at;
    const largest = Math.max(500, Math.min(left - PAGE_OVERHEAD_OCTETS, median * 6));
    const connections = left > 20 * MEAN_VISIT_OCTETS ? random.int(1, 3) : 1;
    left -= loadSmallPage(host, at, random, web, connections, median, largest) + connections * CONNECTION_OVERHEAD_OCTETS;
  }
}

/** A page over so many connections, the response on each log-normal. Returns the octets the responses held. */
function loadSmallPage(
  host: Host,
  at: TrueNs,
  random: Random,
  web: Web,
  connections: number,
  medianOctets: number,
  largestOctets: number,
): number {
  const site = popularSite(web, random);
  let begin = at;
  let total = 0;
  for (let index = 0; index < connections; index++) {
    const server = overTcp(index === 0 ? site.page : site.assets);
    const responseOctets = Math.round(Math.min(largestOctets, random.logNormal(medianOctets, 1.4)));
    const start = host.resolve(begin, server);
    const requestOctets = random.int(350, 1_100);
    fetchOnce(host, start, { server, activity: BACKGROUND, requestOctets, responseOctets, bitsPerSecond: 40_000_000 });
    total += responseOctets;
    // What a page embeds is known once its first part has come.
    begin = after(start, index === 0 ? server.roundTripNs * 3 : random.int(1, 60) * NS_PER_MS);
  }
  return total;
}
