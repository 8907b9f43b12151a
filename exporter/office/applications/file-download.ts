import type { Random } from '../../../core/random/random.ts';
import type { TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import { SERVERS } from '../servers.ts';
import type { Activity } from '../wire.ts';
import { download } from './download.ts';

/** Fetches shared files from Dropbox. */
export function downloadFromDropbox(host: Host, at: TrueNs, octets: number, activity: number, random: Random): Activity {
  const server = random.pick(SERVERS.dropbox);
  return download(host, at, { server, activity, octets, connections: 4, bitsPerSecond: random.uniform(20e6, 30e6) });
}

/** Fetches an installer or a package. */
export function downloadSoftware(host: Host, at: TrueNs, octets: number, activity: number, random: Random): Activity {
  const server = random.pick(SERVERS.softwareDownload);
  return download(host, at, { server, activity, octets, connections: 2, bitsPerSecond: random.uniform(30e6, 60e6) });
}
