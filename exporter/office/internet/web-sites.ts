import { faker } from '@faker-js/faker/locale/en';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../../core/net/packet-train.ts';
import type { Random } from '../../../core/random/random.ts';
import { WEB } from './free-services.ts';
import { serverAt, type Server } from './server.ts';
import { ipv6Host } from './service.ts';

const SITE_COUNT = 240;
const THIRD_PARTY_COUNT = 24;
const FIRST_HOST = 10;
/** Sites that offer HTTP/3: about three in ten (Web Almanac 2024, HTTP). */
const QUIC_PART = 0.3;

/** Sites with an IPv6 address: of the most visited ones about two in five, and the content networks all of them embed. */
const DUAL_STACK_PART = 0.4;

/** A site with the hosts its pages are made of. */
export interface Site {
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
  let host = FIRST_HOST;
  // Its own stream, so that who has IPv6 changes nothing else of the web.
  const dualStack = random.fork('dual-stack');
  const word = (): string => {
    let text = faker.internet.domainWord();
    while (taken.has(text)) text = faker.internet.domainWord();
    taken.add(text);
    return text;
  };
  const server = (name: string, protocol: number, isDualStack: boolean): Server => {
    const ipv6Address = isDualStack ? ipv6Host(WEB.ipv6Prefix, host) : 0;
    return serverAt(WEB.prefix.address + host++, protocol, 443, name, undefined, ipv6Address);
  };
  const sites = Array.from({ length: SITE_COUNT }, () => {
    const domain = `${word()}.example`;
    const protocol = random.chance(QUIC_PART) ? PROTOCOL_UDP : PROTOCOL_TCP;
    const isDualStack = dualStack.chance(DUAL_STACK_PART);
    return { page: server(`www.${domain}`, protocol, isDualStack), assets: server(`static.${domain}`, protocol, isDualStack) };
  });
  const thirdParties = Array.from({ length: THIRD_PARTY_COUNT }, () => server(`cdn.${word()}.example`, PROTOCOL_TCP, true));
  return { sites, thirdParties };
}

/** A site by its popularity: the higher the power, the more visits go to the few at the top. */
export const popularSite = ({ sites }: Web, random: Random): Site =>
  sites[Math.floor(sites.length * random.uniform() ** 2.5)] as Site;
