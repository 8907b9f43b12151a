import { z } from 'zod';

const UNIT_US: Readonly<Record<string, number>> = { h: 3_600_000_000, d: 86_400_000_000 };

/** `30d` or `36h` as microseconds, `off` as no end. */
const ageSchema = z
  .string()
  .regex(/^([1-9]\d{0,4}[hd]|off)$/, 'is to be a number of hours or days as in 36h and 30d, or off')
  .transform((text) => (text === 'off' ? Infinity : Number.parseInt(text, 10) * (UNIT_US[text.slice(-1)] as number)));

/** Ages by the collector's clock, in microseconds; `Infinity` keeps for ever. */
export const retentionSchema = z.strictObject({
  flows: ageSchema
    .prefault('off')
    .describe(
      'How long Flow Records are kept after they were received, such as 30d; off keeps them for ever, so that no file is emptied by surprise.',
    ),
  natEvents: ageSchema
    .prefault('off')
    .describe('The same for NAT events: as long as the Flow Records, so that those can be told whose they are.'),
  rollups: ageSchema
    .prefault('400d')
    .describe('How long the hourly sums of Flow Records are kept: a year and the month before it.'),
  portionRows: z
    .int()
    .min(1_024)
    .max(2 ** 20)
    .default(32_768)
    .describe('Rows that are summed up or deleted in one transaction, some hundred ms at the most: storing waits for it.'),
});

export type RetentionConfig = z.output<typeof retentionSchema>;
