import { z } from 'zod';

/** Ids stay exact as numbers: 2^53 is 32 times 2^48. */
const COLLECTORS = 32;

export const clickhouseSchema = z.strictObject({
  collector: z
    .int()
    .min(0)
    .max(COLLECTORS - 1)
    .default(0)
    .describe(
      `The number of this collector among those that write into one ClickHouse: each has its own, from 0 to ${COLLECTORS - 1}, so that no two give a row the same id.`,
    ),
  spool: z
    .string()
    .min(1)
    .default('clickhouse-spool')
    .describe('Directory that rows wait in until the server has stored them; one collector alone uses it.'),
  maxSpoolOctets: z
    .int()
    .min(1)
    .default(17_179_869_184)
    .describe('Octets that wait there at most, for each table; beyond it rows are refused.'),
  segmentOctets: z
    .int()
    .min(1)
    .max(1_073_741_824)
    .default(67_108_864)
    .describe('Octets of one of its files, which is deleted when the server has stored all of it.'),
  insertRows: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(262_144)
    .describe('Rows of one insert: ClickHouse wants few and large ones, and merges them afterwards.'),
  insertIntervalMs: z
    .int()
    .min(1)
    .max(600_000)
    .default(1_000)
    .describe('Milliseconds after which fewer rows are inserted as well.'),
  retryPauseMs: z
    .int()
    .min(1)
    .max(600_000)
    .default(250)
    .describe('Milliseconds before an insert that failed is tried again; each time twice as many.'),
  maxRetryPauseMs: z.int().min(1).max(600_000).default(15_000).describe('Milliseconds between two tries at most.'),
  requestTimeoutMs: z
    .int()
    .min(1)
    .max(3_600_000)
    .default(60_000)
    .describe('Milliseconds an answer of the server may take before it counts as away.'),
});

export type ClickHouseConfig = z.output<typeof clickhouseSchema>;
