import { z } from 'zod';

const fromS = z.number().min(0).max(1e9).default(0).describe('Seconds after the start from which on it is so.');
const untilS = z
  .number()
  .min(0)
  .max(1e9)
  .optional()
  .describe('Seconds after the start until which it is so; without it, to the end.');
const probability = z.number().min(0).max(1).default(1).describe('The share of replies it strikes, 0 to 1.');

/** Of the clock itself, which cannot err for some of its readers only. */
const CLOCK = { fromS, untilS };
const REPLY = { ...CLOCK, probability };

const offsetMs = z.number().min(-1e12).max(1e12);
const LEAPS = ['insert', 'delete'] as const;

/** What can be wrong with an NTP server, each from when until when and how often. */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('offset').describe('Replies tell a time that is off.'),
    offsetMs: offsetMs.describe('Milliseconds the time told is fast; negative is slow.'),
    ...REPLY,
  }),
  z.strictObject({
    kind: z.literal('drift').describe('The clock gains time; what it gained stays when the fault is over.'),
    driftPpm: z.number().min(-100_000).max(100_000).describe('Parts per million it gains; negative loses.'),
    ...CLOCK,
  }),
  z.strictObject({
    kind: z.literal('wander').describe("The clock's frequency walks at random; what it gained stays when the fault is over."),
    ppmPerSqrtS: z.number().min(0).max(1_000).describe('Deviation of the frequency after one second, in parts per million.'),
    ...CLOCK,
  }),
  z.strictObject({
    kind: z.literal('jitter').describe('Each reply tells a time of its own, normally distributed around the right one.'),
    deviationMs: z.number().min(0).max(1e9).describe('Standard deviation in milliseconds.'),
    ...REPLY,
  }),
  z.strictObject({
    kind: z
      .literal('falseticker')
      .describe('A wrong time, told with a root delay and a root dispersion of nothing: it lies with confidence.'),
    offsetMs: offsetMs.describe('Milliseconds the time told is fast; negative is slow.'),
    ...REPLY,
  }),
  z.strictObject({
    kind: z
      .literal('unsynchronised')
      .describe('The server says it has no time: leap indicator 3, stratum 0 (RFC 5905 section 7.3).'),
    ...REPLY,
  }),
  z.strictObject({
    kind: z.literal('leap').describe('A leap second is announced and comes at untilS: the clock steps by it then.'),
    leap: z.enum(LEAPS).describe('insert: a minute of 61 seconds. delete: one of 59.'),
    ...CLOCK,
  }),
  z.strictObject({
    kind: z.literal('kiss').describe("A kiss-o'-death instead of the time (RFC 5905 section 7.4)."),
    code: z
      .string()
      .regex(/^[A-Z0-9]{1,4}$/, 'is not a kiss code such as RATE, DENY or RSTR')
      .default('RATE')
      .describe('The kiss code: up to four letters or digits.'),
    ...REPLY,
  }),
  z.strictObject({ kind: z.literal('silence').describe('No reply.'), ...REPLY }),
  z.strictObject({
    kind: z.literal('wrong-origin').describe("The reply's origin timestamp is not the request's transmit timestamp."),
    ...REPLY,
  }),
  z.strictObject({
    kind: z
      .literal('stale-reference')
      .describe('The reference clock is lost: its last reading gets older, the dispersion grows from there.'),
    ageS: z.number().min(0).max(1e9).default(0).describe('Seconds since it was read when the fault begins.'),
    ...REPLY,
  }),
]);

export type FaultConfig = z.output<typeof faultSchema>;
export type LeapKind = (typeof LEAPS)[number];
