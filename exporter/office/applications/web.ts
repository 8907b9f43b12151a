import { PROTOCOL_UDP } from '../../../core/net/packet-train.ts';
import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_MS, NS_PER_S, trueNs, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import { BACKGROUND, type Host } from '../host.ts';
import type { Server } from '../internet/server.ts';
import { popularSite, type Site, type Web } from '../internet/web-sites.ts';
import { nextByChance, type WorkDay } from '../schedule.ts';
import { QuicSession } from '../transport/quic-session.ts';
import { MIN_TRANSFER_OCTETS, type Session } from '../transport/session.ts';
import { fetchOnce } from '../transport/tcp-fetch.ts';
import { TcpSession } from '../transport/tcp-session.ts';
import type { Activity } from '../wire.ts';
import { search } from './google-search.ts';

/** Median desktop page and its ninetieth percentile of some 6 MB (Web Almanac 2024, Page Weight). */
const PAGE_MEDIAN_OCTETS = 2_650_000;
const PAGE_SIGMA = 0.65;
const LARGEST_PAGE_OCTETS = 20_000_000;
/** The document itself: log-normal, mean 10.7 kB, deviation 25 kB (3GPP TR 25.892; ns-3 three-gpp-http-variables.cc). */
const DOCUMENT_MEDIAN_OCTETS = 4_200;
const DOCUMENT_SIGMA = 1.37;
/** A page of a site seen just now has most of its objects in the cache. */
const CACHED_PART = 0.2;
/** The site's own hosts carry about this part, third parties the rest (a guess). */
const OWN_PART = 0.65;
/** Reading takes 30 s on average, parsing 130 ms (3GPP TR 25.892). */
const READING_S = 30;
const PARSING_MS = 130;
/** Visits have about three pages. */
const MORE_PAGES = 0.65;
/** Browsers keep a connection that long without a request. */
const KEEP_ALIVE_S: readonly [number, number] = [60, 115];
const SEARCH_PART = 0.35;
const BITS_PER_SECOND = 40_000_000;

/** Visits one site after the other, some of them found by a search. */
export function* browse(host: Host, day: WorkDay, random: Random, web: Web, meanGapNs: DurationNs): Activity {
  let at = nextByChance(random, day, day.arriveNs, meanGapNs);
  for (; at < day.leaveNs; at = nextByChance(random, day, at, meanGapNs)) {
    yield at;
    const begin = random.chance(SEARCH_PART) ? search(host, at, random) : at;
    host.begin(begin, visit(host, begin, popularSite(web, random), web, random.fork(`visit:${at}`)));
  }
}

/**
 * Some pages of a site: the document, then, when it is parsed, what it embeds, from the site's own hosts over connections
 * that are kept and from third parties over connections that are not. The 71 objects of a page (Web Almanac 2024) share them.
 */
function* visit(host: Host, at: TrueNs, site: Site, web: Web, random: Random): Activity {
  const open = (server: Server): Session =>
    server.protocol === PROTOCOL_UDP ? new QuicSession(host, server, BACKGROUND) : new TcpSession(host, server, BACKGROUND);
  const [document, assets] = [open(site.page), open(site.assets)];
  let now = document.open(host.resolve(at, site.page));
  let assetsAt: TrueNs | undefined;
  for (let page = 0; page === 0 || random.chance(MORE_PAGES); page++) {
    const weight =
      Math.min(LARGEST_PAGE_OCTETS, random.logNormal(PAGE_MEDIAN_OCTETS, PAGE_SIGMA)) * (page === 0 ? 1 : CACHED_PART);
    yield now;
    const documentOctets = random.logNormal(DOCUMENT_MEDIAN_OCTETS, DOCUMENT_SIGMA);
    const arrived = document.transfer('down', now, octetsOf(documentOctets), BITS_PER_SECOND);
    const parsed = trueNs(Math.round(arrived + random.exponential(PARSING_MS) * NS_PER_MS));
    yield parsed;
    const ready = trueNs(Math.max(parsed, (assetsAt ??= assets.open(host.resolve(parsed, site.assets)))));
    assetsAt = assets.transfer('down', ready, octetsOf(weight * OWN_PART), BITS_PER_SECOND);
    embed(host, parsed, weight * (1 - OWN_PART), page === 0 ? random.int(2, 6) : 1, web, random);
    const reading = Math.max(2, Math.min(0.8 * KEEP_ALIVE_S[0], random.exponential(READING_S))) * NS_PER_S;
    now = trueNs(Math.round(assetsAt + reading));
  }
  for (const session of [document, assets]) {
    const idle = trueNs(Math.round(now + random.uniform(...KEEP_ALIVE_S) * NS_PER_S));
    host.begin(idle, hangUp(session, idle));
  }
}

/** What a page takes from others: statistics, fonts, advertisements. */
function embed(host: Host, at: TrueNs, octets: number, parties: number, web: Web, random: Random): void {
  let begin = at;
  for (let party = 0; party < parties; party++) {
    const server = random.pick(web.thirdParties);
    const responseOctets = octetsOf((octets / parties) * random.uniform(0.3, 1.7));
    const start = host.resolve(begin, server);
    const requestOctets = random.int(350, 1_100);
    fetchOnce(host, start, { server, activity: BACKGROUND, requestOctets, responseOctets, bitsPerSecond: BITS_PER_SECOND });
    begin = after(begin, random.int(1, 60) * NS_PER_MS);
  }
}

function* hangUp(session: Session, at: TrueNs): Activity {
  yield at;
  session.close(at);
}

const octetsOf = (octets: number): number => MIN_TRANSFER_OCTETS + Math.round(octets);
