import { z } from 'zod';

const limit = z.int().min(1);

/** What one server gives all its pages together. */
export const liveSchema = z.strictObject({
  maxClients: limit.max(4_096).default(40).describe('Pages that are connected at a time; more are refused (503).'),
  maxSubscriptions: limit.max(1_024).default(16).describe('Views one page may follow at a time.'),
  maxViews: limit.max(4_096).default(64).describe('Different views that are followed by all pages together.'),
  maxMessageOctets: limit
    .max(1_048_576)
    .default(8_192)
    .describe('Octets of a message of a page; a longer one ends its connection (1009).'),
  maxMessagesPerS: limit.max(1_000).default(50).describe('Messages of a page in a second; more end its connection (1008).'),
  maxBufferedOctets: limit
    .max(1_073_741_824)
    .default(1_048_576)
    .describe(
      'Octets that may wait for a page that reads slowly; it gets nothing until they are gone, then each view as a whole.',
    ),
  maxStalledMs: limit
    .max(3_600_000)
    .default(30_000)
    .describe('Milliseconds a page may read nothing, or not answer a ping, before its connection is ended.'),
  intervalMs: limit.max(60_000).default(250).describe('Milliseconds between two updates of a view at the least.'),
  maxRetryMs: limit
    .max(3_600_000)
    .default(30_000)
    .describe('Milliseconds until a view that could not be made is tried again, at the most; each failure doubles the wait.'),
  keptPatches: z
    .int()
    .min(0)
    .max(1_024)
    .default(16)
    .describe('Changes of a view that are kept for pages that come back; who missed more gets the whole view.'),
  maxReadyFlows: z
    .int()
    .min(0)
    .max(1_000_000_000)
    .default(20_000_000)
    .describe(
      'Flows the views of a DuckDB store keep ready in its memory, about 30 octets each; of a store with more none are, and answers take five times as long.',
    ),
  resumeMs: limit.max(3_600_000).default(30_000).describe('Milliseconds a view nobody follows is kept for who comes back.'),
});

export type LiveConfig = z.output<typeof liveSchema>;
