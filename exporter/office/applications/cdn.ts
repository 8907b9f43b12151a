import { PROTOCOL_TCP } from '../../../core/net/packet-train.ts';
import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_S, trueNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import type { CdnBrowsing } from '../lookalike-config.ts';
import { NS_PER_MIN } from '../schedule.ts';
import { serverAt, type Server } from '../internet/server.ts';
import { fetchOnce } from '../transport/tcp-fetch.ts';
import type { Activity } from '../wire.ts';

/** The CDN's edge servers: 198.18.26.10 and up. */
const FIRST_EDGE = 0xc612_1a0a;
const EDGES = 120;
const HEX = '0123456789abcdef';
const HASH_LETTERS = 40;

/** Pages whose parts have names of their own, with a hash in each: long and new, but they lead to an address that is used. */
export function* browseCdn(host: Host, at: TrueNs, job: CdnBrowsing, activity: number, random: Random): Activity {
  const end = after(at, Math.round(job.minutes * NS_PER_MIN));
  const meanGapNs = (60 * NS_PER_S) / job.perMinute;
  for (let now = at; now < end; now = trueNs(Math.round(now + random.exponential(meanGapNs)))) {
    yield now;
    const server = edge(random);
    const responseOctets = Math.round(Math.min(2_000_000, random.logNormal(30_000, 1.2)));
    const requestOctets = random.int(350, 900);
    fetchOnce(host, host.resolve(now, server), { server, activity, requestOctets, responseOctets, bitsPerSecond: 40_000_000 });
  }
}

function edge(random: Random): Server {
  const hash = Array.from({ length: HASH_LETTERS }, () => HEX[random.int(0, 15)]).join('');
  const number = random.int(0, EDGES - 1);
  return serverAt(FIRST_EDGE + number, PROTOCOL_TCP, 443, `${hash}.pop${number}.static-assets.edge.cdn.example`);
}
