import { z } from 'zod';
import { sessionLimits } from '../collecting/session-limits.ts';

const limit = z.int().min(1);

export const readingSchema = z.strictObject({
  ...sessionLimits,
  templateLifetimeS: limit
    .max(2 ** 31)
    .default(2_592_000)
    .describe(
      'Seconds a Template holds after it came last, by the time of receipt (RFC 7011 section 8.4). It must be thrice the time between two of ' +
        'its kind, which a file does not tell: 30 days.',
    ),
  maxListDepth: limit
    .max(64)
    .default(8)
    .describe('How deep lists may lie in lists (RFC 6313); what lies deeper is shown as octets.'),
  maxFragmentedPackets: limit
    .max(1_048_576)
    .default(1_024)
    .describe('Fragmented IP packets of a capture that wait for their missing pieces; beyond it the oldest is given up.'),
  fragmentTimeoutS: limit
    .max(3_600)
    .default(60)
    .describe('Seconds of packet time a fragment waits for the others (RFC 8200 section 4.5).'),
});

export type ReadingConfig = z.output<typeof readingSchema>;
