import { PROTOCOL_TCP } from '../../../core/net/packet-train.ts';
import type { IPv4Prefix } from '../../../core/net/address.ts';
import type { Random } from '../../../core/random/random.ts';
import { BACKGROUND, type Host } from '../host.ts';
import { serverAt, type RoundTripMs } from '../internet/server.ts';
import { nextByChance, NS_PER_HOUR, type WorkDay } from '../schedule.ts';
import { exchangeOnce } from '../transport/session.ts';
import { TcpSession } from '../transport/tcp-session.ts';
import type { Activity } from '../wire.ts';

/** The next room is near. */
const NEAR: RoundTripMs = [0.2, 1];
const FILE_SERVER = { host: 2, port: 445 };
const PRINTER = { host: 3, port: 9_100 };
const BITS_PER_SECOND = 400_000_000;
const MEAN_GAP_NS = NS_PER_HOUR;
const PRINT_PART = 0.3;
const LEAST_OCTETS = 20_000;
const LARGEST_OCTETS = 200_000_000;

/** Opens and saves files on the file server (SMB) and prints (port 9100): a switch carries it, the router never sees it. */
export function* workOnLan(host: Host, network: IPv4Prefix, day: WorkDay, random: Random): Activity {
  let at = nextByChance(random, day, day.arriveNs, MEAN_GAP_NS);
  for (; at < day.leaveNs; at = nextByChance(random, day, at, MEAN_GAP_NS)) {
    yield at;
    const prints = random.chance(PRINT_PART);
    const place = prints ? PRINTER : FILE_SERVER;
    const server = serverAt(network.address + place.host, PROTOCOL_TCP, place.port, '', NEAR);
    const octets = Math.round(Math.min(LARGEST_OCTETS, Math.max(LEAST_OCTETS, random.logNormal(1_500_000, 1.2))));
    const direction = prints || random.chance(0.3) ? 'up' : 'down';
    exchangeOnce(new TcpSession(host, server, BACKGROUND), direction, at, octets, BITS_PER_SECOND);
  }
}
