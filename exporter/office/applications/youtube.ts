import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_S, trueNs, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import { YOUTUBE } from '../internet/free-services.ts';
import { overTcp, type Server } from '../internet/server.ts';
import { QuicSession } from '../transport/quic-session.ts';
import { exchangeOnce, type Session } from '../transport/session.ts';
import { TcpSession } from '../transport/tcp-session.ts';
import type { Activity } from '../wire.ts';
import { play } from './stream.ts';

/** The player asks for about five seconds of film at a time (ON/OFF cycles: Rao et al. 2011, arXiv 1111.0948). */
const CYCLE_NS = 5 * NS_PER_S;
/** Where UDP does not pass, the browser takes TCP: a guess of one session in ten. */
const TCP_PART = 0.1;
const BITS_PER_SECOND = 25_000_000;

/** The short flows beside the video: octets of each, and after what part of the time it begins. */
const BESIDE: readonly { readonly server: Server; readonly octets: number; readonly after: number }[] = [
  { server: YOUTUBE.pools.page[0], octets: 400_000, after: 0 },
  { server: YOUTUBE.pools.api[0], octets: 90_000, after: 0.002 },
  ...YOUTUBE.pools.thumbnails.map((server) => ({ server, octets: 250_000, after: 0.003 })),
  { server: YOUTUBE.pools.api[0], octets: 30_000, after: 0.5 },
  { server: YOUTUBE.pools.thumbnails[0], octets: 120_000, after: 0.8 },
];
/** All of them together take no more than this part, and none less than it costs to connect. */
const BESIDE_PART = 0.15;
const BESIDE_MIN_OCTETS = 12_000;

/**
 * Watches a video: one long flow to a video server, short ones for the page, thumbnails and statistics. The video lasts
 * `durationNs`, a pause of `pauseNs` in it; all flows together take `octets`.
 */
export function* watchYoutube(
  host: Host,
  at: TrueNs,
  durationNs: DurationNs,
  octets: number,
  activity: number,
  random: Random,
  pauseNs: DurationNs = 0,
): Activity {
  const isTcp = random.chance(TCP_PART);
  const open = (server: Server): Session =>
    isTcp ? new TcpSession(host, overTcp(server), activity) : new QuicSession(host, server, activity);
  const video = random.pick(YOUTUBE.pools.video);
  const begin = host.resolve(host.resolve(at, BESIDE[0]?.server ?? video), video);
  const count = Math.max(1, Math.min(BESIDE.length, Math.floor((octets * BESIDE_PART) / BESIDE_MIN_OCTETS)));
  let left = octets;
  for (const beside of BESIDE.slice(0, count)) {
    const part = Math.min(beside.octets, Math.floor((octets * BESIDE_PART) / count));
    left -= part;
    const start = trueNs(Math.round(begin + beside.after * durationNs));
    host.begin(start, fetchBeside(host, start, beside.server, open, part));
  }
  const session = open(video);
  yield* play(begin, { session, durationNs, octets: left, cycleNs: CYCLE_NS, pauseNs }, random.fork('video'));
}

function* fetchBeside(host: Host, at: TrueNs, server: Server, open: (server: Server) => Session, octets: number): Activity {
  yield after(at, 0);
  exchangeOnce(open(server), 'down', host.resolve(at, server), octets, BITS_PER_SECOND);
}
