import { z } from 'zod';
import { NAT_EVENT_PROFILES } from './nat-event-profile.ts';
import { sessionLimits } from './session-limits.ts';

const limit = z.int().min(1);

export const collectingSchema = z.strictObject({
  batchRows: limit.max(1_048_576).default(16_384).describe('Flow Records, or NAT events, in one batch on its way to the store.'),
  maxWaitingBatches: limit
    .max(65_536)
    .default(512)
    .describe(
      'Full batches of each kind that wait for the store; beyond it records are dropped and counted (droppedFlows, droppedNatEvents).',
    ),
  ...sessionLimits,
  maxNames: limit
    .max(16_777_216)
    .default(65_536)
    .describe(
      'Application names and DNS names learnt, each; beyond it new ones are refused (refusedNames). Of so many names it is known that the store ' +
        'has them; beyond it the oldest are stored again when they are told again.',
    ),
  natEventProfile: z
    .enum(NAT_EVENT_PROFILES)
    .default('rfc')
    .describe(
      'Whose numbers natEvent has: the same one means different things, 4 is a NAT44 session in RFC 8158 and a NAT64 session at Juniper.',
    ),
  sessionsBeginAtZero: z
    .boolean()
    .default(false)
    .describe(
      'Whether records numbered before the first Message seen count as lost: true when the collector ran before the exporter.',
    ),
});

export type CollectingConfig = z.output<typeof collectingSchema>;
