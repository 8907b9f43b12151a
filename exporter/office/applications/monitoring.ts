import { PROTOCOL_TCP, TCP_ACK, TCP_RST, TCP_SYN } from '../../../core/net/packet-train.ts';
import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_MS, NS_PER_S, trueNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import type { Monitoring } from '../lookalike-config.ts';
import { NS_PER_MIN } from '../schedule.ts';
import { serverAt, type Server } from '../internet/server.ts';
import { hopsTo } from '../internet/transit.ts';
import { converse } from '../transport/dialogue.ts';
import { hearError, ICMP, ping } from '../transport/icmp.ts';
import { fetchOnce } from '../transport/tcp-fetch.ts';
import { SYN_OCTETS } from '../transport/tcp-session.ts';
import type { Activity } from '../wire.ts';

/** Between two probes of a round. */
const PROBE_GAP_NS = 20 * NS_PER_MS;
/** Part of the probes that find nothing listening. */
const DOWN_PART = 0.02;
/** Of those so many are not there at all, which their router says once it has looked for them (RFC 1812 section 5.2.7.1). A guess. */
const GONE_PART = 0.3;
const ARP_NS = 3 * NS_PER_S;
/** Echo Requests to a host before its ports are asked. */
const PINGS = 2;
const RST_OCTETS = 40;
const PORT_HTTPS = 443;

/** Round after round, asks every port of every host whether its service answers: connect, read a line or a page, hang up. */
export function* monitor(host: Host, at: TrueNs, job: Monitoring, activity: number, random: Random): Activity {
  const end = after(at, Math.round(job.minutes * NS_PER_MIN));
  let now = at;
  // A round that takes longer than the time between two puts off the next.
  for (let round = at; round < end; round = trueNs(Math.max(now, round + Math.round(job.everyS * NS_PER_S)))) {
    now = round;
    for (let number = 1; number <= job.hosts; number++) {
      yield now;
      ping(host, now, serverAt(job.network.address + number, PROTOCOL_TCP, 0, ''), PINGS, NS_PER_S, activity);
      for (const port of job.ports) {
        yield now;
        probe(host, now, serverAt(job.network.address + number, PROTOCOL_TCP, port, ''), activity, random);
        now = after(now, PROBE_GAP_NS);
      }
    }
  }
}

function probe(host: Host, at: TrueNs, server: Server, activity: number, random: Random): void {
  const isDown = random.chance(DOWN_PART);
  if (!isDown && server.port === PORT_HTTPS) {
    fetchOnce(host, at, { server, activity, requestOctets: 90, responseOctets: 260, bitsPerSecond: 40_000_000 });
    return;
  }
  if (!isDown) {
    const lastsNs = 2 * server.roundTripNs;
    converse(host, at, { server, activity, upPackets: 4, upOctets: 60, downPackets: 3, downOctets: 180, lastsNs });
    return;
  }
  const connection = host.connect(server, activity);
  host.wire.send(connection, 'up', at, 0, 1, SYN_OCTETS, TCP_SYN);
  const gateway = hopsTo(server).at(-1);
  if (gateway !== undefined && random.chance(GONE_PART)) {
    hearError(host, after(at, gateway.roundTripNs + ARP_NS), gateway.address, connection, ICMP.hostUnreachable);
    return;
  }
  host.wire.send(connection, 'down', after(at, host.roundTripNs(server)), 0, 1, RST_OCTETS, TCP_RST | TCP_ACK);
}
