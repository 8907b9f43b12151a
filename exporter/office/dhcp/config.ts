import { z } from 'zod';
import { parsePrefix } from '../../../core/net/address.ts';

const poolSchema = z.string().transform((text, context) => {
  const prefix = parsePrefix(text);
  if (prefix !== undefined && prefix.length >= 20 && prefix.length <= 30) return prefix;
  context.addIssue(`"${text}" is not an IPv4 prefix of length /20 to /30 such as 10.0.7.0/26`);
  return z.NEVER;
});

/** How the office lends addresses; without it every device has one of its own for ever. */
export const dhcpSchema = z.strictObject({
  pool: poolSchema.describe('Addresses of the office that are lent; no device can have one of them for good.'),
  people: z
    .boolean()
    .default(false)
    .describe(
      "Whether people's computers get theirs as well, but for who has an `ip` in `people`; else guests' telephones alone do.",
    ),
  leaseS: z
    .int()
    .min(60)
    .max(604_800)
    .default(600)
    .describe('How long an address is lent; a device that is there renews after half of it (T1, RFC 2131 section 4.4.5).'),
  releasePart: z
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .describe('How often a device that goes gives its address back; else it is lent until the lease ends.'),
});
