import { PROTOCOL_TCP, TCP_ACK, TCP_FIN, TCP_PSH } from '../../../core/net/packet-train.ts';
import type { Connection } from '../../../core/net/packet-train.ts';
import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_MS, NS_PER_S, trueNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import type { Mining } from '../misbehaviour-config.ts';
import { NS_PER_MIN } from '../schedule.ts';
import { serverAt, type Server } from '../internet/server.ts';
import { ACK_OCTETS, sendHandshake } from '../transport/tcp-session.ts';
import type { Activity } from '../wire.ts';

/** Stratum messages are lines of JSON; these are the lengths of the examples in xmrig-proxy's doc/STRATUM.md. */
const LOGIN_OCTETS = 245;
const LOGGED_IN_OCTETS = 430;
const JOB_OCTETS = 330;
const SHARE_OCTETS = 235;
const ACCEPTED_OCTETS = 65;
/** A pool gives new work for every block and sets the difficulty so that a share is found about so often. Guesses. */
const MEAN_JOB_GAP_NS = 60 * NS_PER_S;
const MEAN_SHARE_GAP_NS = 30 * NS_PER_S;

/** Works for a pool: one connection for hours, on which a small message passes every few seconds. */
export function* mine(host: Host, at: TrueNs, job: Mining, activity: number, random: Random): Activity {
  const pool = serverAt(job.target, PROTOCOL_TCP, job.port, '');
  const connection = host.connect(pool, activity);
  const end = after(at, Math.round(job.minutes * NS_PER_MIN));
  const ready = sendHandshake(host.wire, connection, { roundTripNs: pool.roundTripNs, replyNs: host.replyNs }, at);
  ask(host, connection, pool, ready, LOGIN_OCTETS, LOGGED_IN_OCTETS);
  let now = after(ready, NS_PER_S);
  let nextJob = after(now, Math.round(random.exponential(MEAN_JOB_GAP_NS)));
  let nextShare = after(now, Math.round(random.exponential(MEAN_SHARE_GAP_NS)));
  for (now = earlier(nextJob, nextShare); now < end; now = earlier(nextJob, nextShare)) {
    yield now;
    if (now === nextJob) {
      host.wire.send(connection, 'down', now, 0, 1, ACK_OCTETS + JOB_OCTETS, TCP_ACK | TCP_PSH);
      host.wire.send(connection, 'up', after(now, NS_PER_MS), 0, 1, ACK_OCTETS, TCP_ACK);
      nextJob = after(now, Math.round(NS_PER_S + random.exponential(MEAN_JOB_GAP_NS)));
    } else {
      ask(host, connection, pool, now, SHARE_OCTETS, ACCEPTED_OCTETS);
      nextShare = after(now, Math.round(NS_PER_S + random.exponential(MEAN_SHARE_GAP_NS)));
    }
  }
  yield end;
  host.wire.send(connection, 'up', end, pool.roundTripNs + NS_PER_MS, 2, 2 * ACK_OCTETS, TCP_FIN | TCP_ACK, TCP_ACK, TCP_ACK);
  host.wire.send(connection, 'down', after(end, pool.roundTripNs), 0, 1, ACK_OCTETS, TCP_FIN | TCP_ACK);
}

/** A message, its answer, and the acknowledgement of that. */
function ask(host: Host, connection: Connection, pool: Server, at: TrueNs, octets: number, answerOctets: number): void {
  const answered = after(at, pool.roundTripNs);
  host.wire.send(connection, 'up', at, 0, 1, ACK_OCTETS + octets, TCP_ACK | TCP_PSH);
  host.wire.send(connection, 'down', answered, 0, 1, ACK_OCTETS + answerOctets, TCP_ACK | TCP_PSH);
  host.wire.send(connection, 'up', after(answered, NS_PER_MS), 0, 1, ACK_OCTETS, TCP_ACK);
}

const earlier = (one: TrueNs, other: TrueNs): TrueNs => trueNs(Math.min(one, other));
