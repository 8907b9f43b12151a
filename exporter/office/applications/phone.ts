import { PROTOCOL_UDP } from '../../../core/net/packet-train.ts';
import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_MS, NS_PER_S, trueNs, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import { BACKGROUND, type Host } from '../host.ts';
import { atPort, type Server } from '../internet/server.ts';
import { TELEPHONY } from '../internet/work-services.ts';
import { nextByChance, NS_PER_HOUR, type WorkDay } from '../schedule.ts';
import { ICMP, sendError } from '../transport/icmp.ts';
import type { Activity } from '../wire.ts';

const [REGISTRAR] = TELEPHONY.pools.registrar;
/** G.711: 50 packets a second of 160 octets and 40 of headers, 80 kbit/s each way (RFC 3551 section 4.5.14). */
const RTP_INTERVAL_NS = 20 * NS_PER_MS;
const RTP_OCTETS = 200;
/** A report about every 5 seconds, never in step with the others' (RFC 3550 section 6.2). */
const RTCP_INTERVAL_NS = 5 * NS_PER_S;
const RTCP_OCTETS = 108;
/** INVITE and ACK one way, 100, 180 and 200 the other; later BYE and 200. */
const INVITE_OCTETS = 1_420;
const RINGING_OCTETS = 1_900;
const BYE_OCTETS = 560;
const RING_NS = 4 * NS_PER_S;
/** A pair of CR LF and its answer keep the NAT's mapping alive: 24 to 29 s over UDP (RFC 5626 section 4.4.2). */
const KEEP_ALIVE_S: readonly [number, number] = [24, 29];
const KEEP_ALIVE_OCTETS = 32;
const REGISTER_OCTETS = 620;
const MEDIA_PORTS = 8_000;
/** Of the calls, how many have voice under way when the telephone hangs up. A guess. */
const LATE_PART = 0.2;

/** Calls of somebody's day, `meanGapNs` apart; most last a few minutes. */
export function* telephone(host: Host, day: WorkDay, random: Random, meanGapNs: DurationNs): Activity {
  let at = nextByChance(random, day, day.arriveNs, meanGapNs);
  while (at < day.leaveNs) {
    yield at;
    const durationNs = Math.round(Math.min(3_600, random.logNormal(170, 0.9))) * NS_PER_S;
    const signalling = host.connect(REGISTRAR, BACKGROUND);
    const answered = after(host.resolve(at, REGISTRAR), RING_NS);
    host.wire.send(signalling, 'up', after(answered, -RING_NS), RING_NS, 2, INVITE_OCTETS);
    host.wire.send(signalling, 'down', after(answered, REGISTRAR.roundTripNs - RING_NS), RING_NS / 4, 3, RINGING_OCTETS);
    talk(host, answered, durationNs, random);
    const end = after(answered, durationNs);
    yield end;
    host.wire.send(signalling, 'up', end, 0, 1, BYE_OCTETS);
    host.wire.send(signalling, 'down', after(end, REGISTRAR.roundTripNs), 0, 1, BYE_OCTETS);
    at = nextByChance(random, day, end, meanGapNs);
  }
}

/** What a telephone on a desk does between calls: it registers every hour and keeps its mapping. */
export function* stayRegistered(host: Host, day: WorkDay, random: Random): Activity {
  const connection = host.connect(REGISTRAR, BACKGROUND);
  for (let at = host.resolve(day.arriveNs, REGISTRAR); at < day.leaveNs; at = after(at, NS_PER_HOUR)) {
    yield at;
    host.wire.send(connection, 'up', at, 0, 1, REGISTER_OCTETS);
    host.wire.send(connection, 'down', after(at, REGISTRAR.roundTripNs), 0, 1, REGISTER_OCTETS);
    const intervalNs = Math.round(random.uniform(...KEEP_ALIVE_S) * NS_PER_S);
    const first = after(at, intervalNs);
    const beats = Math.floor((Math.min(NS_PER_HOUR, day.leaveNs - at) - 1) / intervalNs);
    if (beats < 1) continue;
    host.wire.send(connection, 'up', first, intervalNs, beats, beats * KEEP_ALIVE_OCTETS);
    host.wire.send(connection, 'down', after(first, REGISTRAR.roundTripNs), intervalNs, beats, beats * (KEEP_ALIVE_OCTETS - 2));
  }
}

/** Voice both ways on an even port, reports on the odd one above it (RFC 3550 section 11). */
function talk(host: Host, begin: TrueNs, durationNs: DurationNs, random: Random): void {
  const gateway = random.pick(TELEPHONY.pools.media);
  const port = gateway.port + 2 * random.int(0, MEDIA_PORTS - 1);
  const insidePort = host.allocatePortPair();
  const streams: [Server, number, DurationNs, number][] = [
    [atPort(gateway, PROTOCOL_UDP, port), insidePort, RTP_INTERVAL_NS, RTP_OCTETS],
    [
      atPort(gateway, PROTOCOL_UDP, port + 1),
      insidePort + 1,
      Math.round(RTCP_INTERVAL_NS * random.uniform(0.9, 1.1)),
      RTCP_OCTETS,
    ],
  ];
  const spokenNs = durationNs - gateway.roundTripNs;
  for (const [server, own, intervalNs, octets] of streams) {
    const packets = Math.max(1, Math.floor(spokenNs / intervalNs));
    const connection = host.connect(server, BACKGROUND, own);
    host.wire.send(connection, 'up', begin, intervalNs, packets, packets * octets);
    host.wire.send(connection, 'down', trueNs(begin + gateway.roundTripNs), intervalNs, packets, packets * octets);
    if (own !== insidePort || !random.chance(LATE_PART)) continue;
    // Who hangs up closes the port; what is still under way finds nobody (RFC 1122 section 4.1.3.1).
    const late = after(begin, gateway.roundTripNs + packets * intervalNs);
    host.wire.send(connection, 'down', late, 0, 1, octets);
    sendError(host, after(late, host.replyNs), connection, ICMP.portUnreachable);
  }
}
