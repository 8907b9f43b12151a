import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_MS, NS_PER_S, trueNs, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import { BACKGROUND, type Host } from '../host.ts';
import { IMAP, SUBMISSION } from '../internet/work-services.ts';
import { nextByChance, NS_PER_HOUR, NS_PER_MIN, type WorkDay } from '../schedule.ts';
import { TcpSession } from '../transport/tcp-session.ts';
import type { Activity } from '../wire.ts';
import { stayConnected, type LongConnection } from './keep-alive.ts';

const [SMTP_SERVER] = SUBMISSION.pools.server;
const [IMAP_SERVER] = IMAP.pools.server;
const UPLOAD_BITS_PER_SECOND = 20_000_000;
const LEAST_MAIL_OCTETS = 10_000;
const LARGEST_MAIL_OCTETS = 10_000_000;
/** Text is small (mean 2.7 kB in the Enron corpus), signatures and pictures make it this; sizes have power-law tails (arXiv 1608.08503). */
const MAIL_MEDIAN_OCTETS = 30_000;
const MAIL_SIGMA = 1.3;
const ATTACHMENT_PART = 0.15;
const ATTACHMENT_LEAST_OCTETS = 200_000;
/** A client says IDLE again before the server may hang up (RFC 2177: 29 minutes). */
const IDLE_AGAIN_NS = 29 * NS_PER_MIN;

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

/** E-mails of somebody's day. */
export function* writeMails(host: Host, day: WorkDay, random: Random, meanGapNs: DurationNs): Activity {
  let at = nextByChance(random, day, day.arriveNs, meanGapNs);
  for (; at < day.leaveNs; at = nextByChance(random, day, at, meanGapNs)) {
    yield at;
    submit(host, at, mailOctets(random), BACKGROUND);
  }
}

/** A mailbox over IMAP: one connection all day on which the server tells what is new and the client fetches it (RFC 2177). */
export function readMailbox(host: Host, day: WorkDay, random: Random, mailsPerHour: number): Activity {
  const job: LongConnection = {
    server: IMAP_SERVER,
    until: day.leaveNs,
    beatNs: IDLE_AGAIN_NS,
    beatOctets: [60, 70],
    eventGapNs: NS_PER_HOUR / mailsPerHour,
    event: (chance: Random) => ({ direction: 'down', octets: mailOctets(chance) }),
  };
  return stayConnected(host, after(day.arriveNs, Math.round(random.uniform(1, 120) * NS_PER_S)), job, random);
}

/** Octets of an e-mail as it is sent or fetched: most are small, few have a large attachment. */
export function mailOctets(random: Random): number {
  const hasAttachment = random.chance(ATTACHMENT_PART);
  const octets = hasAttachment ? random.pareto(ATTACHMENT_LEAST_OCTETS, 1.2) : random.logNormal(MAIL_MEDIAN_OCTETS, MAIL_SIGMA);
  return Math.round(Math.min(LARGEST_MAIL_OCTETS, Math.max(LEAST_MAIL_OCTETS, octets)));
}

/** One message over one connection (RFC 6409). */
function submit(host: Host, at: TrueNs, octets: number, activity: number): void {
  const session = new TcpSession(host, SMTP_SERVER, activity);
  const ready = session.open(host.resolve(at, SMTP_SERVER));
  const sent = session.transfer('up', ready, octets - session.overheadOctets, UPLOAD_BITS_PER_SECOND);
  session.close(trueNs(sent + 150 * NS_PER_MS));
}
