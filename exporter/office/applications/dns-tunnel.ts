import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_S, trueNs, type TrueNs } from '../../../core/time/instant.ts';
import { DNS_QUESTION_OCTETS, RESOLVER, type Host } from '../host.ts';
import type { DnsTunnel } from '../misbehaviour-config.ts';
import { NS_PER_MIN } from '../schedule.ts';
import type { Activity } from '../wire.ts';

/** RFC 1035 section 2.3.4. */
const LABEL_LETTERS = 63;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
/** The answer's name is a pointer; type, class, TTL and length follow (RFC 1035 section 4.1.3). */
const RECORD_OCTETS = 12;

/** Questions for names that carry data up, and TXT answers that carry it down; the office's resolver passes both on. */
export function* tunnel(host: Host, at: TrueNs, job: DnsTunnel, activity: number, random: Random): Activity {
  const end = after(at, Math.round(job.minutes * NS_PER_MIN));
  const gapNs = NS_PER_S / job.perSecond;
  for (let now = at; now < end; now = trueNs(Math.round(now + gapNs * random.uniform(0.7, 1.3)))) {
    yield now;
    const name = `${data(random, job.nameLetters - job.domain.length - 1)}.${job.domain}`;
    const connection = host.connect({ ...RESOLVER, name }, activity);
    const octets = DNS_QUESTION_OCTETS + name.length;
    host.wire.send(connection, 'up', now, 0, 1, octets);
    const answered = after(now, host.roundTripNs(RESOLVER) + random.int(10, 40) * 1_000_000);
    host.wire.send(connection, 'down', answered, 0, 1, octets + RECORD_OCTETS + random.int(40, 220));
  }
}

/** Labels of base32 letters, `letters` long with the dots between them. */
function data(random: Random, letters: number): string {
  let text = '';
  while (text.length < letters) {
    const isDot = text.length % (LABEL_LETTERS + 1) === LABEL_LETTERS && text.length < letters - 1;
    text += isDot ? '.' : BASE32[random.int(0, 31)];
  }
  return text;
}
