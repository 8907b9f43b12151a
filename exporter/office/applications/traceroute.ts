import { PROTOCOL_UDP } from '../../../core/net/packet-train.ts';
import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_S, type TrueNs } from '../../../core/time/instant.ts';
import { BACKGROUND, type Host } from '../host.ts';
import { serverAt, type Server } from '../internet/server.ts';
import { hopsTo } from '../internet/transit.ts';
import { hearError, ICMP } from '../transport/icmp.ts';
import type { Activity } from '../wire.ts';

/** Probes go to ports nobody listens on, from this one up (traceroute(8)). */
const FIRST_PORT = 33_434;
const PROBES = 3;
const PROBE_OCTETS = 60;
const PATIENCE_NS = 5 * NS_PER_S;
/** Some routers say nothing. A guess. */
const SILENT_PART = 0.12;
/** The office's own router answers the first probes, which therefore never pass it. */
const FIRST_TTL = 2;

/**
 * Looks for the way to a server: UDP with a time to live that is one larger each time, which each router on the way answers with
 * "time exceeded", and the server in the end with "port unreachable" (RFC 1812 section 5.2.7.1, RFC 1122 section 4.1.3.1).
 */
export function* traceRoute(host: Host, at: TrueNs, server: Server, random: Random): Activity {
  const hops = hopsTo(server);
  const ownPort = host.allocatePort();
  let now = at;
  for (let ttl = FIRST_TTL; ttl <= FIRST_TTL + hops.length; ttl++) {
    const hop = hops[ttl - FIRST_TTL];
    const isSilent = hop !== undefined && random.chance(SILENT_PART);
    for (let probe = 0; probe < PROBES; probe++) {
      yield now;
      const port = FIRST_PORT + PROBES * (ttl - 1) + probe;
      const asked = serverAt(server.address, PROTOCOL_UDP, port, '');
      const connection = { ...host.connect(asked, BACKGROUND, ownPort), timeToLive: ttl };
      host.wire.send(connection, 'up', now, 0, 1, PROBE_OCTETS);
      const answered = after(now, host.roundTripNs(hop === undefined ? server : { ...asked, roundTripNs: hop.roundTripNs }));
      if (isSilent) now = after(now, PATIENCE_NS);
      else {
        hearError(host, answered, hop?.address ?? server.address, connection, hop ? ICMP.timeExceeded : ICMP.portUnreachable);
        now = after(answered, host.replyNs);
      }
    }
  }
}
