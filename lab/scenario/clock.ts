import { z } from 'zod';

export const clockSchema = z.strictObject({
  offsetMs: z.number().default(0).describe("Milliseconds the clock is fast at the scenario's start; negative is slow."),
  driftPpm: z.number().min(-1_000).max(1_000).default(0).describe('Parts per million the oscillator gains; negative loses.'),
  ntp: z.boolean().default(true).describe('Whether an SNTP client keeps the clock.'),
  pollIntervalS: z.number().min(1).max(131_072).default(64).describe('Seconds between two SNTP requests.'),
});

export type ClockConfig = z.output<typeof clockSchema>;
