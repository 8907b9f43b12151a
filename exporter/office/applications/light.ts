import type { Random } from '../../../core/random/random.ts';
import type { Host } from '../host.ts';
import { nextByChance, type WorkDay } from '../schedule.ts';
import type { Activity } from '../wire.ts';
import { loadPage, type Web } from './web.ts';

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
    left -= loadPage(host, at, random, web, connections, median, largest) + connections * CONNECTION_OVERHEAD_OCTETS;
  }
}
