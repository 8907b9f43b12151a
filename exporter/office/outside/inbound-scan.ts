import { TCP_SYN } from '../../../core/net/packet-train.ts';
import type { Random } from '../../../core/random/random.ts';
import { NS_PER_S, trueNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Activity, Wire } from '../wire.ts';
import type { InboundScan } from './config.ts';
import { FIRST_STRANGER_PORT, knock, LAST_STRANGER_PORT, type Call } from './stranger.ts';

/** IPv4 header, TCP header and the one option, the segment size, that a scanner's SYN has. */
const PROBE_OCTETS = 44;
/** Nobody answers, so that each port is asked once more after a second, as nmap does. */
const PROBES = 2;

/** Asks one port after the other from one source port; the router drops it all. */
export function* scanInbound(wire: Wire, at: TrueNs, scan: InboundScan, call: Call, random: Random): Activity {
  const from = { address: scan.source, port: random.int(FIRST_STRANGER_PORT, LAST_STRANGER_PORT) };
  for (let port = 1; port <= scan.ports; port++) {
    const now = trueNs(Math.round(at + ((port - 1) * NS_PER_S) / scan.perSecond));
    yield now;
    wire.send(knock(wire, call, from, port), 'down', now, NS_PER_S, PROBES, PROBES * PROBE_OCTETS, TCP_SYN, TCP_SYN);
  }
}
