import type { Connection } from '../../../core/net/packet-train.ts';
import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_MS, NS_PER_S, trueNs, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import { SERVERS, type Server } from '../servers.ts';
import type { Activity } from '../wire.ts';

/** The picture changes, and with it the rate, about this often. */
const SEGMENT_NS = 60 * NS_PER_S;
/** One audio packet every 20 ms, as in RTP practice (RFC 3551 section 4.5). */
const AUDIO_INTERVAL_NS = 20 * NS_PER_MS;
const VIDEO_INTERVAL_NS = 14 * NS_PER_MS;

/** A video call of `durationNs` through the meeting service: audio and video connections, both ways alike. */
export function* call(
  host: Host,
  at: TrueNs,
  service: 'zoom' | 'teams',
  durationNs: DurationNs,
  activity: number,
  random: Random,
): Activity {
  const server = random.pick(SERVERS[service]);
  const begin = host.resolve(at, server);
  const end = after(begin, durationNs);
  const audio = host.connect(server, activity);
  const video = host.connect(server, activity);
  for (let now = begin; now < end; now = after(now, SEGMENT_NS)) {
    yield now;
    const segmentEnd = trueNs(Math.min(end, now + SEGMENT_NS));
    sendMedia(host, audio, server, now, segmentEnd, AUDIO_INTERVAL_NS, () => random.uniform(110, 190));
    sendMedia(host, video, server, now, segmentEnd, VIDEO_INTERVAL_NS, () => random.uniform(900, 1_230));
  }
}

/** Evenly spaced packets both ways from `begin`, none after `end`. */
function sendMedia(
  host: Host,
  connection: Connection,
  server: Server,
  begin: TrueNs,
  end: TrueNs,
  intervalNs: DurationNs,
  packetOctets: () => number,
): void {
  const packets = Math.floor((end - begin - server.roundTripNs - 1) / intervalNs);
  if (packets < 1) return;
  host.wire.send(connection, 'up', begin, intervalNs, packets, Math.round(packets * packetOctets()));
  host.wire.send(connection, 'down', after(begin, server.roundTripNs), intervalNs, packets, Math.round(packets * packetOctets()));
}
