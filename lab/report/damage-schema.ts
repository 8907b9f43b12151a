import { z } from 'zod';

const count = z.int().min(0);

const figuresSchema = z.strictObject({
  maxErrorMs: z.number().min(0).describe('The largest error of the start or end of a flow, without sign.'),
  maxDurationErrorMs: z.number().min(0).describe('The most by which a flow is told to have lasted too long or too short.'),
  wrongBucketOctets: count.describe('Octets told in another bucket of a chart than they passed in.'),
  wrongHourOctets: count.describe('Octets told, and billed, in another hour.'),
  futureFlows: count.describe('Flows told to end after they were received.'),
  negativeDurations: count.describe('Flows told to end before they began.'),
  zeroDurations: count.describe('Flows that lasted a millisecond or longer and are told to have lasted none.'),
  inversions: count.describe('Conversations whose answer is told to have begun before its question.'),
  misattributedOctets: count.describe(
    'Octets for which somebody else is blamed: whoever used the public endpoint, or was lent the inside address, nearest to when the flow is told to have begun.',
  ),
  deletedEarlyOctets: count.describe('Octets not old enough to be deleted that are gone when the run ends.'),
  keptLateOctets: count.describe('Octets old enough to be deleted that are still there.'),
  alerts: count.describe('Events in truth: windows over the threshold, those one after the other being one.'),
  alertsMissed: count.describe('Events for which no window rings as it is told.'),
  alertsDoubled: count.describe('Rings too many: an event told as several, with silence between.'),
  alertsFalse: count.describe('Windows that ring and were quiet in truth.'),
});

/** What wrong times do to whoever relies on the records; a record's octets count as spread evenly from first to last packet. */
export const damageSchema = z.strictObject({
  bucketS: z.number().describe('Seconds of a bucket of a chart, and of a window of the alarm.'),
  tariffS: z.number().describe('Seconds of an hour of the bill.'),
  alertOctets: z.number().min(0).describe('Octets of a window beyond which the alarm rings.'),
  keepS: z.number().describe('Seconds a store keeps flows by the time they tell.'),
  flows: count.describe('Flow Records whose true times are known.'),
  octets: count.describe('Their octets.'),
  withoutNtp: figuresSchema.describe('Had nobody corrected the clocks of router and collector after the start.'),
  asItWas: figuresSchema.describe('As it is stored.'),
  corrected: figuresSchema.describe("As it is stored, set right by the collector's own estimate of the router's clock."),
  byEncoding: z
    .array(
      z.strictObject({
        name: z.string(),
        title: z.string(),
        rule: z.string().describe('How its times are read, and where that is written.'),
        withoutNtp: figuresSchema,
        asItWas: figuresSchema,
      }),
    )
    .describe('The same records as each way of telling times would have told them; empty unless asked for.'),
});

export type Damage = z.output<typeof damageSchema>;
export type DamageFigures = z.output<typeof figuresSchema>;
