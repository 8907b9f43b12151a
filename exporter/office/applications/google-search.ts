import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_S, type TrueNs } from '../../../core/time/instant.ts';
import { BACKGROUND, type Host } from '../host.ts';
import { GOOGLE_SEARCH } from '../internet/free-services.ts';
import { exchangeOnce } from '../transport/session.ts';
import { QuicSession } from '../transport/quic-session.ts';

const [PAGE] = GOOGLE_SEARCH.pools.web;
const [ASSETS] = GOOGLE_SEARCH.pools.assets;
/** A page of results, pictures and suggestions included; what it is drawn with is mostly cached (guesses). */
const RESULTS_OCTETS: readonly [median: number, sigma: number] = [180_000, 0.5];
const ASSETS_PART = 0.25;
const ASSETS_OCTETS: readonly [number, number] = [30_000, 300_000];
const BITS_PER_SECOND = 40_000_000;
const LEAST_OCTETS = 20_000;

/** Asks a search engine over QUIC. Returns when the first result is opened. */
export function search(host: Host, at: TrueNs, random: Random): TrueNs {
  const begin = host.resolve(at, PAGE);
  const octets = Math.round(Math.max(LEAST_OCTETS, random.logNormal(...RESULTS_OCTETS)));
  const shown = exchangeOnce(new QuicSession(host, PAGE, BACKGROUND), 'down', begin, octets, BITS_PER_SECOND);
  if (random.chance(ASSETS_PART)) {
    const assets = new QuicSession(host, ASSETS, BACKGROUND);
    exchangeOnce(assets, 'down', host.resolve(shown, ASSETS), Math.round(random.uniform(...ASSETS_OCTETS)), BITS_PER_SECOND);
  }
  return after(shown, Math.round(random.uniform(2, 15) * NS_PER_S));
}
