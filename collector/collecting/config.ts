import { z } from 'zod';
import { NAT_EVENT_PROFILES } from './nat-event-profile.ts';

const limit = z.int().min(1);

export const collectingSchema = z.strictObject({
  batchRows: limit.max(1_048_576).default(2_048).describe('Flow Records, or NAT events, in one batch on its way to the store.'),
  maxWaitingBatches: limit
    .max(65_536)
    .default(512)
    .describe(
      'Full batches of each kind that wait for the store; beyond it records are dropped and counted (droppedFlows, droppedNatEvents).',
    ),
  maxSessions: limit
    .max(1_048_576)
    .default(1_024)
    .describe('Exporter addresses and Observation Domains kept apart; beyond it the oldest is forgotten (evictedSessions).'),
  maxTemplates: limit
    .max(65_280)
    .default(256)
    .describe('Templates of one session; beyond it a new one is refused (refusedTemplates).'),
  duplicateWindowMessages: limit
    .max(1_048_576)
    .default(1_024)
    .describe('Messages of one session among which a second copy is recognised (duplicatedMessages).'),
  restartRecords: limit
    .max(1_073_741_824)
    .default(1_000_000)
    .describe('Data Records a sequence number may jump, either way, before it is a restarted exporter and not loss (restarts).'),
  maxGaps: limit
    .max(1_048_576)
    .default(4_096)
    .describe(
      'Holes in the sequence numbers of one session that a late Message can still fill; beyond it the oldest stays lost.',
    ),
  maxPendingOctets: z
    .int()
    .min(0)
    .max(1_073_741_824)
    .default(4_194_304)
    .describe(
      'Octets of Data Sets one session keeps until their Template comes, 128 more counted for each; beyond it the oldest are dropped (droppedSets).',
    ),
  maxNames: limit
    .max(16_777_216)
    .default(65_536)
    .describe('Application names and DNS names learnt, each; beyond it new ones are refused (refusedNames).'),
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
