import { z } from 'zod';

export const OBSERVATION_POINTS = ['lan-ingress', 'wan-egress', 'wan-ingress', 'lan-egress'] as const;
export type ObservationPoint = (typeof OBSERVATION_POINTS)[number];

/** What may tell flows apart (RFC 7011 section 2, "Flow Key"). */
export const FLOW_KEYS = [
  'sourceAddress',
  'destinationAddress',
  'sourcePort',
  'destinationPort',
  'protocol',
  'classOfService',
  'vlanId',
  'ingressInterface',
  'postNatEndpoints',
] as const;
export type FlowKey = (typeof FLOW_KEYS)[number];

const DAY_MS = 86_400_000;
const MAX_TIMEOUT_MS = 7 * DAY_MS;

export const samplingSchema = z
  .strictObject({
    algorithm: z
      .enum(['none', 'count-based', 'n-of-n', 'uniform'])
      .default('none')
      .describe(
        'Which packets are metered: all, the first `size` of each `population` (selectorAlgorithm 1), `size` random ones of each `population` (3), or each with the same probability (4) (RFC 5475 section 5).',
      ),
    size: z.int().min(1).max(0xffff).default(1).describe('Packets selected of each `population`.'),
    population: z.int().min(1).max(0xffffff).default(100).describe('Packets of which `size` are selected.'),
    seed: z.int().min(0).max(0xffffffff).default(1).describe('Decides which packets the random algorithms select.'),
  })
  .refine(({ size, population }) => size <= population, { path: ['size'], message: 'is larger than the population' });

export const meteringSchema = z.strictObject({
  observationPoints: z
    .array(z.enum(OBSERVATION_POINTS))
    .min(1)
    .default(['lan-ingress', 'wan-ingress'])
    .describe(
      'Where packets are looked at: as they enter or leave the router by the side of the office (lan) or of the internet (wan). Egress of the wan and ingress of the wan show public addresses, the lan inside ones.',
    ),
  keys: z
    .array(z.enum(FLOW_KEYS))
    .min(1)
    .default(['sourceAddress', 'destinationAddress', 'sourcePort', 'destinationPort', 'protocol', 'postNatEndpoints'])
    .describe(
      'Fields that tell flows apart; of the others a record has the values of its first packet. With postNatEndpoints a public port that was given to somebody else makes another flow.',
    ),
  biflow: z
    .boolean()
    .default(false)
    .describe('Whether both directions of a conversation make one record, of which the first packet is the source (RFC 5103).'),
  cache: z
    .enum(['normal', 'permanent', 'immediate'])
    .default('normal')
    .describe(
      'Normal: a flow leaves the cache with its record. Permanent: it stays, and is told of at the active timeout with totals that grow. Immediate: each packet is a record.',
    ),
  activeTimeoutMs: z
    .number()
    .min(1)
    .max(MAX_TIMEOUT_MS)
    .default(60_000)
    .describe('Milliseconds after which a flow that still runs is exported and begins anew (RFC 5470 section 5.1.1).'),
  activeGridMs: z
    .number()
    .min(0)
    .max(DAY_MS)
    .default(0)
    .describe('The active timeout strikes only at multiples of this many milliseconds (Juniper: 60000); 0 for at once.'),
  inactiveTimeoutMs: z
    .number()
    .min(1)
    .max(MAX_TIMEOUT_MS)
    .default(15_000)
    .describe('Milliseconds without a packet that end a flow.'),
  tcpEnd: z
    .enum(['at-once', 'linger', 'at-idle'])
    .default('linger')
    .describe(
      'What a FIN (of a biflow: both) or RST does: end the record at once, after tcpLingerMs, or only give the idle timeout the reason "end of flow" (ipfixprobe).',
    ),
  tcpLingerMs: z
    .number()
    .min(0)
    .max(600_000)
    .default(2_000)
    .describe('Milliseconds a TCP flow is kept after its FIN or RST, so that the last acknowledgement is not a flow of its own.'),
  sweepMs: z
    .number()
    .min(0)
    .max(600_000)
    .default(0)
    .describe(
      'The cache is looked through only at multiples of this many milliseconds, and flows overrun their limits until then (softflowd: 60000); 0 for exact timers.',
    ),
  octetLimit: z
    .number()
    .min(0)
    .default(0)
    .describe(
      'A record with more octets than this closes (softflowd: 2147483648), so that counters of 32 bits do not wrap; 0 for no limit.',
    ),
  maxEntries: z.int().min(1).max(16_777_216).default(65_536).describe('Flows in the cache.'),
  whenFull: z
    .enum(['evict-oldest', 'refuse-new'])
    .default('evict-oldest')
    .describe(
      'Beyond maxEntries: export the oldest early for lack of resources, or ignore packets of new flows and count them. A permanent cache always refuses.',
    ),
  sampling: samplingSchema.prefault({}).describe('Packet sampling (RFC 5475).'),
});

export type MeteringConfig = z.output<typeof meteringSchema>;
export type SamplingConfig = z.output<typeof samplingSchema>;
