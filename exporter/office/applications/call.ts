import { PROTOCOL_UDP, type Connection } from '../../../core/net/packet-train.ts';
import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_MS, NS_PER_S, trueNs, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import { atPort, type Server } from '../internet/server.ts';
import { TEAMS, ZOOM } from '../internet/work-services.ts';
import { TcpSession } from '../transport/tcp-session.ts';
import type { Activity } from '../wire.ts';

export type MeetingService = 'teams' | 'zoom';

/** One kind of media: where it goes, from which of the client's ports. */
interface Media {
  readonly port: number;
  /** The client's own range; without it, any ephemeral port. */
  readonly from?: number;
}

const SERVICES = {
  /** Ports as Microsoft documents them: audio, video and sharing apart, 20 client ports for each. */
  teams: {
    relays: TEAMS.pools.relay,
    signalling: TEAMS.pools.signalling[0],
    audio: { port: 3_479, from: 50_000 },
    video: { port: 3_480, from: 50_020 },
    share: { port: 3_481, from: 50_040 },
  },
  /** UDP 8801 to 8810 (ntop nProbe, "how to monitor Zoom"). */
  zoom: {
    relays: ZOOM.pools.relay,
    signalling: ZOOM.pools.signalling[0],
    audio: { port: 8_801 },
    video: { port: 8_801 },
    share: { port: 8_802 },
  },
} as const satisfies Record<
  MeetingService,
  { audio: Media; video: Media; share: Media; signalling: Server; relays: readonly Server[] }
>;

const CLIENT_PORTS = 20;
/** The picture changes, and with it the rate, about this often. */
const SEGMENT_NS = 60 * NS_PER_S;
/** One audio packet every 20 ms, as in RTP practice (RFC 3551 section 4.5): 45 to 60 kbit/s with headers. */
const AUDIO = { intervalNs: 20 * NS_PER_MS, octets: [112, 150] } as const;
/** 0.5 to 0.7 Mbit/s; both ways and audio together 0.8 to 1.9 (MacMillan et al. 2021, arXiv 2105.13478). */
const VIDEO = { intervalNs: 14 * NS_PER_MS, octets: [900, 1_230] } as const;
/** A screen moves little. */
const SHARE = { intervalNs: 30 * NS_PER_MS, octets: [600, 1_200] } as const;
/** Guesses: somebody shows a screen in so many calls, and so many show their face. */
const SHARE_PART = 0.4;
const FACE_PART = 0.6;
const HEARTBEAT_NS = 30 * NS_PER_S;

/** Relays of the service: who meets shares one. */
export const relaysOf = (name: MeetingService): readonly Server[] => SERVICES[name].relays;

interface Rate {
  readonly intervalNs: DurationNs;
  readonly octets: readonly [number, number];
}

/**
 * A video call of `durationNs`: audio and video both ways, at times a shared screen, over UDP; signalling over TCP. Who meets
 * others is given their `relay`.
 */
export function* call(
  host: Host,
  at: TrueNs,
  name: MeetingService,
  durationNs: DurationNs,
  activity: number,
  random: Random,
  relay: Server = random.pick(relaysOf(name)),
): Activity {
  const service = SERVICES[name];
  const begin = host.resolve(host.resolve(at, service.signalling), relay);
  const end = after(begin, durationNs);
  const signalling = new TcpSession(host, service.signalling, activity);
  const ready = signalling.open(begin);
  const lastBeat = after(end, -2 * NS_PER_S);
  const beatNs = Math.round(HEARTBEAT_NS * random.uniform(0.97, 1.03));
  const beats = Math.max(1, Math.floor((lastBeat - ready) / beatNs));
  signalling.converse(ready, beats, beatNs, 260, 180);
  const connect = ({ port, from }: Media): Connection =>
    host.connect(atPort(relay, PROTOCOL_UDP, port), activity, from === undefined ? undefined : host.portOf(from, CLIENT_PORTS));
  const audio = connect(service.audio);
  const video = connect(service.video);
  const share = random.chance(SHARE_PART) ? connect(service.share) : undefined;
  const shares = random.chance(0.5) ? 'up' : 'down';
  const showsFace = random.chance(FACE_PART);
  for (let now = ready; now < end; now = after(now, SEGMENT_NS)) {
    yield now;
    const until = trueNs(Math.min(end, now + SEGMENT_NS));
    for (const direction of ['up', 'down'] as const) {
      sendMedia(host, audio, relay, direction, now, until, AUDIO, random);
      if (direction === 'down' || showsFace) sendMedia(host, video, relay, direction, now, until, VIDEO, random);
    }
    if (share !== undefined) sendMedia(host, share, relay, shares, now, until, SHARE, random);
  }
  const closing = after(end, -signalling.closeNs);
  yield closing;
  signalling.close(closing);
}

/** Evenly spaced packets from `begin`, none after `end`. */
function sendMedia(
  host: Host,
  connection: Connection,
  { roundTripNs }: Server,
  direction: 'up' | 'down',
  begin: TrueNs,
  end: TrueNs,
  { intervalNs, octets: [least, most] }: Rate,
  random: Random,
): void {
  const packets = Math.floor((end - begin - roundTripNs - 1) / intervalNs);
  if (packets < 1) return;
  const start = direction === 'up' ? begin : after(begin, roundTripNs);
  host.wire.send(connection, direction, start, intervalNs, packets, Math.round(packets * random.uniform(least, most)));
}
