import type { Random } from '../../../core/random/random.ts';
import { NS_PER_S, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import { SPOTIFY } from '../internet/free-services.ts';
import { TcpSession } from '../transport/tcp-session.ts';
import type { Activity } from '../wire.ts';
import { play } from './stream.ts';

/** A song comes in pieces; at 160 kbit/s one of them is some 240 kB. */
const CYCLE_NS = 12 * NS_PER_S;

/** Listens to music: one TCP connection. */
export function* listenToSpotify(
  host: Host,
  at: TrueNs,
  durationNs: DurationNs,
  octets: number,
  activity: number,
  random: Random,
  pauseNs: DurationNs = 0,
): Activity {
  const server = random.pick(SPOTIFY.pools.audio);
  const begin = host.resolve(at, server);
  yield* play(begin, { session: new TcpSession(host, server, activity), durationNs, octets, cycleNs: CYCLE_NS, pauseNs }, random);
}
