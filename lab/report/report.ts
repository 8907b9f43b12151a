import { z } from 'zod';
import { DIFFERENCE_KINDS } from '../verify/difference.ts';
import { clockSchema, clocksSchema } from './clocks-schema.ts';
import { damageSchema } from './damage-schema.ts';
import { untoldSchema, unusualSchema } from './detection-schema.ts';

const count = z.int().min(0);

const volumeSchema = z.strictObject({
  messages: count.describe('IPFIX Messages.'),
  records: count.describe('Flow Records, options data not counted.'),
  packets: count.describe('Packets the Flow Records speak of.'),
  octets: count.describe('Octets of IP packets the Flow Records speak of.'),
});

const activitySchema = z.strictObject({
  application: z.string().describe('The name the router exported, or the one worked out from name, address and port.'),
  category: z.string(),
  octets: count,
  durationS: z.number().min(0).describe('Seconds from first to last packet of each session, added up.'),
  count: count.describe('Sessions, messages or transfers, as the sentence names them.'),
  sentence: z.string().describe('For a reader: watched YouTube for 30 min and used 500 MB.'),
});

const personSchema = z.strictObject({
  name: z.string(),
  address: z.string(),
  otherAddresses: z.array(z.string()).describe('What else this person has, such as IPv6 beside IPv4: all is counted together.'),
  department: z.string(),
  site: z.string().optional().describe('Where the person works; only with several sites, whose addresses may be the same.'),
  upOctets: count,
  downOctets: count,
  octets: count,
  sharePercent: z.number().describe('Of all octets collected.'),
  trueOctets: count.describe("The ledger's figure: differs from `octets` by what was lost or attributed to somebody else."),
  scripted: z.boolean().describe("Whether the scenario writes this person's day down."),
  activities: z.array(activitySchema).describe('Largest first.'),
  sentence: z.string(),
});

const categorySchema = z.strictObject({
  category: z.string(),
  octets: count,
  sharePercent: z.number(),
  trueOctets: count,
});

const differenceSchema = z.strictObject({
  kind: z.enum(DIFFERENCE_KINDS),
  sentence: z.string(),
  records: z.array(count).describe('Row ids in the store; empty when the record is not there.'),
  packets: z.number().describe('Stored minus true, of the records concerned.'),
  octets: z.number(),
});

const checkSchema = z.strictObject({
  name: z.string(),
  metric: z.string(),
  value: z
    .number()
    .nullable()
    .describe('null when there is nothing to measure: no probe, or no clock that asks several servers.'),
  limit: z.string().describe('In words: = 0, <= 5, 1 to 10.'),
  passed: z.boolean().describe('Whether it holds; true too when it was skipped.'),
  skipped: z.boolean().describe('Whether the run ended before it could hold.'),
  variant: z.string().nullable(),
  site: z.string().optional().describe('The site it is about; absent when it is about all of them.'),
  told: z.string().optional().describe('How times were told; absent when as they are stored.'),
  file: z.string().nullable().describe('The scenario file; null when the scenario was given as an object.'),
  line: z.int().nullable(),
  column: z.int().nullable(),
});

const answersSchema = z.strictObject({
  right: count.describe('Named whoever had the endpoint.'),
  wrong: count.describe('Named somebody else.'),
  unanswered: count.describe('Named nobody: no trace of it was stored, or more than one could have had it.'),
});

const attributionSchema = z.strictObject({
  asked: count.describe("Instants of public endpoints that were somebody's by the ledger; the collector was asked whose."),
  fromFlows: answersSchema.describe('By Flow Records alone.'),
  fromEvents: answersSchema.nullable().describe('By NAT events alone (RFC 8158); null when none were collected.'),
});

const activitiesSchema = z.strictObject({
  truth: count.describe(
    'What people did: each activity of the script, and of the rest what a device did with a service without a pause of five minutes, files of 5 MB and more apart.',
  ),
  found: count.describe('Told of the same person, application and category, for half of the time at least that either lasted.'),
  wrong: count.describe('Told, but it was not so.'),
  missed: count.describe('Not told so.'),
  scripted: z.strictObject({ truth: count, found: count }).describe('Of these, activities of the script.'),
  meanErrorMs: z.number().min(0).describe('How far the beginnings and ends of those found are off.'),
  maxErrorMs: z.number().min(0),
  categories: z.array(
    z.strictObject({
      category: z.string(),
      octets: count.describe('Of activities told.'),
      trueOctets: count,
      rightOctets: count.describe('Of those found, what was told and true.'),
    }),
  ),
});

const lostSchema = z.strictObject({
  records: count.describe('Data Records missing by the sequence numbers.'),
  trueRecords: count.describe('Data Records in the datagrams that really did not arrive.'),
  trueMessages: count,
  duplicatedMessages: count.describe('Messages received again and not counted twice.'),
  reorderedMessages: count,
  trailingRecords: count.describe('Of `trueRecords`, lost after the last Message that arrived: no later number can show them.'),
  unaccountedRecords: z.int().describe('Data Records exported, neither collected nor counted as lost.'),
});

const differencesSchema = {
  differenceCounts: z.record(z.enum(DIFFERENCE_KINDS), count),
  differences: z.array(differenceSchema).describe('The first 100; `differenceCounts` has them all.'),
};

const probeSchema = z.strictObject({
  exporter: z.string().describe('The address it exports from.'),
  observationDomainId: count,
  exported: volumeSchema,
  collected: volumeSchema,
  lost: lostSchema,
  clock: clockSchema,
  estimatedSkewMs: z.number().nullable().describe('Probe minus collector, as the collector estimates it; null without Messages.'),
  conversations: count.describe('Conversations of which router and probe both told the first packet of either direction.'),
  inversions: z
    .strictObject({
      withoutNtp: count.describe('Had nobody corrected the clocks of router and probe after the start.'),
      asItWas: count.describe('As it is stored.'),
      corrected: count.describe("Each set right by the collector's own estimate of its clock."),
    })
    .describe(
      'How often a question as one of the two tells it and the answer as the other does are in the wrong order; each conversation is asked either way.',
    ),
  damage: damageSchema.describe("What the times of the probe do to whoever relies on its records instead of the router's."),
  ...differencesSchema,
});

/** What was found at one site, or at all of them together. */
const partSchema = z.strictObject({
  exported: volumeSchema,
  exports: z
    .array(volumeSchema.extend({ name: z.string() }))
    .describe('What the further exports of `router.monitors` told of the same traffic.'),
  collected: volumeSchema,
  ipv6Octets: count.describe('Of those collected, octets of IPv6 packets, as the router saw them come in.'),
  lost: lostSchema,
  people: z.array(personSchema).describe('Everybody, largest first.'),
  categories: z.array(categorySchema).describe('Largest first.'),
  unusual: z.array(unusualSchema).describe("In the order it was raised by the collector's clock."),
  untold: z.array(untoldSchema).describe('What a detector should have told of and the collector did not, in the order it began.'),
  activities: activitiesSchema.describe('What the collector says people did, held against the ledger.'),
  clocks: clocksSchema,
  attribution: attributionSchema,
  damage: damageSchema.describe('What wrong times do to whoever relies on the records.'),
  ...differencesSchema,
  probe: probeSchema
    .optional()
    .describe(
      'The device outside the router, whose records are of the same packets and in none of the other figures; absent without one.',
    ),
});

const siteSchema = z.strictObject({
  name: z.string(),
  exporter: z.string().describe('The address the router exports from: with the Observation Domain, whose records these are.'),
  observationDomainId: count,
  ...partSchema.shape,
});

/** What one run found; a scenario with variants holds one of these for each. */
const findingsSchema = partSchema.extend({
  sites: z
    .array(siteSchema)
    .optional()
    .describe(
      "Each site by itself, headquarters first; the fields above are of all together, where `clocks.router` and `clocks.estimatedSkewMs` are headquarters'. Absent when there is only one.",
    ),
});

/** report.json, also on standard output with --json. No wall time inside: the same seed gives the same bytes. */
export const reportSchema = z.strictObject({
  schemaVersion: z.literal(1),
  version: z.string().describe('Of flowlab.'),
  scenario: z.string(),
  title: z.string(),
  description: z.string().describe("The scenario's own text."),
  command: z
    .string()
    .nullable()
    .describe('What to type to have the same run again; null when the scenario was given as an object.'),
  seed: count,
  start: z.string().describe('The instant the scenario begins, in UTC.'),
  simulatedS: z.number().describe('Seconds of virtual time.'),
  verdict: z.enum(['pass', 'fail']),
  ...findingsSchema.shape,
  checks: z.array(checkSchema),
  variants: z
    .array(z.strictObject({ name: z.string(), ...findingsSchema.shape }))
    .describe('Each variant of the scenario; the fields above repeat the last. Empty without variants.'),
});

export type Report = z.output<typeof reportSchema>;
export type Findings = z.output<typeof findingsSchema>;
export type SiteFindings = z.output<typeof siteSchema>;
export type Person = z.output<typeof personSchema>;
export type Difference = z.output<typeof differenceSchema>;
export type Check = z.output<typeof checkSchema>;
