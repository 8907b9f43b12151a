import { z } from 'zod';
import { at, ipSchema, port } from '../activity-fields.ts';

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

/** What is done to the office from outside, in any order. */
export const outsideSchema = z.array(z.discriminatedUnion('do', [inboundScanSchema, synFloodSchema])).default([]);

export type OutsideConfig = z.output<typeof outsideSchema>[number];
export type InboundScan = z.output<typeof inboundScanSchema>;
export type SynFlood = z.output<typeof synFloodSchema>;
