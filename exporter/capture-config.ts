import { z } from 'zod';
import { routerSchema } from './config.ts';

const captureSchema = z.strictObject({
  maxConversations: z
    .int()
    .min(1)
    .max(10_000_000)
    .default(262_144)
    .describe('Conversations remembered; beyond it the one that began first is forgotten, and what comes in for it is refused.'),
  maxFragmentedPackets: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(4_096)
    .describe('First fragments remembered for the later ones, which have no ports (RFC 4787 REQ-14); beyond it the oldest goes.'),
  maxHeldFragments: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(1_024)
    .describe('Fragments that wait for the first of their packet (RFC 4787 REQ-14); beyond it they are dropped (REQ-14a).'),
  fragmentTimeoutS: z
    .number()
    .min(2)
    .max(255)
    .default(30)
    .describe('Seconds in which the fragments of a packet must come, as in Linux; not under 2 (RFC 6146 section 3.4).'),
});

export type CaptureLimits = z.output<typeof captureSchema>;

/** What the exporter program is told of its router, and of the captures that are sent through it. */
export const exporterSchema = routerSchema.extend({
  capture: captureSchema.prefault({}).describe('What is kept of the packets of a capture that go through the router (--inside).'),
});

export type CapturingRouterConfig = z.output<typeof exporterSchema>;
