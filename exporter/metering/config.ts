import { z } from 'zod';
import { CACHE_PROFILES, type CacheProfile, type CacheProfileName } from './profiles.ts';

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

const settingsSchema = z.strictObject({
  profile: z
    .enum(Object.keys(CACHE_PROFILES) as [CacheProfileName])
    .default('flowlab')
    .describe('Whose flow cache this behaves like: sets the timeouts and limits here that are not written down themselves.'),
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
    .optional()
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
    .optional()
    .describe('Milliseconds after which a flow that still runs is exported and begins anew (RFC 5470 section 5.1.1).'),
  activeGridMs: z
    .number()
    .min(0)
    .max(DAY_MS)
    .optional()
    .describe('The active timeout strikes only at multiples of this many milliseconds (Juniper: 60000); 0 for at once.'),
  inactiveTimeoutMs: z.number().min(1).max(MAX_TIMEOUT_MS).optional().describe('Milliseconds without a packet that end a flow.'),
  tcpEnd: z
    .enum(['at-once', 'linger', 'at-idle'])
    .optional()
    .describe(
      'What a FIN (of a biflow: both) or RST does: end the record at once, after tcpLingerMs, or only give the idle timeout the reason "end of flow" (ipfixprobe).',
    ),
  tcpLingerMs: z
    .number()
    .min(0)
    .max(600_000)
    .optional()
    .describe('Milliseconds a TCP flow is kept after its FIN or RST, so that the last acknowledgement is not a flow of its own.'),
  sweepMs: z
    .number()
    .min(0)
    .max(600_000)
    .optional()
    .describe(
      'The cache is looked through only at multiples of this many milliseconds, and flows overrun their limits until then (softflowd: 60000); 0 for exact timers.',
    ),
  octetLimit: z
    .number()
    .min(0)
    .optional()
    .describe(
      'A record with more octets than this closes (softflowd: 2147483648), so that counters of 32 bits do not wrap; 0 for no limit.',
    ),
  maxEntries: z.int().min(1).max(16_777_216).optional().describe('Flows in the cache.'),
  whenFull: z
    .enum(['evict-oldest', 'refuse-new'])
    .default('evict-oldest')
    .describe(
      'Beyond maxEntries: export the oldest early for lack of resources, or ignore packets of new flows and count them. A permanent cache always refuses.',
    ),
  meterDropped: z
    .boolean()
    .default(true)
    .describe('Whether what comes from outside and is for nobody inside is metered: input is accounted before it is translated.'),
  sampling: samplingSchema.prefault({}).describe('Packet sampling (RFC 5475).'),
});

type Settings = z.output<typeof settingsSchema>;

/** What is written wins over the profile. */
export const meteringSchema = settingsSchema.transform((settings): Omit<Settings, keyof CacheProfile> & CacheProfile => {
  const written = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as typeof settings;
  return { ...CACHE_PROFILES[settings.profile], ...written } as Omit<Settings, keyof CacheProfile> & CacheProfile;
});

export type MeteringConfig = z.output<typeof meteringSchema>;
export type SamplingConfig = z.output<typeof samplingSchema>;
