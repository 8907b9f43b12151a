import { faker } from '@faker-js/faker/locale/en';
import { PROTOCOL_TCP } from '../../../core/net/packet-train.ts';
import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_MS, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import { BACKGROUND, type Host } from '../host.ts';
import { nextByChance, type WorkDay } from '../schedule.ts';
import { serverAt, type Server } from '../servers.ts';
import { fetchOnce } from '../transport/tcp-fetch.ts';
import type { Activity } from '../wire.ts';

const SITE_COUNT = 240;
const THIRD_PARTY_COUNT = 24;
/** 198.18.16.10; the web lies in 198.18.16.0/20. */
const WEB_BASE = 0xc612_100a;
const LARGEST_RESPONSE_OCTETS = 4_000_000;

/** A site with the hosts its pages are made of. */
interface Site {
  readonly page: Server;
  readonly assets: Server;
}

/** The web as the office knows it: sites, the popular ones first, and the third parties all of them embed. */
export interface Web {
  readonly sites: readonly Site[];
  readonly thirdParties: readonly Server[];
}

/** Invents the web's host names: a function of the random stream's seed. */
export function inventWeb(random: Random): Web {
  faker.seed(random.int(0, 0x7fff_ffff));
  const taken = new Set<string>();
  let address = WEB_BASE;
  const word = (): string => {
    let text = faker.internet.domainWord();
    while (taken.has(text)) text = faker.internet.domainWord();
    taken.add(text);
    return text;
  };
  const server = (name: string): Server => serverAt(address++, PROTOCOL_TCP, 443, name);
  const sites = Array.from({ length: SITE_COUNT }, () => {
    const domain = `${word()}.example`;
    return { page: server(`www.${domain}`), assets: server(`static.${domain}`) };
  });
  const thirdParties = Array.from({ length: THIRD_PARTY_COUNT }, () => server(`cdn.${word()}.example`));
  return { sites, thirdParties };
}

/** Reads one page after another. */
export function* browse(host: Host, day: WorkDay, random: Random, web: Web, meanGapNs: DurationNs): Activity {
  let at = nextByChance(random, day, day.arriveNs, meanGapNs);
  for (; at < day.leaveNs; at = nextByChance(random, day, at, meanGapNs)) {
    yield at;
    loadPage(host, at, random, web, random.int(1, 5) + (random.chance(0.5) ? 1 : 0), 45_000);
  }
}

/**
 * One page: the site's own host, then its assets and third parties, every name asked for first.
 * @param connections how many connections it takes, from 1 up
 * @param medianOctets of the response on each; log-normal, as 3GPP TR 25.892 has it
 * @returns octets the servers' responses held
 */
export function loadPage(
  host: Host,
  at: TrueNs,
  random: Random,
  web: Web,
  connections: number,
  medianOctets: number,
  largestOctets = LARGEST_RESPONSE_OCTETS,
): number {
  const { sites, thirdParties } = web;
  // The higher the power, the more go to the few popular sites.
  const site = sites[Math.floor(sites.length * random.uniform() ** 2.5)] as Site;
  let begin = at;
  let total = 0;
  for (let index = 0; index < connections; index++) {
    const server = index === 0 ? site.page : index <= 2 ? site.assets : random.pick(thirdParties);
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
