import { z } from 'zod';
import type { IPv4Prefix } from '../../core/net/address.ts';
import { at, hostsSchema, megabitsPerSecond, megabytes, minutes, port } from './activity-fields.ts';

const backUpSchema = z.strictObject({
  do: z.literal('backUp').describe('Save a disk to the cloud; at night it looks like exfiltration.'),
  at,
  megabytes,
  megabitsPerSecond: megabitsPerSecond.default(60).describe('Rate of the upload, over all its connections.'),
});

const uploadTalkSchema = z.strictObject({
  do: z.literal('uploadTalk').describe('Hand in the recording of a conference talk; looks like exfiltration.'),
  at,
  megabytes,
  megabitsPerSecond: megabitsPerSecond.default(25).describe('Rate of the upload.'),
});

const updateSchema = z.strictObject({
  do: z.literal('update').describe('Install the monthly update; many computers at once look like an outbreak.'),
  at,
  megabytes,
});

/** Whether `hosts` hosts, from the first up, lie in the prefix and are neither its own address nor its broadcast. */
const haveRoom = ({ hosts, network }: { hosts: number; network: IPv4Prefix }): boolean => hosts <= 2 ** (32 - network.length) - 2;
const NO_ROOM = { path: ['hosts'], message: 'is more than the network has room for' };

const monitorSchema = z
  .strictObject({
    do: z.literal('monitor').describe('See whether services are up, in regular rounds; looks like a scan and like a beacon.'),
    at,
    minutes,
    network: hostsSchema.describe('Where the services are; outside the office, or the router does not see it.'),
    hosts: z.int().min(1).max(1_000).default(10).describe('How many of its hosts, from the first up.'),
    ports: z.array(port).min(1).max(100).default([22, 25, 80, 443, 3_306, 8_080]).describe('The ports asked on each.'),
    everyS: z.number().min(10).max(86_400).default(300).describe('Seconds between two rounds; 5 min is the default of Nagios.'),
  })
  .refine(haveRoom, NO_ROOM);

const automateSchema = z
  .strictObject({
    do: z.literal('automate').describe('Set up servers over SSH, a connection for each task; looks like guessing passwords.'),
    at,
    minutes,
    network: hostsSchema.describe('Where the servers are; outside the office, or the router does not see it.'),
    hosts: z.int().min(1).max(1_000).default(5).describe('How many of its hosts, from the first up.'),
    connections: z.int().min(1).max(100_000).describe('How many connections, over all of them.'),
  })
  .refine(haveRoom, NO_ROOM);

const browseCdnSchema = z.strictObject({
  do: z.literal('browseCdn').describe('Read pages whose parts lie under long names of a CDN; looks like a DNS tunnel.'),
  at,
  minutes,
  perMinute: z.number().min(1).max(600).default(30).describe('New names per minute.'),
});

/** What only looks like misbehaviour. */
export const lookalikeSchemas = [
  backUpSchema,
  uploadTalkSchema,
  updateSchema,
  monitorSchema,
  automateSchema,
  browseCdnSchema,
] as const;

export type Backup = z.output<typeof backUpSchema>;
export type TalkUpload = z.output<typeof uploadTalkSchema>;
export type Monitoring = z.output<typeof monitorSchema>;
export type Automation = z.output<typeof automateSchema>;
export type CdnBrowsing = z.output<typeof browseCdnSchema>;
