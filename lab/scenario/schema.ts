import { z } from 'zod';
import { collectorSchema } from '../../collector/config.ts';
import { timeOfDaySchema } from '../../exporter/office/activity-fields.ts';
import { linkSchema } from '../faults/link.ts';
import { clockSchema, namedServedClockSchema, servedClockSchema } from './clock.ts';
import { damageSchema } from './damage-schema.ts';
import { durationSchema } from './duration.ts';
import { isDamageMetric, METRICS } from './metrics.ts';
import { MAX_NTP_SERVERS, ntpServerMistakes } from './ntp-servers.ts';
import { siteMistakes } from './site-mistakes.ts';
import { HEADQUARTERS, SITE_PARTS, sitesSchema } from './site-schema.ts';
import { isEncoding, TELLINGS } from './tellings.ts';

const checkSchema = z
  .strictObject({
    name: z.string().min(1).describe('What must hold, in words.'),
    metric: z.enum(Object.keys(METRICS) as [keyof typeof METRICS]).describe('The number that is looked at.'),
    min: z.number().optional().describe('The least it may be.'),
    max: z.number().optional().describe('The most it may be.'),
    equals: z.number().optional().describe('What it must be.'),
    variant: z.string().optional().describe('The variant it is about; without it, the last.'),
    site: z.string().optional().describe('The site it is about; without it, all of them together.'),
    told: z
      .enum(TELLINGS)
      .optional()
      .describe(
        'How the times are told: had there been no NTP, corrected by the collector, or as an encoding tells them; without it, as they are stored. For what wrong times do: wrongHourOctets, inversions and the like.',
      ),
    from: timeOfDaySchema
      .optional()
      .describe('The UTC time of day, HH:MM, before which it cannot hold: a run that ends earlier skips it.'),
  })
  .refine(({ told, metric }) => told === undefined || isDamageMetric(metric), {
    path: ['told'],
    message: 'is only for what wrong times do, which this metric is not about',
  })
  .refine(({ told, metric }) => told === undefined || metric !== 'inversionsAcross' || !isEncoding(told), {
    path: ['told'],
    message: 'must be without-ntp or corrected for what two devices tell',
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
  ...SITE_PARTS,
  sites: sitesSchema,
  collector: collectorSchema
    .extend({ clock: clockSchema.prefault({}).describe("The collector's clock.") })
    .prefault({})
    .describe('The flow collector.'),
  ntpServer: servedClockSchema
    .optional()
    .describe(
      'The SNTP server all clocks ask: how its clock goes, and what is wrong with what it says. Without it, a right one.',
    ),
  ntpServers: z
    .array(namedServedClockSchema)
    .min(1)
    .max(MAX_NTP_SERVERS)
    .optional()
    .describe('In place of ntpServer: several servers, all of which each clock asks. The majority is believed.'),
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
  damage: damageSchema.prefault({}).describe('What the damage that wrong clocks do is measured against.'),
  checks: z.array(checkSchema).default([]).describe('What must hold for the scenario to pass.'),
});

/** One situation, as written in a file of `scenarios/`. Every key is described; `flowlab scenario schema` prints them. */
export const scenarioSchema = situationSchema.superRefine((scenario, context) => {
  const { checks, variants, sites, damage } = scenario;
  for (const { path, message } of [...siteMistakes(scenario), ...ntpServerMistakes(scenario)])
    context.addIssue({ code: 'custom', path, message });
  const variantNames = variants.map(({ name }) => name);
  const siteNames = [HEADQUARTERS, ...sites.map(({ name }) => name)];
  for (const [index, { variant, site, told }] of checks.entries()) {
    if (!damage.encodings && told !== undefined && isEncoding(told)) {
      const message = 'is not worked out: damage.encodings is false';
      context.addIssue({ code: 'custom', path: ['checks', index, 'told'], message });
    }
    const refuse = (key: 'variant' | 'site', known: readonly string[]): void => {
      const which = known.length === 0 ? 'there are none' : `known are ${known.join(', ')}`;
      context.addIssue({ code: 'custom', path: ['checks', index, key], message: `is not the name of a ${key}: ${which}` });
    };
    if (variant !== undefined && !variantNames.includes(variant)) refuse('variant', variantNames);
    if (site !== undefined && !siteNames.includes(site)) refuse('site', siteNames);
  }
});

export type Scenario = z.output<typeof situationSchema>;
/** As written: defaults may be left out. */
export type ScenarioInput = z.input<typeof scenarioSchema>;
