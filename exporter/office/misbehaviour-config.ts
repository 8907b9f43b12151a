import { z } from 'zod';
import { at, hostsSchema, ipSchema, megabitsPerSecond, megabytes, minutes, port } from './activity-fields.ts';

const name = z.string().max(253).default('').describe('The name it is looked up by; without one, it is known by address.');

const hostScanSchema = z.strictObject({
  do: z.literal('hostScan').describe('Ask one port of many hosts for an answer, one after the other, with a SYN each.'),
  at,
  network: hostsSchema.describe('The scanned hosts; outside the office, or the router does not see it.'),
  port: port.default(445).describe('The port that is asked.'),
  perSecond: z.number().min(1).max(10_000).default(50).describe('Hosts asked per second.'),
});

const bruteForceSchema = z.strictObject({
  do: z.literal('bruteForce').describe('Guess passwords over SSH: a short connection for a few of them, each in vain.'),
  at,
  target: ipSchema.describe('The attacked host; outside the office, or the router does not see it.'),
  attempts: z.int().min(1).max(100_000).describe('How many connections.'),
  perMinute: z.number().min(1).max(1_000).default(60).describe('Connections begun per minute.'),
});

const beaconSchema = z.strictObject({
  do: z.literal('beacon').describe('Ask a control server for orders, again and again, as malware does.'),
  at,
  minutes,
  target: ipSchema.describe('The control server.'),
  name,
  port: port.default(443).describe('TLS on 443, plain HTTP elsewhere.'),
  intervalS: z
    .number()
    .min(1)
    .max(86_400)
    .default(60)
    .describe('The sleep between two check-ins; 60 s is the default of Cobalt Strike.'),
  jitterPercent: z.number().min(0).max(99).default(0).describe('How much of the sleep is left to chance.'),
  tool: z
    .enum(['cobalt-strike', 'empire'])
    .default('cobalt-strike')
    .describe(
      'Whose law of jitter: Cobalt Strike only shortens the sleep s, to [s(1-j), s]; Empire draws from [s(1-j), s(1+j)].',
    ),
});

const dnsTunnelSchema = z.strictObject({
  do: z.literal('dnsTunnel').describe('Carry data in the names of DNS questions, every name a new one.'),
  at,
  minutes,
  domain: z.string().min(1).max(60).default('t.tunnel.example').describe('The domain whose name server is the other end.'),
  perSecond: z
    .number()
    .min(0.1)
    .max(50)
    .default(5)
    .describe('Questions per second; tools are seen from one in 2 s to 50 a second.'),
  nameLetters: z.int().min(64).max(253).default(160).describe('Length of a name; 253 is the most (RFC 1035 section 2.3.4).'),
});

const exfiltrateSchema = z.strictObject({
  do: z.literal('exfiltrate').describe('Carry data out of the office: one long upload.'),
  at,
  megabytes,
  target: ipSchema.describe('Where it goes.'),
  name,
  port: port.default(443).describe('HTTPS or SSH are what is not looked into.'),
  megabitsPerSecond: megabitsPerSecond.default(8).describe('Rate of the upload; slow ones are less conspicuous.'),
});

const mineSchema = z.strictObject({
  do: z.literal('mine').describe('Mine a cryptocurrency for a pool: one TCP connection with little on it.'),
  at,
  minutes,
  target: ipSchema.describe('The pool.'),
  port: port.default(3_333).describe('3333 and 14444 are what pools use.'),
});

/** What an administrator wants to hear of. */
export const misbehaviourSchemas = [
  hostScanSchema,
  bruteForceSchema,
  beaconSchema,
  dnsTunnelSchema,
  exfiltrateSchema,
  mineSchema,
] as const;

export type HostScan = z.output<typeof hostScanSchema>;
export type BruteForce = z.output<typeof bruteForceSchema>;
export type Beacon = z.output<typeof beaconSchema>;
export type DnsTunnel = z.output<typeof dnsTunnelSchema>;
export type Exfiltration = z.output<typeof exfiltrateSchema>;
export type Mining = z.output<typeof mineSchema>;
