import { z } from 'zod';
import { parseDurationNs } from '../../core/time/duration-text.ts';
import { NS_PER_MS } from '../../core/time/instant.ts';

export const durationSchema = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, 'is not a duration such as 90s, 30m or 10h')
  .describe('A length of time: a number and ms, s, m, h or d.');

/** Milliseconds of a text that `durationSchema` accepts. */
export const parseDuration = (text: string): number =>
  Math.round((parseDurationNs(durationSchema.parse(text)) as number) / NS_PER_MS);
