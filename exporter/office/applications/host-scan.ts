import { PROTOCOL_TCP, TCP_ACK, TCP_RST, TCP_SYN } from '../../../core/net/packet-train.ts';
import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_S, trueNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import type { HostScan } from '../misbehaviour-config.ts';
import { serverAt } from '../internet/server.ts';
import { SYN_OCTETS } from '../transport/tcp-session.ts';
import type { Activity } from '../wire.ts';

/** Most addresses of a prefix have nobody behind them or a filter before them; of those that answer, few listen. Guesses. */
const SILENT_PART = 0.7;
const OPEN_PART = 0.04;
const RST_OCTETS = 40;

/** A SYN to one port of each host of a prefix, from one source port, as a worm or nmap does it; silence is not asked again. */
export function* scanHosts(host: Host, at: TrueNs, scan: HostScan, activity: number, random: Random): Activity {
  const { address, length } = scan.network;
  const insidePort = host.allocatePort();
  for (let number = 1; number < 2 ** (32 - length) - 1; number++) {
    const now = trueNs(Math.round(at + ((number - 1) * NS_PER_S) / scan.perSecond));
    yield now;
    const server = serverAt(address + number, PROTOCOL_TCP, scan.port, '');
    const connection = host.connect(server, activity, insidePort);
    host.wire.send(connection, 'up', now, 0, 1, SYN_OCTETS, TCP_SYN);
    const fate = random.uniform();
    if (fate < SILENT_PART) continue;
    const answer = after(now, host.roundTripNs(server));
    if (fate < 1 - OPEN_PART) {
      host.wire.send(connection, 'down', answer, 0, 1, RST_OCTETS, TCP_RST | TCP_ACK);
      continue;
    }
    host.wire.send(connection, 'down', answer, 0, 1, SYN_OCTETS, TCP_SYN | TCP_ACK);
    host.wire.send(connection, 'up', after(answer, 100_000), 0, 1, RST_OCTETS, TCP_RST);
  }
}
