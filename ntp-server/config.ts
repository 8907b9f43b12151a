import { z } from 'zod';
import { parseEndpoint } from '../core/net/endpoint.ts';

/** What an NTP server can be told. */
export const ntpServerSchema = z.strictObject({
  listen: z
    .string()
    .refine((text) => parseEndpoint(text) !== undefined, 'it is not an address and a port such as 127.0.0.1:11123 or [::1]:11123')
    .default('127.0.0.1:11123')
    .describe('Address and UDP port to listen on; NTP proper has port 123, which needs a privilege.'),
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
});

export type NtpServerConfig = z.output<typeof ntpServerSchema>;
