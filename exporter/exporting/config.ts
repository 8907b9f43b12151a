import { z } from 'zod';
import { contradictionsOf } from './config-checks.ts';
import { PROTOCOLS, type OptionSwitch } from './choices.ts';
import { TIMESTAMPS } from './flow-fields.ts';
import { NAT_EVENT_PROFILES } from './nat-event-profiles.ts';
import { PROFILES, type ProfileName } from './profiles.ts';
import { settle } from './settle.ts';

const optionsSchema = z.strictObject({
  sampler: z
    .boolean()
    .optional()
    .describe('How packets are sampled: RFC 5476 section 6.5.2, in NetFlow v9 fields 48 to 50, 34, 35.'),
  interfaces: z.boolean().optional().describe('Names of the interfaces by ifIndex: elements 10, 82 and 83.'),
  statistics: z.boolean().optional().describe('Messages, Flow Records and octets exported so far (RFC 7011 section 4.1).'),
  meteringReliability: z.boolean().optional().describe('What found no room in the flow cache (RFC 7011 section 4.2).'),
  reliability: z.boolean().optional().describe('What could not be sent (RFC 7011 section 4.3).'),
  flowKeys: z.boolean().optional().describe('Which fields of the Templates are Flow Keys (RFC 7011 section 4.4).'),
  systemInitTime: z
    .boolean()
    .optional()
    .describe('When the router was switched on, element 160; without being told, when IPFIX timestamps are sys-uptime.'),
  timeouts: z.boolean().optional().describe('The active and inactive timeout: elements 36 and 37.'),
} satisfies Record<OptionSwitch, z.ZodType>);

const settingsSchema = z.strictObject({
  profile: z
    .enum(Object.keys(PROFILES) as [ProfileName])
    .default('flowlab')
    .describe('Whose export this looks like: sets the other keys here that are not written down themselves.'),
  protocol: z.enum(PROTOCOLS).optional().describe('The export protocol; ipfix unless the profile has another.'),
  fields: z
    .array(z.string())
    .min(1)
    .optional()
    .describe(
      'Fields of a Flow Record in the order of the wire, by name; `octetDeltaCount:4` has fewer octets than the element (RFC 7011 section 6.2). IPv4 and IPv6 flows get a Template each.',
    ),
  timestamps: z
    .enum(TIMESTAMPS)
    .optional()
    .describe(
      'Start and end of a flow: milliseconds (elements 152, 153), seconds (150, 151), microseconds (154, 155), nanoseconds (156, 157), delta before the Export Time (158, 159) or sys-uptime (22, 21). Milliseconds in IPFIX, sys-uptime in NetFlow.',
    ),
  counterOverflow: z
    .enum(['split', 'wrap', 'clamp'])
    .default('split')
    .describe(
      'What becomes of a flow whose octets or packets do not fit their field: several records, the lower bits alone, or the largest number. Other counters wrap where this says split.',
    ),
  observationDomainId: z.int().min(0).max(0xffffffff).default(1).describe('Observation Domain ID written in each Message.'),
  maxMessageLength: z
    .int()
    .min(512)
    .max(65_507)
    .optional()
    .describe(
      'Octets of the largest Message; 1420 unless told, below a 1500-octet MTU through one tunnel (RFC 7011 section 10.3.3).',
    ),
  templateRefreshS: z
    .number()
    .min(1)
    .max(86_400)
    .optional()
    .describe('Seconds after which all Templates and tables are sent again over UDP; 600 unless told (RFC 7011 section 8.4).'),
  templateRefreshMessages: z
    .int()
    .min(0)
    .max(1_000_000)
    .optional()
    .describe('Messages after which they are sent again, if that comes first; 0, unless told, for never.'),
  maxDelayMs: z
    .number()
    .min(0)
    .max(60_000)
    .default(1_000)
    .describe('Milliseconds a Flow Record may wait for its Message to fill.'),
  applicationIds: z
    .boolean()
    .optional()
    .describe('Whether the router classifies connections and exports applicationId with its table of names (RFC 6759).'),
  natEventProfile: z
    .enum(Object.keys(NAT_EVENT_PROFILES) as [keyof typeof NAT_EVENT_PROFILES])
    .default('rfc')
    .describe('Whose numbers and fields NAT events have; what a vendor has no record for is not sent.'),
  dnsNames: z.boolean().default(false).describe('Whether the router exports which name DNS gave for which address.'),
  maxDnsNames: z
    .int()
    .min(1)
    .max(10_000_000)
    .default(65_536)
    .describe(
      'Addresses whose names are remembered; beyond it the first learnt is forgotten, and told again when DNS gives it again.',
    ),
  options: optionsSchema.prefault({}).describe('Options records sent with the Templates, each a switch.'),
});

/** As it is written; what is left out is for the profile and the protocol to decide. */
export type ExportingSettings = z.output<typeof settingsSchema>;

export const exportingSchema = settingsSchema.transform((settings, context) => {
  const config = settle(settings);
  for (const { path, message } of contradictionsOf(settings, config))
    context.addIssue({ code: 'custom', path: [...path], message });
  return config;
});

export type ExportingConfig = z.output<typeof exportingSchema>;
