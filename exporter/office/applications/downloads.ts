import type { Random } from '../../../core/random/random.ts';
import type { TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import { DROPBOX, SOFTWARE } from '../internet/work-services.ts';
import type { Activity } from '../wire.ts';
import { transferInBlocks } from './bulk-transfer.ts';

/** Fetches shared files from Dropbox: up to 4 connections at once (Drago et al., IMC 2012). */
export function downloadFromDropbox(host: Host, at: TrueNs, octets: number, activity: number, random: Random): Activity {
  const server = random.pick(DROPBOX.pools.content);
  const bitsPerSecond = random.uniform(20e6, 30e6);
  return transferInBlocks(host, at, { direction: 'down', server, activity, octets, connections: 4, bitsPerSecond });
}

/** Fetches an installer or a package. */
export function downloadSoftware(host: Host, at: TrueNs, octets: number, activity: number, random: Random): Activity {
  const server = random.pick(SOFTWARE.pools.cdn);
  const bitsPerSecond = random.uniform(30e6, 60e6);
  return transferInBlocks(host, at, { direction: 'down', server, activity, octets, connections: 2, bitsPerSecond });
}
