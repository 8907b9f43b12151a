import { z } from 'zod';
import { parseRange, type AddressRange } from '../core/net/stored-address.ts';
import { apiSchema } from './api/config.ts';
import { collectingSchema } from './collecting/config.ts';
import { detectSchema } from './detect/config.ts';
import { allowSchema, listenSchema } from './listening/config.ts';
import { logSchema } from './counting/log-config.ts';
import { clickhouseSchema } from './store/clickhouse/config.ts';
import { duckdbSchema } from './store/duckdb-config.ts';
import { retentionSchema } from './store/retention/config.ts';
import { journalSchema } from './store/journal/config.ts';
import { spoolSchema } from './store/spool/config.ts';
import { attributionSchema } from './query/attribution-config.ts';

/** Those the office has unless told otherwise. */
const DEFAULT_INSIDE = ['10.0.0.0/16', '2001:db8:50::/64'];

function toRange(text: string, context: z.RefinementCtx): AddressRange {
  const range = parseRange(text);
  if (range === undefined) context.addIssue(`"${text}" is not an IPv4 or IPv6 prefix`);
  return range ?? { first: 0, last: 0 };
}

const policySchema = z.strictObject({
  forbidden: z
    .array(z.string().min(1))
    .default(['bittorrent'])
    .describe('Names of applications nobody is to use; their use is reported as unusual.'),
});

export const collectorSchema = z.strictObject({
  inside: z
    .array(z.string().transform(toRange))
    .min(1)
    .prefault(DEFAULT_INSIDE)
    .describe('The prefixes of the office: an address in one of them is of our own devices.'),
  policy: policySchema.prefault({}).describe('What is not allowed in the office.'),
  detect: detectSchema.prefault({}).describe('From when on something is worth telling, and how much is remembered to find it.'),
  attribution: attributionSchema.prefault({}).describe('How it is found out who used a public endpoint at an instant.'),
  listen: listenSchema,
  allow: allowSchema,
  clickhouse: clickhouseSchema.prefault({}).describe('How records are brought into a ClickHouse.'),
  duckdb: duckdbSchema.prefault({}).describe('The database in a file or in memory.'),
  journal: journalSchema.prefault({}).describe('Where datagrams wait to be decoded: in memory, and on disk beside the database.'),
  spool: spoolSchema.prefault({}).describe('Where records are kept until the database has them: beside its file.'),
  retention: retentionSchema.prefault({}).describe('How long records are kept in a DuckDB file; not those in memory.'),
  collecting: collectingSchema.prefault({}).describe('Limits of the Collecting Process.'),
  api: apiSchema.prefault({}).describe('The HTTP server: metrics, health, what was counted, questions.'),
  log: logSchema.prefault({}).describe('What is told while it runs.'),
});

export type CollectorConfig = z.output<typeof collectorSchema>;
