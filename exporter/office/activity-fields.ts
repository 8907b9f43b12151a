import { z } from 'zod';
import { parseIPv4, parsePrefix } from '../../core/net/address.ts';

/** An IPv4 address as text; an unsigned 32-bit integer once parsed. */
export const ipSchema = z.string().transform((text, context) => {
  const address = parseIPv4(text);
  if (address === undefined) context.addIssue(`"${text}" is not an IPv4 address`);
  return address ?? 0;
});

/** Many hosts at once: a prefix outside the office. */
export const hostsSchema = z.string().transform((text, context) => {
  const prefix = parsePrefix(text);
  if (prefix === undefined) context.addIssue(`"${text}" is not an IPv4 prefix such as 198.18.210.0/24`);
  else if (prefix.length < 16 || prefix.length > 30) context.addIssue(`"${text}" must have a length from /16 to /30`);
  return prefix ?? { address: 0, length: 30 };
});

/** `HH:MM`. */
export const timeOfDaySchema = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: (issue) => `"${String(issue.input)}" is not a time of day such as 09:30` });

export const at = timeOfDaySchema.describe('When it begins: the UTC time of day, HH:MM; the first such instant of the scenario.');

export const minutes = z.number().min(1).max(1_440).describe('How long it lasts, from the first packet to the last.');

export const megabytes = z
  .number()
  .min(0.1)
  .max(1_000_000)
  .describe('Size in 10^6 octets of IP packets, both directions, acknowledgements included; DNS is extra.');

export const port = z.int().min(1).max(65_535);

export const megabitsPerSecond = z.number().min(0.1).max(10_000);
