import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_S } from '../../../core/time/instant.ts';
import { BACKGROUND, type Host } from '../host.ts';
import { TIME } from '../internet/device-services.ts';
import { NS_PER_MIN, type WorkDay } from '../schedule.ts';
import type { Activity } from '../wire.ts';

const [TIME_SERVER] = TIME.pools.server;
/** IPv4 header, UDP header and the 48 octets of RFC 5905. */
const NTP_OCTETS = 76;

/** Asks for the time about every 34 minutes (2^11 s). */
export function* askForTime(host: Host, day: WorkDay, random: Random): Activity {
  let at = after(day.arriveNs, Math.round(random.uniform(0, 5 * NS_PER_MIN)));
  while (at < day.leaveNs) {
    yield at;
    const connection = host.connect(TIME_SERVER, BACKGROUND);
    host.wire.send(connection, 'up', at, 0, 1, NTP_OCTETS);
    host.wire.send(connection, 'down', after(at, host.roundTripNs(TIME_SERVER)), 0, 1, NTP_OCTETS);
    at = after(at, Math.round(random.uniform(2_020, 2_076) * NS_PER_S));
  }
}
