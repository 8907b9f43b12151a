import { z } from 'zod';
import { parseIPv6Prefix, type IPv6Prefix } from '../../core/net/ipv6-prefix.ts';
import { NAT64_PREFIX_LENGTH } from '../../core/net/nat64-address.ts';

function toPrefix(text: string, context: z.RefinementCtx): IPv6Prefix {
  const prefix = parseIPv6Prefix(text);
  // The lowest addresses are nobody's (RFC 4291 section 2.5.5), and a first word of 0 is how the exporter knows that there is none.
  if (prefix?.length === NAT64_PREFIX_LENGTH && prefix.words[0] !== 0) return prefix;
  context.addIssue(`"${text}" is not an IPv6 /96 such as 64:ff9b::/96`);
  return { words: [0, 0, 0, 0], length: NAT64_PREFIX_LENGTH };
}

export const nat64Schema = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .describe('Whether IPv6 inside reaches IPv4 outside (RFC 6146), with the addresses, ports, timers and limits of `nat`.'),
  prefix: z
    .string()
    .default('64:ff9b::/96')
    .transform(toPrefix)
    .describe('The /96 in which IPv4 addresses are IPv6 ones (RFC 6052 section 2.2); the well-known one unless told.'),
});
