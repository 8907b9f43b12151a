import type { Random } from '../../../core/random/random.ts';
import { NS_PER_S, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import { SERVERS } from '../servers.ts';
import { QuicSession } from '../transport/quic-session.ts';
import type { Activity } from '../wire.ts';
import { play } from './stream.ts';

const PAGE_OCTETS = 400_000;
const PAGE_NS = 2 * NS_PER_S;

/** Watches a video: the page first, the video for `durationNs` beside it; both together take `octets`. */
export function* watchYoutube(
  host: Host,
  at: TrueNs,
  durationNs: DurationNs,
  octets: number,
  activity: number,
  random: Random,
): Activity {
  const video = random.pick(SERVERS.youtube);
  const page = random.pick(SERVERS.youtubePages);
  const pageOctets = Math.min(PAGE_OCTETS, Math.floor(octets * 0.15));
  const begin = host.resolve(host.resolve(at, page), video);
  const pageSession = new QuicSession(host, page, activity);
  host.begin(begin, play(begin, { session: pageSession, durationNs: PAGE_NS, octets: pageOctets, cycleNs: NS_PER_S }, random));
  const session = new QuicSession(host, video, activity);
  yield* play(begin, { session, durationNs, octets: octets - pageOctets, cycleNs: 5 * NS_PER_S }, random.fork('video'));
}
