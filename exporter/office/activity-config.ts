import { z } from 'zod';
import { parseIPv4 } from '../../core/net/address.ts';

/** An IPv4 address as text; an unsigned 32-bit integer once parsed. */
export const ipSchema = z.string().transform((text, context) => {
  const address = parseIPv4(text);
  if (address === undefined) context.addIssue(`"${text}" is not an IPv4 address`);
  return address ?? 0;
});

/** `HH:MM`. */
export const timeOfDaySchema = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: (issue) => `"${String(issue.input)}" is not a time of day such as 09:30` });

const at = timeOfDaySchema.describe('When it begins: the UTC time of day, HH:MM; the first such instant of the scenario.');

const minutes = z.number().min(1).max(1_440).describe('How long it lasts, from the first packet to the last.');

const megabytes = z
  .number()
  .min(0.1)
  .max(1_000_000)
  .describe('Size in 10^6 octets of IP packets, both directions, acknowledgements included; DNS is extra.');

const watchSchema = z.strictObject({
  do: z.literal('watch').describe('Watch or listen to a stream.'),
  at,
  application: z.enum(['youtube', 'netflix', 'spotify']).describe('The streaming service.'),
  minutes,
  megabytes,
});

const sendMailSchema = z.strictObject({
  do: z.literal('sendMail').describe('Send e-mails, one every few minutes.'),
  at,
  count: z.int().min(1).max(1_000).describe('How many e-mails.'),
  kilobytesEach: z.number().min(10).max(50_000).describe('Size of each in 10^3 octets of IP packets, both directions.'),
});

const downloadSchema = z.strictObject({
  do: z.literal('download').describe('Fetch a large file over several connections at once.'),
  at,
  application: z.enum(['dropbox', 'software-download']).describe('Where it comes from.'),
  megabytes,
});

const portScanSchema = z.strictObject({
  do: z.literal('portScan').describe('Ask the ports of a host for an answer, one after the other, with a SYN each.'),
  at,
  target: ipSchema.describe('The scanned host; outside the office, or the router does not see it.'),
  ports: z.int().min(1).max(65_535).describe('How many ports, from 1 up.'),
  perSecond: z.number().min(1).max(10_000).default(50).describe('Ports asked per second.'),
});

const shareSchema = z.strictObject({
  do: z.literal('share').describe('Exchange files with peers.'),
  at,
  application: z.literal('bittorrent').default('bittorrent').describe('The file-sharing network.'),
  minutes,
  megabytes,
});

const meetSchema = z.strictObject({
  do: z.literal('meet').describe('Be in a video call.'),
  at,
  application: z.enum(['zoom', 'teams']).describe('The meeting service.'),
  minutes,
});

/** Things somebody does for certain, in any order. */
export const activitiesSchema = z
  .array(z.discriminatedUnion('do', [watchSchema, sendMailSchema, downloadSchema, portScanSchema, shareSchema, meetSchema]))
  .default([]);

export type ActivityConfig = z.output<typeof activitiesSchema>[number];
