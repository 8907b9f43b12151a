import { PROTOCOL_TCP, TCP_SYN } from '../../../core/net/packet-train.ts';
import type { Random } from '../../../core/random/random.ts';
import { NS_PER_S, trueNs, type TrueNs } from '../../../core/time/instant.ts';
import { serverAt } from '../internet/server.ts';
import { NS_PER_MIN } from '../schedule.ts';
import { fetchOnce } from '../transport/tcp-fetch.ts';
import { SYN_OCTETS } from '../transport/tcp-session.ts';
import type { Activity, Wire } from '../wire.ts';
import type { Visit } from './config.ts';
import { Stranger, type Call } from './stranger.ts';

/** Visitors come from 198.51.100.0/24 (RFC 5737). */
const FIRST_VISITOR = 0xc633_6401;
/** Who is not answered asks once more after a second (RFC 6298 section 2.1), and gives up. */
const ATTEMPTS = 2;
const SIZE_SIGMA = 0.9;
const REQUEST_OCTETS: readonly [number, number] = [240, 700];
const BITS_PER_SECOND = 20_000_000;

/** Strangers who use a server of the office by a port forward: each time a connection, a request and its response over TLS. */
export function* visit(wire: Wire, at: TrueNs, job: Visit, call: Call, random: Random): Activity {
  const end = at + Math.round(job.minutes * NS_PER_MIN);
  const server = serverAt(call.publicAddress, PROTOCOL_TCP, job.port, '');
  const strangers = Array.from({ length: job.visitors }, (_, index) => {
    const address = FIRST_VISITOR + index;
    return new Stranger(wire, call, address, serverAt(address, PROTOCOL_TCP, 0, '').roundTripNs, random.fork(`visitor:${index}`));
  });
  const meanGapNs = NS_PER_MIN / job.perMinute;
  for (let now = at; now < end; now = trueNs(Math.round(now + random.exponential(meanGapNs)))) {
    yield now;
    const stranger = random.pick(strangers);
    if (!call.listeners.has(job.port)) {
      stranger.wire.send(stranger.connect(server), 'up', now, NS_PER_S, ATTEMPTS, ATTEMPTS * SYN_OCTETS, TCP_SYN, TCP_SYN);
      continue;
    }
    const responseOctets = Math.round(random.logNormal(job.kilobytesEach * 1_000, SIZE_SIGMA));
    const requestOctets = random.int(...REQUEST_OCTETS);
    fetchOnce(stranger, now, { server, activity: call.activity, requestOctets, responseOctets, bitsPerSecond: BITS_PER_SECOND });
  }
}
