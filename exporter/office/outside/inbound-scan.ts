import { TCP_ACK, TCP_RST, TCP_SYN } from '../../../core/net/packet-train.ts';
import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_MS, NS_PER_S, trueNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Activity, Wire } from '../wire.ts';
import type { InboundScan } from './config.ts';
import { FIRST_STRANGER_PORT, knock, LAST_STRANGER_PORT, LISTENER_NS, type Call } from './stranger.ts';

/** IPv4 header, TCP header and the one option, the segment size, that a scanner's SYN has. */
const PROBE_OCTETS = 44;
const RST_OCTETS = 40;
/** Who is not answered asks once more after a second, as nmap does. */
const PROBES = 2;
const ROUND_TRIP_NS = 30 * NS_PER_MS;

/**
 * Asks one port after the other from one source port. The router drops it all, but for ports that are forwarded: there
 * somebody answers, and the scanner, who has seen enough, resets (RFC 9293 section 3.5.2).
 */
export function* scanInbound(wire: Wire, at: TrueNs, scan: InboundScan, call: Call, random: Random): Activity {
  const from = { address: scan.source, port: random.int(FIRST_STRANGER_PORT, LAST_STRANGER_PORT) };
  for (let port = 1; port <= scan.ports; port++) {
    const now = trueNs(Math.round(at + ((port - 1) * NS_PER_S) / scan.perSecond));
    yield now;
    const connection = knock(wire, call, from, port);
    const probes = call.listeners.has(port) ? 1 : PROBES;
    wire.send(connection, 'down', now, NS_PER_S, probes, probes * PROBE_OCTETS, TCP_SYN, TCP_SYN);
    if (probes === PROBES) continue;
    const answered = after(now, LISTENER_NS);
    wire.send(connection, 'up', answered, 0, 1, PROBE_OCTETS, TCP_SYN | TCP_ACK);
    wire.send(connection, 'down', after(answered, ROUND_TRIP_NS), 0, 1, RST_OCTETS, TCP_RST);
  }
}
