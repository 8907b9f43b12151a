import { PROTOCOL_TCP, TCP_ACK, TCP_RST, TCP_SYN } from '../../../core/net/packet-train.ts';
import { after, NS_PER_S, trueNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import { serverAt } from '../internet/server.ts';
import { SYN_OCTETS } from '../transport/tcp-session.ts';
import type { Activity } from '../wire.ts';

/** What listens on the scanned host. */
const OPEN_PORTS: ReadonlySet<number> = new Set([22, 80, 443, 8_080]);
/** IPv4 and TCP header without options. */
const RST_OCTETS = 40;

/**
 * A SYN scan of ports 1 to `ports` from one source port, as nmap does it: closed ports answer RST, open ones SYN-ACK, which
 * the scanner resets (RFC 9293 section 3.5.2).
 */
export function* scanPorts(host: Host, at: TrueNs, target: number, ports: number, perSecond: number, activity: number): Activity {
  const intervalNs = Math.round(NS_PER_S / perSecond);
  const insidePort = host.allocatePort();
  for (let port = 1; port <= ports; port++) {
    const now = trueNs(at + (port - 1) * intervalNs);
    yield now;
    const server = serverAt(target, PROTOCOL_TCP, port, '');
    const connection = host.connect(server, activity, insidePort);
    const answer = after(now, host.roundTripNs(server));
    host.wire.send(connection, 'up', now, 0, 1, SYN_OCTETS, TCP_SYN);
    if (OPEN_PORTS.has(port)) {
      host.wire.send(connection, 'down', answer, 0, 1, SYN_OCTETS, TCP_SYN | TCP_ACK);
      host.wire.send(connection, 'up', after(answer, 100_000), 0, 1, RST_OCTETS, TCP_RST);
    } else {
      host.wire.send(connection, 'down', answer, 0, 1, RST_OCTETS, TCP_RST | TCP_ACK);
    }
  }
}
