import type { Random } from '../../../core/random/random.ts';
import { NS_PER_S, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import { SERVERS } from '../servers.ts';
import { TcpSession } from '../transport/tcp-session.ts';
import type { Activity } from '../wire.ts';
import { play } from './stream.ts';

/** Watches a film: one TCP connection, a chunk every 8 seconds. */
export function* watchNetflix(
  host: Host,
  at: TrueNs,
  durationNs: DurationNs,
  octets: number,
  activity: number,
  random: Random,
): Activity {
  const server = random.pick(SERVERS.netflix);
  const begin = host.resolve(at, server);
  yield* play(begin, { session: new TcpSession(host, server, activity), durationNs, octets, cycleNs: 8 * NS_PER_S }, random);
}
