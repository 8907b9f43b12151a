import { z } from 'zod';

export const meteringSchema = z.strictObject({
  activeTimeoutMs: z
    .number()
    .min(1)
    .max(86_400_000)
    .default(60_000)
    .describe('Milliseconds after which a flow that still runs is exported and begins anew (RFC 5470 section 5.1).'),
  inactiveTimeoutMs: z.number().min(1).max(86_400_000).default(15_000).describe('Milliseconds without a packet that end a flow.'),
  tcpLingerMs: z
    .number()
    .min(0)
    .max(60_000)
    .default(2_000)
    .describe('Milliseconds a TCP flow is kept after its FIN or RST, so that the last acknowledgement is not a flow of its own.'),
  maxEntries: z
    .int()
    .min(1)
    .max(16_777_216)
    .default(65_536)
    .describe('Flows in the cache; beyond it the oldest is exported early.'),
  meterDropped: z
    .boolean()
    .default(true)
    .describe('Whether what comes from outside and is for nobody inside is metered: input is accounted before it is translated.'),
});

export type MeteringConfig = z.output<typeof meteringSchema>;
