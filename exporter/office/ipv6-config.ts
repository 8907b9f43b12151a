import { z } from 'zod';
import { parseIPv6Prefix, type IPv6Prefix } from '../../core/net/ipv6-prefix.ts';

/** Interface Identifiers take the other half of an address (RFC 7136). */
const PREFIX_LENGTH = 64;

function toPrefix(text: string, context: z.RefinementCtx): IPv6Prefix {
  const prefix = parseIPv6Prefix(text);
  if (prefix?.length === PREFIX_LENGTH) return prefix;
  context.addIssue(`"${text}" is not an IPv6 /64 such as 2001:db8:50::/64`);
  return { words: [0, 0, 0, 0], length: PREFIX_LENGTH };
}

/** Which devices have IPv6. */
export const ipv6Schema = z.strictObject({
  mode: z
    .enum(['off', 'dual-stack', 'guests-ipv6-only', 'ipv6-only'])
    .default('off')
    .describe(
      "Who has IPv6: nobody; people's computers and guests' phones, beside IPv4; the same with guests on IPv6 alone; or everybody on IPv6 alone. Who has it alone needs router.nat64. Cameras, printers and the like have IPv4 unless everybody has IPv6 alone.",
    ),
  prefix: z
    .string()
    .default('2001:db8:50::/64')
    .transform(toPrefix)
    .describe('The prefix the router announces inside; each device makes an address of its own in it (RFC 7217).'),
});
