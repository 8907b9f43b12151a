import { PROTOCOL_TCP } from '../../../core/net/packet-train.ts';
import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_MS, NS_PER_S, trueNs, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import type { Beacon } from '../misbehaviour-config.ts';
import { NS_PER_MIN } from '../schedule.ts';
import { serverAt } from '../internet/server.ts';
import { converse } from '../transport/dialogue.ts';
import { fetchOnce } from '../transport/tcp-fetch.ts';
import type { Activity } from '../wire.ts';

/** A question for orders and the answer that there are none: under 1 kB, always about the same. */
const REQUEST_OCTETS = 380;
const ANSWER_OCTETS = 190;
const BITS_PER_SECOND = 20_000_000;

/** Checks in with the control server, each time over a connection of its own, and sleeps in between. */
export function* callHome(host: Host, at: TrueNs, beacon: Beacon, activity: number, random: Random): Activity {
  const server = serverAt(beacon.target, PROTOCOL_TCP, beacon.port, beacon.name);
  const end = after(at, Math.round(beacon.minutes * NS_PER_MIN));
  for (let now = at; now < end; now = after(now, sleepNs(beacon, random))) {
    yield now;
    const begin = host.resolve(now, server);
    const responseOctets = ANSWER_OCTETS + random.int(0, 24);
    const asked = { server, activity, requestOctets: REQUEST_OCTETS, responseOctets, bitsPerSecond: BITS_PER_SECOND };
    if (beacon.port === 443) fetchOnce(host, begin, { ...asked, isResumed: true });
    else {
      const lastsNs = 3 * server.roundTripNs + NS_PER_MS;
      const [up, down] = [
        { upPackets: 4, upOctets: REQUEST_OCTETS },
        { downPackets: 3, downOctets: responseOctets },
      ];
      converse(host, begin, { server, activity, ...up, ...down, lastsNs });
    }
  }
}

/** Uniform within the tool's own bounds (Fox-IT 2020, Hunting for beacons): Cobalt Strike never sleeps longer than it was told. */
function sleepNs({ intervalS, jitterPercent, tool }: Beacon, random: Random): DurationNs {
  const jitter = jitterPercent / 100;
  const factor = random.uniform(1 - jitter, tool === 'empire' ? 1 + jitter : 1);
  return trueNs(Math.round(intervalS * factor * NS_PER_S));
}
