import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_S, trueNs, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import { randomPeer } from '../internet/peers.ts';
import type { Server } from '../internet/server.ts';
import { TcpSession } from '../transport/tcp-session.ts';
import type { Activity } from '../wire.ts';

const MOST_PEERS = 30;
const PEER_MIN_OCTETS = 50_000;
const PIECE_OCTETS = 1_000_000;
const LEAST_PIECE_OCTETS = 10_000;
const BITS_PER_SECOND = 12_000_000;

/** Exchanges files with many peers at once for `durationNs`; over all of them and both directions exactly `octets`. */
export function* share(
  host: Host,
  at: TrueNs,
  durationNs: DurationNs,
  octets: number,
  activity: number,
  random: Random,
): Activity {
  const peers = Math.max(1, Math.min(MOST_PEERS, Math.floor(octets / PEER_MIN_OCTETS)));
  let left = octets;
  const end = after(at, durationNs);
  const seen = new Set<number>();
  for (let index = 0; index < peers; index++) {
    const part = Math.floor(left / (peers - index));
    left -= part;
    let peer = randomPeer(random);
    while (seen.has(peer.address)) peer = randomPeer(random);
    seen.add(peer.address);
    // Peers come in the first tenth and stay to the end; the first is there all the time.
    const begin = trueNs(Math.round(at + (index === 0 ? 0 : random.uniform(0, durationNs / 10))));
    host.begin(begin, exchange(host, begin, end, peer, part, activity, random.fork(`peer:${index}`)));
  }
}

/** Pieces from one peer, and some to it, evenly over the time until `end`, at which the last packet passes. */
function* exchange(
  host: Host,
  begin: TrueNs,
  end: TrueNs,
  peer: Server,
  octets: number,
  activity: number,
  random: Random,
): Activity {
  const session = new TcpSession(host, peer, activity);
  let left = octets - session.overheadOctets;
  // At least every 10 seconds something, so that neither side hangs up.
  const wanted = Math.max(left / PIECE_OCTETS, (end - begin) / (10 * NS_PER_S));
  const pieces = Math.max(1, Math.min(Math.ceil(wanted), Math.floor(left / LEAST_PIECE_OCTETS)));
  const ready = session.open(begin);
  const closing = after(end, -session.closeNs);
  const roomNs = Math.floor((closing - ready) / pieces);
  for (let piece = 0; piece < pieces; piece++) {
    const part = Math.floor(left / (pieces - piece));
    left -= part;
    const at = after(ready, piece * roomNs);
    const bitsPerSecond = Math.max(BITS_PER_SECOND, (part * 8 * NS_PER_S) / (roomNs * 0.6));
    yield at;
    session.transfer(random.chance(0.25) ? 'up' : 'down', at, part, bitsPerSecond);
  }
  yield closing;
  session.close(closing);
}
