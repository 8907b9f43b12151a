import { z } from 'zod';
import { durationSchema } from './duration.ts';

export const damageSchema = z.strictObject({
  alertMegabytes: z
    .number()
    .min(0)
    .optional()
    .describe('Megabytes in five minutes, of all routers, beyond which an alarm rings; without it, twice the true mean.'),
  keep: durationSchema
    .default('1h')
    .describe('How long a store keeps flows by the time they tell; what it has wrongly is looked at when the run ends.'),
  encodings: z.boolean().default(true).describe('Whether the same is worked out for every way an export can tell times.'),
});
