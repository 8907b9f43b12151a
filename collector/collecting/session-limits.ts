import { z } from 'zod';

const limit = z.int().min(1);

/** What every kind of collecting keeps of exporters, as keys of a schema. */
export const sessionLimits = {
  maxSessions: limit
    .max(1_048_576)
    .default(4_096)
    .describe(
      'Exporters (address, port, protocol and Observation Domain) kept apart; beyond it the one heard longest ago is forgotten (evictedSessions).',
    ),
  maxTemplates: limit
    .max(65_280)
    .default(4_096)
    .describe('Templates of one session; beyond it a new one is refused (refusedTemplates).'),
  maxAllTemplates: limit
    .max(16_777_216)
    .default(65_536)
    .describe(
      'Templates of all sessions together; beyond it the session heard longest ago is forgotten (evictedSessions), so that a flood of them takes no memory.',
    ),
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
    .default(86_400)
    .describe(
      'Seconds a Template holds over UDP after it came last, by the time of receipt (RFC 7011 section 8.4). It must be thrice the time between ' +
        'two of its kind: exporters repeat them every 30 minutes at the latest, those that send them once a day would do with thrice as much.',
    ),
  maxPendingOctets: z
    .int()
    .min(0)
    .max(1_073_741_824)
    .default(4_194_304)
    .describe(
      'Octets of Data Sets one session keeps until their Template comes, 128 more counted for each; beyond it the oldest are dropped (droppedSets).',
    ),
  maxAllPendingOctets: z
    .int()
    .min(0)
    .max(2 ** 40)
    .default(67_108_864)
    .describe(
      'Octets of such Data Sets of all sessions together; beyond it those of the session heard longest ago are dropped (droppedSets).',
    ),
  pendingLifetimeS: limit
    .max(2 ** 31)
    .default(1_800)
    .describe(
      'Seconds a Data Set waits for its Template, by the time of receipt: exporters repeat Templates every 30 minutes at the latest.',
    ),
  maxSamplers: limit
    .max(1_048_576)
    .default(1_024)
    .describe(
      'Samplers, and interfaces, of one session whose interval is kept; records of others have the usual interval of the session.',
    ),
  maxReportedScopes: limit
    .max(65_536)
    .default(1_024)
    .describe(
      'Scopes (such as line cards) of one session whose totals are added up, one for each total; a total that others tell, too, is none (refusedScopes).',
    ),
  restartRecords: limit
    .max(1_073_741_824)
    .default(1_000_000)
    .describe(
      'How far a sequence number may jump, either way, before it is a restarted exporter and not loss (restarts), if the next Message goes on from there.',
    ),
  duplicateWindowMessages: limit
    .max(1_048_576)
    .default(1_024)
    .describe('Messages of one session among which a second copy is recognised (duplicatedMessages).'),
  futureToleranceMs: z
    .int()
    .min(0)
    .max(2 ** 31)
    .default(2_000)
    .describe(
      'Milliseconds by which a flow may end after it was received, or after its Message was sent, before it is counted as one of the future: Export Times are ' +
        'whole seconds, and clocks that are kept by NTP lie within the rest.',
    ),
  staleAfterS: limit
    .max(2 ** 31)
    .default(2_100)
    .describe(
      'Seconds before its Message was sent that a flow may have ended before it is counted as stale: the longest active timeout in use, 30 minutes, and five ' +
        'minutes in a cache or a queue.',
    ),
  maxGaps: limit
    .max(1_048_576)
    .default(4_096)
    .describe(
      'Holes in the sequence numbers of one session that a late Message can still fill; beyond it the oldest stays lost.',
    ),
};

/** The limits with the two choices that collecting and reading make differently. */
export interface SessionRules extends Readonly<z.output<z.ZodObject<typeof sessionLimits>>> {
  /** Whether the first Message of an IPFIX session shows what was lost before it: when the collector ran before the exporter. */
  readonly sessionsBeginAtZero: boolean;
  /** Whether the records of a second copy are read all the same. */
  readonly readsDuplicates: boolean;
}
