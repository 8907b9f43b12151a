import { PROTOCOL_UDP, type Connection } from '../../../core/net/packet-train.ts';
import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_MS, NS_PER_S, trueNs, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import { BACKGROUND, type Host } from '../host.ts';
import { atPort } from '../internet/server.ts';
import { hopsTo } from '../internet/transit.ts';
import { VPN } from '../internet/work-services.ts';
import { NS_PER_MIN } from '../schedule.ts';
import { hearError, ICMP } from '../transport/icmp.ts';
import type { Activity } from '../wire.ts';

/** IKE begins from port 500 to port 500 and floats to 4500 when it finds a NAT (RFC 7296 section 2.23). */
const IKE_PORT = 500;
const NAT_TRAVERSAL_PORT = 4_500;
/** A keep-alive is one octet of payload, every 20 seconds when nothing else is sent (RFC 3948 sections 2.3 and 4). */
const KEEP_ALIVE_NS = 20 * NS_PER_S;
const KEEP_ALIVE_OCTETS = 29;
/** IKE_SA_INIT with its proposals, key exchange and nonce; IKE_AUTH with certificates: guesses. */
const INIT_OCTETS = { up: 632, down: 500 } as const;
const AUTH_OCTETS = { up: 1_320, down: 1_240 } as const;
const LARGEST_OCTETS = 1_500;
const STRETCH_NS = 4 * NS_PER_MIN;

/** Is in a customer's network through a tunnel: ESP in UDP 4500 (RFC 3948), all that goes on inside it in one flow. */
export function* joinCustomer(host: Host, at: TrueNs, minutes: number, random: Random): Activity {
  const gateway = random.pick(VPN.pools.gateway);
  const { wire } = host;
  const roundTripNs = host.roundTripNs(gateway);
  const begin = host.resolve(at, gateway);
  const exchange = (connection: Connection, now: TrueNs, octets: typeof INIT_OCTETS | typeof AUTH_OCTETS): TrueNs => {
    const answered = after(now, roundTripNs);
    wire.send(connection, 'up', now, 0, 1, octets.up);
    wire.send(connection, 'down', answered, 0, 1, octets.down);
    return after(answered, 5 * NS_PER_MS);
  };
  const ike = host.connect(atPort(gateway, PROTOCOL_UDP, IKE_PORT), BACKGROUND, IKE_PORT);
  const floats = exchange(ike, begin, INIT_OCTETS);
  const tunnel = host.connect(gateway, BACKGROUND, NAT_TRAVERSAL_PORT);
  const inside = exchange(tunnel, floats, AUTH_OCTETS);
  // The first large packet is too large for a hop that is a tunnel itself (RFC 1191 section 3); those to come are smaller.
  wire.send(tunnel, 'up', inside, 0, 1, LARGEST_OCTETS);
  const hop = hopsTo(gateway).at(-1);
  if (hop !== undefined) hearError(host, after(inside, hop.roundTripNs), hop.address, tunnel, ICMP.fragmentationNeeded);
  const end = trueNs(Math.round(begin + minutes * NS_PER_MIN));
  for (let now = after(begin, NS_PER_S); now < end; now = after(now, STRETCH_NS)) {
    yield now;
    const untilNs = Math.min(STRETCH_NS, end - now);
    const workNs = sendWork(host, tunnel, now, untilNs * random.uniform(0.2, 0.9), roundTripNs, random);
    const beats = Math.floor((untilNs - workNs - 1) / KEEP_ALIVE_NS);
    if (beats > 0) wire.send(tunnel, 'up', after(now, workNs + KEEP_ALIVE_NS), KEEP_ALIVE_NS, beats, beats * KEEP_ALIVE_OCTETS);
  }
}

/** Somebody works, in packets a little smaller than the tunnel lets through. Returns how long it took. */
function sendWork(
  host: Host,
  tunnel: Connection,
  at: TrueNs,
  lastsNs: number,
  roundTripNs: DurationNs,
  random: Random,
): DurationNs {
  const intervalNs = random.int(2, 40) * NS_PER_MS;
  const packets = Math.max(2, Math.floor(lastsNs / intervalNs));
  const down = after(at, roundTripNs);
  host.wire.send(tunnel, 'up', at, intervalNs, packets, Math.round(packets * random.uniform(90, 260)));
  host.wire.send(tunnel, 'down', down, intervalNs, packets, Math.round(packets * random.uniform(300, 1_380)));
  return packets * intervalNs;
}
