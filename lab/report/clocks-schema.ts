import { z } from 'zod';

const count = z.int().min(0);

const selectionSchema = z.strictObject({
  servers: z
    .array(
      z.strictObject({
        name: z.string(),
        selected: z.boolean().describe('Whether the clock followed it at the end.'),
        falsetickerS: z.number().min(0).describe('Seconds for which the majority outvoted it.'),
      }),
    )
    .describe('All that were asked, as the scenario has them.'),
  withoutMajorityS: z.number().min(0).describe('Seconds for which no majority agreed, so that the clock was left alone.'),
});

/** How right one clock was. */
export const clockSchema = z.strictObject({
  synchronised: z.boolean().describe('Whether an SNTP client kept the clock.'),
  errorBeforeMs: z
    .number()
    .nullable()
    .describe('Error as the SNTP client measured it first: positive is fast; null when nothing was measured.'),
  errorAfterMs: z.number().nullable().describe('Error as the SNTP client measured it last.'),
  trueErrorBeforeMs: z.number().describe('The real error at the start.'),
  trueErrorAfterMs: z.number().describe('The real error at the end.'),
  maxTrueErrorAfterSyncMs: z
    .number()
    .describe(
      'Largest real error, without sign, from two minutes after the first synchronisation on; over the whole run without one.',
    ),
  selection: selectionSchema.optional().describe('What the SNTP client made of its servers; absent unless there are several.'),
});

/** How right the clocks of router and collector were, and what that did to buckets of time. */
export const clocksSchema = z.strictObject({
  router: clockSchema,
  collector: clockSchema,
  bucketS: z.number().describe('Length of the time buckets the next figures speak of.'),
  wrongBucketOctets: count.describe('Octets in a wrong bucket, as the collector works it out from `estimatedSkewMs`.'),
  trueWrongBucketOctets: count.describe(
    'Octets that really landed in a wrong bucket: the same as `damage.asItWas.wrongBucketOctets`.',
  ),
  wrongBucketOctetsWithoutNtp: count.describe(
    'Octets that would have without synchronisation, from what the SNTP client measured.',
  ),
  trueWrongBucketOctetsWithoutNtp: count.describe('The same from the truth: as `damage.withoutNtp.wrongBucketOctets`.'),
  estimatedSkewMs: z
    .number()
    .nullable()
    .describe('Router minus collector as the collector estimates it from export and receive times; null without Messages.'),
});

export type ServerSelection = z.output<typeof selectionSchema>;
