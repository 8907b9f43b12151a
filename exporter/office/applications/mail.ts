import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_MS, NS_PER_S, trueNs, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import { BACKGROUND, type Host } from '../host.ts';
import { nextByChance, type WorkDay } from '../schedule.ts';
import { SERVERS } from '../servers.ts';
import { fetchOnce } from '../transport/tcp-fetch.ts';
import { TcpSession } from '../transport/tcp-session.ts';
import type { Activity } from '../wire.ts';

const [SUBMISSION] = SERVERS.submission;
const [IMAP] = SERVERS.imap;
const UPLOAD_BITS_PER_SECOND = 20_000_000;
const LARGEST_MAIL_OCTETS = 10_000_000;

/** Sends `count` e-mails of `octetsEach` (IP octets, both directions) with a minute or some between them. */
export function* sendMails(
  host: Host,
  at: TrueNs,
  count: number,
  octetsEach: number,
  activity: number,
  random: Random,
): Activity {
  let next = at;
  for (let mail = 0; mail < count; mail++) {
    yield next;
    submit(host, next, octetsEach, activity);
    next = after(next, Math.round(random.uniform(60, 240) * NS_PER_S));
  }
}

/** E-mails of somebody's day; sizes log-normal with few large attachments. */
export function* writeMails(host: Host, day: WorkDay, random: Random, meanGapNs: DurationNs): Activity {
  let at = nextByChance(random, day, day.arriveNs, meanGapNs);
  for (; at < day.leaveNs; at = nextByChance(random, day, at, meanGapNs)) {
    yield at;
    const octets = random.chance(0.1) ? random.pareto(200_000, 1.2) : random.logNormal(30_000, 1.1);
    submit(host, at, Math.round(Math.min(LARGEST_MAIL_OCTETS, Math.max(10_000, octets))), BACKGROUND);
  }
}

/** Looks for new mail every 5 minutes, over a connection for each look. */
export function* pollImap(host: Host, day: WorkDay, random: Random): Activity {
  let at = after(day.arriveNs, Math.round(random.uniform(1, 120) * NS_PER_S));
  while (at < day.leaveNs) {
    yield at;
    const responseOctets = Math.round(random.chance(0.3) ? random.logNormal(45_000, 1) : random.uniform(300, 1_500));
    const begin = host.resolve(at, IMAP);
    fetchOnce(host, begin, { server: IMAP, activity: BACKGROUND, requestOctets: 260, responseOctets, bitsPerSecond: 40_000_000 });
    at = after(at, Math.round(random.uniform(295, 310) * NS_PER_S));
  }
}

/** One message over one connection (RFC 6409). */
function submit(host: Host, at: TrueNs, octets: number, activity: number): void {
  const session = new TcpSession(host, SUBMISSION, activity);
  const ready = session.open(host.resolve(at, SUBMISSION));
  const sent = session.transfer('up', ready, octets - session.overheadOctets, UPLOAD_BITS_PER_SECOND);
  session.close(trueNs(sent + 150 * NS_PER_MS));
}
