import type { Random } from '../../../core/random/random.ts';
import { NS_PER_S, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import { NETFLIX } from '../internet/free-services.ts';
import { exchangeOnce } from '../transport/session.ts';
import { TcpSession } from '../transport/tcp-session.ts';
import type { Activity } from '../wire.ts';
import { play } from './stream.ts';

/** Longer cycles than YouTube's, over TCP (Rao et al. 2011, arXiv 1111.0948: the strategy differs by service and player). */
const CYCLE_NS = 8 * NS_PER_S;
const MENU_OCTETS = 900_000;
const MENU_PART = 0.1;

/** Watches a film: the menu first, the film over one TCP connection beside it; both together take `octets`. */
export function* watchNetflix(
  host: Host,
  at: TrueNs,
  durationNs: DurationNs,
  octets: number,
  activity: number,
  random: Random,
  pauseNs: DurationNs = 0,
): Activity {
  const server = random.pick(NETFLIX.pools.video);
  const [menu] = NETFLIX.pools.api;
  const begin = host.resolve(host.resolve(at, menu), server);
  const menuOctets = Math.min(MENU_OCTETS, Math.floor(octets * MENU_PART));
  exchangeOnce(new TcpSession(host, menu, activity), 'down', begin, menuOctets, 25_000_000);
  const session = new TcpSession(host, server, activity);
  yield* play(begin, { session, durationNs, octets: octets - menuOctets, cycleNs: CYCLE_NS, pauseNs }, random);
}
