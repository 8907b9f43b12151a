import { z } from 'zod';

const lines = z.int().min(1).max(1_000_000);

export const logSchema = z.strictObject({
  format: z
    .enum(['text', 'json', 'auto'])
    .default('text')
    .describe('text for people, json for machines: a line of JSON for each event; auto is text on a terminal and else json.'),
  level: z
    .enum(['error', 'warn', 'info', 'silent'])
    .default('info')
    .describe('The least that is told of events. As text only what is wrong is told, on standard error.'),
  perMinute: lines
    .default(6)
    .describe('Lines in a minute of one code about one exporter; more are counted and told in one line (suppressed).'),
  perMinuteInAll: lines
    .default(300)
    .describe('Lines in a minute of all together, so that invented source addresses cannot fill a disk (suppressed).'),
});

export type LogConfig = z.output<typeof logSchema>;
