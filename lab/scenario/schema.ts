import { z } from 'zod';
import { collectorSchema } from '../../collector/config.ts';
import { routerSchema } from '../../exporter/config.ts';
import { timeOfDaySchema } from '../../exporter/office/activity-fields.ts';
import { officeSchema, peopleSchema } from '../../exporter/office/config.ts';
import { linkSchema } from '../faults/link.ts';
import { obstacleOf } from './judged-exporting.ts';
import { refusalsOf } from './judged-metering.ts';
import { METRICS } from './metrics.ts';

const durationSchema = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, 'is not a duration such as 90s, 30m or 10h')
  .describe('A length of time: a number and ms, s, m, h or d.');

const clockSchema = z.strictObject({
  offsetMs: z.number().default(0).describe("Milliseconds the clock is fast at the scenario's start; negative is slow."),
  driftPpm: z.number().min(-1_000).max(1_000).default(0).describe('Parts per million the oscillator gains; negative loses.'),
  ntp: z.boolean().default(true).describe('Whether an SNTP client keeps the clock.'),
  pollIntervalS: z.number().min(1).max(131_072).default(64).describe('Seconds between two SNTP requests.'),
});

const checkSchema = z
  .strictObject({
    name: z.string().min(1).describe('What must hold, in words.'),
    metric: z.enum(Object.keys(METRICS) as [keyof typeof METRICS]).describe('The number that is looked at.'),
    min: z.number().optional().describe('The least it may be.'),
    max: z.number().optional().describe('The most it may be.'),
    equals: z.number().optional().describe('What it must be.'),
    variant: z.string().optional().describe('The variant it is about; without it, the last.'),
    from: timeOfDaySchema
      .optional()
      .describe('The UTC time of day, HH:MM, before which it cannot hold: a run that ends earlier skips it.'),
  })
  .refine(({ min, max, equals }) => min !== undefined || max !== undefined || equals !== undefined, {
    message: 'needs at least one of min, max and equals',
  });

const situationSchema = z.strictObject({
  title: z.string().min(1).describe('One line that says what the scenario shows.'),
  description: z.string().default('').describe('A paragraph for whoever runs it.'),
  seed: z.int().min(0).max(0xffffffff).default(1).describe('Decides all chance: the same seed gives the same bytes.'),
  start: z.iso.datetime().describe('The instant the scenario begins, in UTC: 2026-03-02T08:00:00Z.'),
  duration: durationSchema.default('10h'),
  office: officeSchema.prefault({}).describe('How many people and devices there are.'),
  people: peopleSchema.default([]).describe('The people whose day is written down; the others are generated.'),
  router: routerSchema
    .extend({ clock: clockSchema.prefault({}).describe("The router's clock.") })
    .prefault({})
    .describe('The NAT router and exporter.'),
  collector: collectorSchema
    .extend({ clock: clockSchema.prefault({}).describe("The collector's clock.") })
    .prefault({})
    .describe('The flow collector.'),
  ntpServer: z
    .strictObject({
      offsetMs: z.number().default(0).describe('Milliseconds by which the server itself is wrong.'),
      driftPpm: z.number().default(0).describe('Parts per million the server gains.'),
    })
    .prefault({})
    .describe('The SNTP server both clocks ask.'),
  links: z
    .strictObject({
      export: linkSchema.prefault({}).describe('From the router to the collector.'),
      ntp: linkSchema.prefault({}).describe('Between the NTP server and each of its clients, either way.'),
    })
    .prefault({})
    .describe('What happens to datagrams on their way.'),
  variants: z
    .array(
      z.strictObject({
        name: z.string().min(1).describe('Names the variant in the report and in checks.'),
        set: z.record(z.string(), z.unknown()).describe('Keys that differ, as in --set: `router.clock.ntp: false`.'),
      }),
    )
    .default([])
    .describe('The same seed run several times with something changed.'),
  attributionQuestions: z
    .int()
    .min(0)
    .max(10_000)
    .default(200)
    .describe('How many times the collector is asked who used a public endpoint at an instant, drawn by the seed; 0 for never.'),
  checks: z.array(checkSchema).default([]).describe('What must hold for the scenario to pass.'),
});

/** One situation, as written in a file of `scenarios/`. Every key is described; `flowlab scenario schema` prints them. */
export const scenarioSchema = situationSchema.superRefine(({ checks, variants, office, router }, context) => {
  for (const { key, message } of refusalsOf(router.metering)) {
    context.addIssue({ code: 'custom', path: ['router', 'metering', key], message });
  }
  const obstacle = obstacleOf(router);
  if (obstacle !== undefined) {
    context.addIssue({ code: 'custom', path: ['router', 'exporting', obstacle.key], message: obstacle.message });
  }
  if (office.ipv6.mode.endsWith('ipv6-only') && !router.nat64.enabled) {
    const message = 'needs router.nat64.enabled: without it, who has IPv6 alone reaches no IPv4 server';
    context.addIssue({ code: 'custom', path: ['office', 'ipv6', 'mode'], message });
  }
  const names = variants.map(({ name }) => name);
  for (const [index, { variant }] of checks.entries()) {
    if (variant === undefined || names.includes(variant)) continue;
    const known = names.length === 0 ? 'there are none' : `known are ${names.join(', ')}`;
    context.addIssue({ code: 'custom', path: ['checks', index, 'variant'], message: `is not the name of a variant: ${known}` });
  }
});

export type Scenario = z.output<typeof scenarioSchema>;
/** As written: defaults may be left out. */
export type ScenarioInput = z.input<typeof scenarioSchema>;
export type ClockConfig = z.output<typeof clockSchema>;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a text that `durationSchema` accepts. */
export function parseDuration(text: string): number {
  const [, amount, unit] = /^([\d.]+)([a-z]+)$/.exec(durationSchema.parse(text)) as unknown as [string, string, string];
  return Math.round(Number(amount) * (UNIT_MS[unit] as number));
}
