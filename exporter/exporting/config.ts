import { z } from 'zod';
import { NAT_EVENT_PROFILES } from './nat-event-profiles.ts';

export const exportingSchema = z.strictObject({
  observationDomainId: z.int().min(0).max(0xffffffff).default(1).describe('Observation Domain ID written in each Message.'),
  maxMessageLength: z
    .int()
    .min(512)
    .max(65_507)
    .default(1_420)
    .describe('Octets of the largest Message; 1420 stays below a 1500-octet MTU through one tunnel (RFC 7011 section 10.3.3).'),
  templateRefreshS: z
    .number()
    .min(1)
    .max(86_400)
    .default(600)
    .describe('Seconds after which all Templates and tables are sent again over UDP (RFC 7011 section 8.4).'),
  maxDelayMs: z
    .number()
    .min(0)
    .max(60_000)
    .default(1_000)
    .describe('Milliseconds a Flow Record may wait for its Message to fill.'),
  applicationIds: z
    .boolean()
    .default(true)
    .describe('Whether the router classifies connections and exports applicationId with its table of names (RFC 6759).'),
  natEventProfile: z
    .enum(Object.keys(NAT_EVENT_PROFILES) as [keyof typeof NAT_EVENT_PROFILES])
    .default('rfc')
    .describe('Whose numbers and fields NAT events have; what a vendor has no record for is not sent.'),
  dnsNames: z.boolean().default(false).describe('Whether the router exports which name DNS gave for which address.'),
});

export type ExportingConfig = z.output<typeof exportingSchema>;
