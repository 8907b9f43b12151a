import { z } from 'zod';
import { parsePrefix } from '../core/net/address.ts';
import { collectingSchema } from './collecting/config.ts';
import { attributionSchema } from './query/attribution-config.ts';

const DEFAULT_INSIDE = '10.0.0.0/16';

const policySchema = z.strictObject({
  forbidden: z
    .array(z.string().min(1))
    .default(['bittorrent'])
    .describe('Names of applications nobody is to use; their use is reported as unusual.'),
});

export const collectorSchema = z.strictObject({
  inside: z
    .string()
    .default(DEFAULT_INSIDE)
    .transform((text, context) => {
      const prefix = parsePrefix(text);
      if (prefix === undefined) context.addIssue(`"${text}" is not an IPv4 prefix`);
      return prefix ?? { address: 0, length: 0 };
    })
    .describe('The prefix of the office: an address in it is one of our own devices.'),
  policy: policySchema.prefault({}).describe('What is not allowed in the office.'),
  attribution: attributionSchema.prefault({}).describe('How it is found out who used a public endpoint at an instant.'),
  collecting: collectingSchema.prefault({}).describe('Limits of the Collecting Process.'),
});

export type CollectorConfig = z.output<typeof collectorSchema>;
