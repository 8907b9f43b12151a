import { z } from 'zod';
import { parseIPv4 } from '../core/net/address.ts';
import { parseAnyPrefix, type AnyPrefix } from '../core/net/any-prefix.ts';
import { parseEndpoint } from '../core/net/endpoint.ts';
import { parseIPv6 } from '../core/net/ipv6-text.ts';
import { faultSchema } from './faults/config.ts';

const isPrefix = (text: string): boolean => parseAnyPrefix(text) !== undefined;
const prefixes = z.array(z.string().refine(isPrefix, 'is not an IPv4 or IPv6 prefix such as 192.0.2.0/24')).default([]);

const isAddress = (text: string): boolean => parseIPv4(text) !== undefined || parseIPv6(text) !== undefined;
const isName = (text: string): boolean => /^[\x21-\x7e]{1,4}$/.test(text);

const rateLimitSchema = z.strictObject({
  intervalLog2S: z
    .int()
    .min(-19)
    .max(12)
    .default(3)
    .describe('A client gets one reply in 2 to the power of this seconds on average; chrony calls it interval.'),
  burst: z.int().min(1).max(255).default(8).describe('Replies it may have at once after a pause.'),
  leakLog2: z
    .int()
    .min(1)
    .max(4)
    .default(2)
    .describe('Of its requests beyond, one in 2 to the power of this gets a reply at random; chrony calls it leak.'),
  kiss: z
    .boolean()
    .default(false)
    .describe("Whether as few of the others get a kiss-o'-death RATE (RFC 5905 section 7.4) instead of silence."),
  maxClients: z
    .int()
    .min(2)
    .max(1_048_576)
    .default(4_096)
    .describe('Addresses remembered at most; when there are more, the half that has been silent longest is forgotten.'),
});

export type RateLimitConfig = z.output<typeof rateLimitSchema>;

/** What is true of an NTP server wherever it runs: which time it tells and to whom. */
export const servedTimeFields = {
  offsetMs: z
    .number()
    .min(-1e12)
    .max(1e12)
    .default(0)
    .describe('Milliseconds by which the clock served is fast; negative is slow.'),
  driftPpm: z
    .number()
    .min(-100_000)
    .max(100_000)
    .default(0)
    .describe('Parts per million the clock served gains; negative loses.'),
  stratum: z
    .int()
    .min(1)
    .max(16)
    .default(1)
    .describe('Stratum the server claims: 1 has a reference clock, 16 says it is not synchronised (RFC 5905 section 7.3).'),
  leap: z
    .enum(['none', 'insert', 'delete'])
    .default('none')
    .describe('Leap second the server announces; the fault `leap` also has one come.'),
  referenceId: z
    .string()
    .refine((text) => isAddress(text) || isName(text), 'is neither an address nor a name of one to four characters')
    .optional()
    .describe(
      'At stratum 1 a name of up to four characters, XLAB without it; else the address of the server it is kept by, 127.127.1.1 without it.',
    ),
  rootDelayMs: z.number().min(0).max(65_535_999).default(0).describe('Round trip to the reference clock.'),
  rootDispersionMs: z
    .number()
    .min(0)
    .max(65_535_999)
    .optional()
    .describe(
      'Dispersion when the reference clock has just been read, from where it grows by 15 ppm; the precision without it, and 5 ms more from stratum 2 on.',
    ),
  precisionLog2S: z.int().min(-31).max(0).default(-20).describe("Binary logarithm of the clock's precision in seconds."),
  referenceIntervalS: z
    .number()
    .min(1)
    .max(131_072)
    .default(64)
    .describe('Seconds between two readings of the reference clock, which the reference timestamp tells.'),
  allow: prefixes.describe('Prefixes of the clients that are answered; everybody is without one. The longest prefix decides.'),
  deny: prefixes.describe('Prefixes of clients that are not.'),
  denyKiss: z.boolean().default(false).describe("Whether who is not answered gets a kiss-o'-death DENY instead of silence."),
  rateLimit: rateLimitSchema.optional().describe('How often an address is answered; without it, always.'),
  faults: z.array(faultSchema).max(64).default([]).describe('What is wrong with the server, and when.'),
};

interface Contradictory {
  readonly stratum: number;
  readonly referenceId?: string | undefined;
  readonly faults: readonly { readonly fromS: number; readonly untilS?: number | undefined }[];
}

/** What each field may be by itself but not beside the others. */
export function checkServedTime({ stratum, referenceId, faults }: Contradictory, context: z.RefinementCtx): void {
  if (referenceId !== undefined && (stratum === 1 ? !isName(referenceId) : !isAddress(referenceId))) {
    const message =
      stratum === 1
        ? 'is not a name of one to four characters, which stratum 1 needs'
        : 'is not an address, which stratum 2 and more need';
    context.addIssue({ code: 'custom', path: ['referenceId'], message });
  }
  for (const [index, { fromS, untilS = Infinity }] of faults.entries()) {
    if (untilS <= fromS) context.addIssue({ code: 'custom', path: ['faults', index, 'untilS'], message: 'is not after fromS' });
  }
}

/** An NTP server in a scenario. */
export const servedTimeSchema = z.strictObject(servedTimeFields).superRefine(checkServedTime);
export type ServedTime = z.output<typeof servedTimeSchema>;

/** What an NTP server by itself can be told. */
export const ntpServerFields = z.strictObject({
  listen: z
    .string()
    .refine((text) => parseEndpoint(text) !== undefined, 'is not an address and a port such as 127.0.0.1:11123 or [::1]:11123')
    .default('127.0.0.1:11123')
    .describe('Address and UDP port to listen on; NTP proper has port 123, which needs a privilege.'),
  ...servedTimeFields,
  time: z.iso
    .datetime()
    .optional()
    .describe(
      "The instant the clock served begins at, in UTC, such as 2036-02-07T06:28:10Z; without it, the machine's own time.",
    ),
  keyFile: z.string().min(1).optional().describe('File of the keys that may sign requests, as chrony writes it.'),
  seed: z.int().min(0).max(0xffffffff).default(1).describe('Decides all chance: faults and what the rate limit lets through.'),
});

export const ntpServerSchema = ntpServerFields.superRefine(checkServedTime);
export type NtpServerConfig = z.output<typeof ntpServerSchema>;

/** The prefixes of texts the schema has accepted. */
export const prefixesOf = (texts: readonly string[]): AnyPrefix[] => texts.map((text) => parseAnyPrefix(text) as AnyPrefix);
