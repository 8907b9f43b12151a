import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_S } from '../../../core/time/instant.ts';
import { BACKGROUND, RESOLVER, type Host } from '../host.ts';
import { NS_PER_MIN, type WorkDay } from '../schedule.ts';
import { ping } from '../transport/icmp.ts';
import type { Activity } from '../wire.ts';

/** A ping each minute is what monitoring programs begin with, and the time the round takes comes on top. */
const EVERY_S: readonly [number, number] = [60.1, 62];
const STRETCH_NS = 30 * NS_PER_MIN;

/** A server that watches whether the internet is still there: it pings the resolver, round the clock. */
export function* watchUplink(host: Host, day: WorkDay, random: Random): Activity {
  for (let at = day.arriveNs; at < day.leaveNs; at = after(at, STRETCH_NS)) {
    yield at;
    const everyNs = Math.round(random.uniform(...EVERY_S) * NS_PER_S);
    const rounds = Math.floor(Math.min(STRETCH_NS, day.leaveNs - at) / everyNs);
    if (rounds > 0) ping(host, at, RESOLVER, rounds, everyNs, BACKGROUND);
  }
}
