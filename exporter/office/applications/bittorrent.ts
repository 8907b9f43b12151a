import type { Random } from '../../../core/random/random.ts';
import { PROTOCOL_UDP } from '../../../core/net/packet-train.ts';
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
/** The distributed hash table is asked over UDP, from one port, as BitTorrent clients have it. */
const DHT_PORT = 6_881;
/** 50 to 200 peers are usual; a little file asks fewer, so that looking for it weighs no more than this part of it. */
const MOST_NODES = 180;
const NODES_PART = 0.05;
/** get_peers, and an answer with 8 nodes and a token, bencoded (BEP 5), with UDP and IP headers. */
const NODE_QUERY_OCTETS = 133;
const NODE_ANSWER_OCTETS = 310;
/** Many nodes of anybody's table are gone by the time they are asked. A guess. */
const ANSWERING_PART = 0.6;

/** Exchanges files with many peers at once for `durationNs`; over all of them and both directions exactly `octets`. */
export function* share(
  host: Host,
  at: TrueNs,
  durationNs: DurationNs,
  octets: number,
  activity: number,
  random: Random,
): Activity {
  const nodes = Math.min(MOST_NODES, Math.floor((octets * NODES_PART) / (NODE_QUERY_OCTETS + NODE_ANSWER_OCTETS)));
  const dhtOctets = lookUpPeers(host, at, durationNs, nodes, activity, random.fork('dht'));
  const peers = Math.max(1, Math.min(MOST_PEERS, Math.floor(octets / PEER_MIN_OCTETS)));
  let left = octets - dhtOctets;
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

/**
 * Asks nodes of the distributed hash table who else has the file (BEP 5): one packet from one port to each, and one back from
 * those that still exist. What is to be sent when is drawn at once. Returns the octets of all of it.
 */
function lookUpPeers(host: Host, at: TrueNs, durationNs: DurationNs, nodes: number, activity: number, random: Random): number {
  const asked = Array.from({ length: nodes }, () => ({
    node: { ...randomPeer(random), protocol: PROTOCOL_UDP, port: DHT_PORT },
    begin: after(at, Math.round(random.uniform(0, 0.95 * durationNs))),
    answers: random.chance(ANSWERING_PART),
  })).sort((one, other) => one.begin - other.begin);
  host.begin(asked[0]?.begin ?? at, sendQueries(host, asked, activity));
  return asked.reduce((sum, { answers }) => sum + NODE_QUERY_OCTETS + (answers ? NODE_ANSWER_OCTETS : 0), 0);
}

interface NodeQuery {
  readonly node: Server;
  readonly begin: TrueNs;
  readonly answers: boolean;
}

function* sendQueries(host: Host, queries: readonly NodeQuery[], activity: number): Activity {
  for (const { node, begin, answers } of queries) {
    yield begin;
    const connection = host.connect(node, activity, DHT_PORT);
    host.wire.send(connection, 'up', begin, 0, 1, NODE_QUERY_OCTETS);
    if (answers) host.wire.send(connection, 'down', after(begin, host.roundTripNs(node)), 0, 1, NODE_ANSWER_OCTETS);
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
