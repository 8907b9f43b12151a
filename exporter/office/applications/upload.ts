import { PROTOCOL_TCP } from '../../../core/net/packet-train.ts';
import type { TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import type { Backup, TalkUpload } from '../lookalike-config.ts';
import type { Exfiltration } from '../misbehaviour-config.ts';
import { CLOUD_BACKUP } from '../internet/device-services.ts';
import { serverAt } from '../internet/server.ts';
import type { Activity } from '../wire.ts';
import { transferInBlocks } from './bulk-transfer.ts';

const [VAULT] = CLOUD_BACKUP.pools.storage;
/** 198.18.27.20, somewhere on the web. */
const CONFERENCE = serverAt(0xc612_1b14, PROTOCOL_TCP, 443, 'upload.conference.example');
const BACKUP_CONNECTIONS = 4;

/** Data that leaves for good: one upload, more than ten times as much up as down. */
export function exfiltrate(host: Host, at: TrueNs, job: Exfiltration, octets: number, activity: number): Activity {
  const server = serverAt(job.target, PROTOCOL_TCP, job.port, job.name);
  return transferInBlocks(host, at, {
    direction: 'up',
    server,
    activity,
    octets,
    connections: 1,
    bitsPerSecond: job.megabitsPerSecond * 1e6,
  });
}

/** A disk's changes, over some connections at once, by the name of the service. */
export function backUp(host: Host, at: TrueNs, job: Backup, octets: number, activity: number): Activity {
  const bitsPerSecond = (job.megabitsPerSecond * 1e6) / BACKUP_CONNECTIONS;
  return transferInBlocks(host, at, {
    direction: 'up',
    server: VAULT,
    activity,
    octets,
    connections: BACKUP_CONNECTIONS,
    bitsPerSecond,
  });
}

/** A recording, over one connection. */
export function uploadTalk(host: Host, at: TrueNs, job: TalkUpload, octets: number, activity: number): Activity {
  const bitsPerSecond = job.megabitsPerSecond * 1e6;
  return transferInBlocks(host, at, { direction: 'up', server: CONFERENCE, activity, octets, connections: 1, bitsPerSecond });
}
