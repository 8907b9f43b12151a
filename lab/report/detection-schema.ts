import { z } from 'zod';
import { ALERT_KINDS } from '../../collector/detect/alert.ts';
import { EVENT_KINDS, UNSEEN_REASONS, type UnseenReason } from '../verify/detection/true-event.ts';
import { VERDICTS, VERDICT_MEANINGS } from '../verify/detection/verdict.ts';

/** What looked unusual to the collector, and whether it was. */
export const unusualSchema = z.strictObject({
  id: z.string().describe('Unique in a run.'),
  kind: z.enum(ALERT_KINDS),
  who: z.string().describe('Name of the person or the address of the device.'),
  address: z.string(),
  site: z.string().optional().describe('Where the address is; only with several sites.'),
  target: z.string().describe('Whom it was done to; empty when there is nobody in particular.'),
  exporter: z.string().describe('Address of the router whose records tell it.'),
  observationDomainId: z.int().min(0),
  sentence: z.string(),
  evidence: z.array(z.string()).describe('Facts from the flows that carry the sentence.'),
  innocent: z.array(z.string()).describe('What would explain it and be no harm, the likeliest first.'),
  next: z.array(z.string()).describe('What to check next, in this order.'),
  confidence: z.number().min(0).max(1).describe('How far it is from what an innocent could do as well.'),
  firstSeenMs: z.number().describe("Milliseconds since 1970 by the router's clock."),
  lastSeenMs: z.number(),
  raisedAtMs: z.number().describe("Milliseconds since 1970 by the collector's clock: when the record came that settled it."),
  trueRaisedAtMs: z.number().describe('True time of that; the first where the clock was set back and showed it twice.'),
  trueFromMs: z.number().optional().describe('True time of its first packet in milliseconds since 1970, where it was so.'),
  truth: z.enum(VERDICTS).describe(VERDICTS.map((verdict) => `${verdict}: ${VERDICT_MEANINGS[verdict]}.`).join(' ')),
});

/** What it should have told of and did not. */
export const untoldSchema = z.strictObject({
  kind: z.enum(EVENT_KINDS),
  who: z.string().describe('Name of the person or device, or somebody outside.'),
  site: z.string().optional().describe('Where it was; only with several sites.'),
  fromMs: z.number().describe('True time of its first packet in milliseconds since 1970.'),
  toMs: z.number(),
  unseen: z
    .enum(Object.keys(UNSEEN_REASONS) as [UnseenReason])
    .optional()
    .describe('Why no detector could have told of it; absent when it was missed.'),
  sentence: z.string(),
});
