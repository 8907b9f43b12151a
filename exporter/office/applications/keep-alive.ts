import type { Random } from '../../../core/random/random.ts';
import { after, trueNs, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import { BACKGROUND, type Host } from '../host.ts';
import type { Server } from '../internet/server.ts';
import { NS_PER_MIN } from '../schedule.ts';
import { MIN_TRANSFER_OCTETS } from '../transport/session.ts';
import { TcpSession } from '../transport/tcp-session.ts';
import type { Activity } from '../wire.ts';

/** Beats are sent as one train for each stretch of about this length. */
const STRETCH_NS = 30 * NS_PER_MIN;
/** No program's timer is exact. */
const BEAT_JITTER = 0.02;
const BITS_PER_SECOND = 30_000_000;
/** Programs that are ended rather than closed leave a RST behind. */
const RESET_PART = 0.3;

/** Something now and then between the beats: so many octets of IP packets, that way. */
export interface Event {
  readonly direction: 'up' | 'down';
  readonly octets: number;
}

/** A connection that is there to be there: over it somebody is told what is new. */
export interface LongConnection {
  readonly server: Server;
  readonly until: TrueNs;
  readonly beatNs: DurationNs;
  /** Data of a beat and of its answer. */
  readonly beatOctets: readonly [up: number, down: number];
  /** On average from one event to the next. */
  readonly eventGapNs: DurationNs;
  event(random: Random): Event;
}

/**
 * One TCP connection from `at` on. With an inactive timeout shorter than the beat every beat is a Flow Record of its own;
 * with a longer one the whole day is one flow.
 */
export function* stayConnected(host: Host, at: TrueNs, job: LongConnection, random: Random): Activity {
  const { server, until, beatNs, beatOctets, eventGapNs } = job;
  const session = new TcpSession(host, server, BACKGROUND);
  let now = session.open(host.resolve(at, server));
  let transferred = now;
  let nextEvent = trueNs(Math.round(now + random.exponential(eventGapNs)));
  while (now < until) {
    yield now;
    const intervalNs = Math.round(beatNs * random.uniform(1 - BEAT_JITTER, 1 + BEAT_JITTER));
    const rounds = Math.floor(Math.min(STRETCH_NS, until - now) / intervalNs);
    if (rounds > 0) session.converse(now, rounds, intervalNs, ...beatOctets);
    now = rounds > 0 ? after(now, rounds * intervalNs) : until;
    for (; nextEvent < now; nextEvent = trueNs(Math.round(nextEvent + random.exponential(eventGapNs)))) {
      yield nextEvent;
      const { direction, octets } = job.event(random);
      const due = Math.max(MIN_TRANSFER_OCTETS, Math.round(octets));
      transferred = session.transfer(direction, nextEvent, due, BITS_PER_SECOND);
    }
  }
  // Nobody hangs up in the middle of a transfer.
  now = trueNs(Math.max(now, transferred));
  yield now;
  if (random.chance(RESET_PART)) session.reset(now);
  else session.close(now);
}
