import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_MS, NS_PER_S, trueNs, type TrueNs } from '../../../core/time/instant.ts';
import { BACKGROUND, type Host } from '../host.ts';
import { VPN } from '../internet/work-services.ts';
import { NS_PER_MIN } from '../schedule.ts';
import type { Activity } from '../wire.ts';

/** A keep-alive is one octet of payload, every 20 seconds when nothing else is sent (RFC 3948 sections 2.3 and 4). */
const KEEP_ALIVE_NS = 20 * NS_PER_S;
const KEEP_ALIVE_OCTETS = 29;
/** IKE_SA_INIT and IKE_AUTH, two packets each way. */
const IKE_OCTETS = 1_900;
const STRETCH_NS = 4 * NS_PER_MIN;

/** Is in a customer's network through a tunnel: ESP in UDP 4500 (RFC 3948), all that goes on inside it in one flow. */
export function* joinCustomer(host: Host, at: TrueNs, minutes: number, random: Random): Activity {
  const gateway = random.pick(VPN.pools.gateway);
  const { wire } = host;
  const { roundTripNs } = gateway;
  const begin = host.resolve(at, gateway);
  const connection = host.connect(gateway, BACKGROUND);
  wire.send(connection, 'up', begin, roundTripNs + 5 * NS_PER_MS, 2, IKE_OCTETS);
  wire.send(connection, 'down', after(begin, roundTripNs), roundTripNs + 5 * NS_PER_MS, 2, IKE_OCTETS);
  const end = trueNs(Math.round(begin + minutes * NS_PER_MIN));
  for (let now = after(begin, NS_PER_S); now < end; now = after(now, STRETCH_NS)) {
    yield now;
    const untilNs = Math.min(STRETCH_NS, end - now);
    const beats = Math.max(1, Math.floor(untilNs / KEEP_ALIVE_NS));
    wire.send(connection, 'up', now, KEEP_ALIVE_NS, beats, beats * KEEP_ALIVE_OCTETS);
    // Somebody works for a part of the time, in packets a little smaller than the tunnel lets through.
    const intervalNs = random.int(2, 40) * NS_PER_MS;
    const packets = Math.max(2, Math.floor((untilNs * random.uniform(0.2, 0.9)) / intervalNs));
    const down = after(now, roundTripNs);
    wire.send(connection, 'down', down, intervalNs, packets, Math.round(packets * random.uniform(300, 1_380)));
    wire.send(connection, 'up', after(down, intervalNs), intervalNs, packets, Math.round(packets * random.uniform(90, 260)));
  }
}
