import type { Random } from '../../../core/random/random.ts';
import { NS_PER_S, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import { SERVERS } from '../servers.ts';
import { TcpSession } from '../transport/tcp-session.ts';
import type { Activity } from '../wire.ts';
import { play } from './stream.ts';

/** Listens to music: one TCP connection, a piece of the song every 12 seconds. */
export function* listenToSpotify(
  host: Host,
  at: TrueNs,
  durationNs: DurationNs,
  octets: number,
  activity: number,
  random: Random,
): Activity {
  const server = random.pick(SERVERS.spotify);
  const begin = host.resolve(at, server);
  yield* play(begin, { session: new TcpSession(host, server, activity), durationNs, octets, cycleNs: 12 * NS_PER_S }, random);
}
