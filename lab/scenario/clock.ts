import { z } from 'zod';
import { NS_PER_MS } from '../../core/time/instant.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import { durationSchema, parseDuration } from './duration.ts';

export const clockSchema = z.strictObject({
  offsetMs: z.number().default(0).describe("Milliseconds the clock is fast at the scenario's start; negative is slow."),
  driftPpm: z.number().min(-1_000).max(1_000).default(0).describe('Parts per million the oscillator gains; negative loses.'),
  uptime: durationSchema
    .default('0s')
    .describe(
      "How long the device has been on at the scenario's start, such as 49d; 32 bits of milliseconds begin anew after 49.7 days.",
    ),
  ntp: z.boolean().default(true).describe('Whether an SNTP client keeps the clock.'),
  pollIntervalS: z.number().min(1).max(131_072).default(64).describe('Seconds between two SNTP requests.'),
});

export type ClockConfig = z.output<typeof clockSchema>;

/** The clock as it goes on from the start when nobody corrects it. */
export const clockOf = ({ offsetMs, driftPpm, uptime }: Pick<ClockConfig, 'offsetMs' | 'driftPpm' | 'uptime'>): VirtualClock =>
  new VirtualClock({ offsetNs: Math.round(offsetMs * NS_PER_MS), driftPpm, uptimeNs: parseDuration(uptime) * NS_PER_MS });
