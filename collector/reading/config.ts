import { z } from 'zod';

const limit = z.int().min(1);

export const readingSchema = z.strictObject({
  maxSessions: limit
    .max(1_048_576)
    .default(4_096)
    .describe(
      'Exporters (address, port and Observation Domain) kept apart; beyond it the oldest is forgotten (evictedSessions).',
    ),
  maxTemplates: limit
    .max(65_280)
    .default(4_096)
    .describe('Templates of one session; beyond it a new one is refused (refusedTemplates).'),
  maxEmptyFields: z
    .int()
    .min(0)
    .max(65_280)
    .default(8)
    .describe(
      'Fields of length 0 in one Template; one with more is refused (refusedTemplates), or a Message of 64 KiB could stand for a thousand million fields.',
    ),
  templateLifetimeS: limit
    .max(2 ** 31)
    .default(2_592_000)
    .describe(
      'Seconds a Template holds after it came last, by the time of receipt (RFC 7011 section 8.4). It must be thrice the time between two of ' +
        'its kind, which a file does not tell: 30 days.',
    ),
  maxPendingOctets: z
    .int()
    .min(0)
    .max(1_073_741_824)
    .default(1_048_576)
    .describe('Octets of Data Sets a session keeps until their Template comes; beyond it the oldest are dropped (droppedSets).'),
  maxAllPendingOctets: z
    .int()
    .min(0)
    .max(2 ** 40)
    .default(67_108_864)
    .describe('Octets of such Data Sets of all sessions together; beyond it new ones are dropped (droppedSets).'),
  pendingLifetimeS: limit
    .max(2 ** 31)
    .default(1_800)
    .describe(
      'Seconds a Data Set waits for its Template, by the time of receipt: exporters repeat Templates every 30 minutes at the latest.',
    ),
  maxListDepth: limit
    .max(64)
    .default(8)
    .describe('How deep lists may lie in lists (RFC 6313); what lies deeper is shown as octets.'),
  maxFragmentedPackets: limit
    .max(1_048_576)
    .default(1_024)
    .describe('Fragmented IP packets of a capture that wait for their missing pieces; beyond it the oldest is given up.'),
  fragmentTimeoutS: limit
    .max(3_600)
    .default(60)
    .describe('Seconds of packet time a fragment waits for the others (RFC 8200 section 4.5).'),
  restartRecords: limit
    .max(1_073_741_824)
    .default(1_000_000)
    .describe('How far a sequence number may jump, either way, before it is a restarted exporter and not loss (restarts).'),
  duplicateWindowMessages: limit
    .max(1_048_576)
    .default(1_024)
    .describe('Messages of one session among which a second copy is recognised (duplicates); its records are read all the same.'),
  maxGaps: limit
    .max(1_048_576)
    .default(4_096)
    .describe(
      'Holes in the sequence numbers of one session that a late Message can still fill; beyond it the oldest stays lost.',
    ),
});

export type ReadingConfig = z.output<typeof readingSchema>;
