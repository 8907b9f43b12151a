import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_S, trueNs, type TrueNs } from '../../../core/time/instant.ts';
import { BACKGROUND, type Host } from '../host.ts';
import { RDP } from '../internet/work-services.ts';
import { NS_PER_MIN } from '../schedule.ts';
import { MIN_TRANSFER_OCTETS } from '../transport/session.ts';
import { TcpSession } from '../transport/tcp-session.ts';
import type { Activity } from '../wire.ts';

const BITS_PER_SECOND = 6_000_000;

/** Works on a hosted desktop (TCP 3389): mouse and keys up, at every change a piece of the screen down. */
export function* useRemoteDesktop(host: Host, at: TrueNs, minutes: number, random: Random): Activity {
  const server = random.pick(RDP.pools.host);
  const session = new TcpSession(host, server, BACKGROUND);
  let now = session.open(host.resolve(at, server));
  const end = trueNs(Math.round(at + minutes * NS_PER_MIN));
  while (now < end) {
    yield now;
    session.converse(now, random.int(20, 200), NS_PER_S / 10, 60, random.int(80, 260));
    const screenOctets = Math.round(Math.min(2_000_000, random.logNormal(180_000, 1)) + MIN_TRANSFER_OCTETS);
    const drawn = session.transfer('down', after(now, NS_PER_S), screenOctets, BITS_PER_SECOND);
    now = after(drawn, Math.round(random.uniform(10, 50) * NS_PER_S));
  }
  const closing = after(now, 20 * NS_PER_S);
  yield closing;
  session.close(closing);
}
