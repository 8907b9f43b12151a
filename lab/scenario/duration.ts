import { z } from 'zod';

export const durationSchema = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, 'is not a duration such as 90s, 30m or 10h')
  .describe('A length of time: a number and ms, s, m, h or d.');

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a text that `durationSchema` accepts. */
export function parseDuration(text: string): number {
  const [, amount, unit] = /^([\d.]+)([a-z]+)$/.exec(durationSchema.parse(text)) as unknown as [string, string, string];
  return Math.round(Number(amount) * (UNIT_MS[unit] as number));
}
