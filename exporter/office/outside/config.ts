import { z } from 'zod';
import { at, ipSchema, minutes, port } from '../activity-fields.ts';

const inboundScanSchema = z.strictObject({
  do: z.literal('inboundScan').describe('Ask the ports of the public address for an answer, one after the other.'),
  at,
  source: ipSchema.prefault('192.0.2.66').describe('Who asks; 192.0.2.66 when nobody is named.'),
  ports: z.int().min(1).max(65_535).default(1_000).describe('How many ports, from 1 up.'),
  perSecond: z.number().min(1).max(10_000).default(20).describe('Ports asked per second.'),
});

const synFloodSchema = z.strictObject({
  do: z.literal('synFlood').describe('SYNs from invented addresses that nobody will acknowledge (RFC 4987 section 2).'),
  at,
  port: port.default(443).describe('The flooded port.'),
  perSecond: z.number().min(1).max(1_000_000).default(1_000).describe('SYNs per second, of all sources together.'),
  seconds: z.number().min(1).max(3_600).default(60).describe('How long it lasts.'),
  sources: z.int().min(1).max(32_768).default(3_000).describe('How many addresses are invented.'),
});

const visitSchema = z.strictObject({
  do: z
    .literal('visit')
    .describe("Use a server of the office that one of the router's portForwards leads to; without one nobody answers."),
  at,
  minutes,
  port: port.default(443).describe('The public TCP port that is called.'),
  visitors: z.int().min(1).max(254).default(20).describe('How many addresses the visits come from, of 198.51.100.0/24.'),
  perMinute: z.number().min(0.1).max(6_000).default(10).describe('Visits begun per minute, of all visitors together.'),
  kilobytesEach: z.number().min(0.1).max(100_000).default(60).describe('Median size of what a visitor fetches, in 10^3 octets.'),
});

/** What is done to the office from outside, in any order. */
export const outsideSchema = z.array(z.discriminatedUnion('do', [inboundScanSchema, synFloodSchema, visitSchema])).default([]);

export type OutsideConfig = z.output<typeof outsideSchema>[number];
export type InboundScan = z.output<typeof inboundScanSchema>;
export type Visit = z.output<typeof visitSchema>;
export type SynFlood = z.output<typeof synFloodSchema>;
