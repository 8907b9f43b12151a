import { z } from 'zod';

const idleS = z.number().min(0).max(604_800);

export const attributionSchema = z.strictObject({
  toleranceMs: z
    .number()
    .min(0)
    .max(86_400_000)
    .default(1_000)
    .describe(
      "Milliseconds the exporter's clock, or that of whoever asks who used a public endpoint, may be off: anything within them counts as at that instant.",
    ),
  udpIdleS: idleS.default(300).describe('Seconds an idle UDP mapping is taken to live on (RFC 4787 REQ-5).'),
  tcpIdleS: idleS.default(7_440).describe('Seconds an idle established TCP mapping is taken to live on (RFC 5382 REQ-5).'),
  tcpClosedIdleS: idleS.default(240).describe('Seconds a TCP mapping is taken to live on after a FIN or RST (RFC 5382 REQ-5).'),
  otherIdleS: idleS.default(60).describe('Seconds an idle mapping of another protocol is taken to live on (RFC 5508 REQ-2).'),
});

export type AttributionConfig = z.output<typeof attributionSchema>;
