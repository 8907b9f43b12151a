import type { Direction } from '../../../core/net/packet-train.ts';
import { after, NS_PER_MS, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import type { Server } from '../internet/server.ts';
import { MIN_TRANSFER_OCTETS } from '../transport/session.ts';
import { TcpSession } from '../transport/tcp-session.ts';
import type { Activity } from '../wire.ts';

/** A file, or many, as a whole. */
export interface BulkTransfer {
  readonly direction: Direction;
  readonly server: Server;
  readonly activity: number;
  /** Octets of IP packets, both directions, over all connections. */
  readonly octets: number;
  /** How many connections share it. */
  readonly connections: number;
  /** Of each connection. */
  readonly bitsPerSecond: number;
}

/** Blocks are at most 4 MB, as Drago et al. saw them of Dropbox (IMC 2012). */
const BLOCK_OCTETS = 4_000_000;
const CONNECTION_MIN_OCTETS = 20_000;

/** Moves something large over parallel TCP connections that begin a few milliseconds apart. */
export function* transferInBlocks(host: Host, at: TrueNs, job: BulkTransfer): Activity {
  const begin = host.resolve(at, job.server);
  const connections = Math.max(1, Math.min(job.connections, Math.floor(job.octets / CONNECTION_MIN_OCTETS)));
  let left = job.octets;
  for (let index = 0; index < connections; index++) {
    const octets = Math.floor(left / (connections - index));
    left -= octets;
    const start = after(begin, index * 20 * NS_PER_MS);
    host.begin(start, moveBlocks(host, start, job, octets));
  }
}

/** One of the connections: block after block, in both directions exactly `octets`. */
function* moveBlocks(host: Host, at: TrueNs, job: BulkTransfer, octets: number): Activity {
  const session = new TcpSession(host, job.server, job.activity);
  let left = octets - session.overheadOctets;
  let now = session.open(at);
  while (left > 0) {
    const block = left < BLOCK_OCTETS + MIN_TRANSFER_OCTETS ? left : BLOCK_OCTETS;
    left -= block;
    yield now;
    now = after(session.transfer(job.direction, now, block, job.bitsPerSecond), NS_PER_MS);
  }
  yield now;
  session.close(now);
}
