import { z } from 'zod';
import { checkServedTime, servedTimeFields } from '../../ntp-server/config.ts';
import { CLOCK_PRESETS, type ClockPresetName } from './clock-presets.ts';
import { durationSchema } from './duration.ts';
import { expressionSchema } from './expression.ts';

/** clknetsim's limit: no clock runs backwards or at double speed. */
const MAX_PPM = 200_000;
const MAX_STEP_MS = 1e9;

const MAX_EVENTS = 10_000;

const after = durationSchema.describe("When, in true time from the scenario's start: 90m.");
const ppm = z.number().min(-MAX_PPM).max(MAX_PPM);
const degrees = z.number().min(-100).max(200);

const temperatureSchema = z.strictObject({
  meanC: degrees.default(25).describe('Degrees Celsius at the oscillator, mean of the day.'),
  dailyAmplitudeC: z.number().min(0).max(100).default(0).describe('Degrees by which the warmest hour is above the mean.'),
  warmestAtHour: z.number().min(0).max(24).default(15).describe('UTC hour of the day at which it is warmest.'),
  turnoverC: degrees.default(25).describe('Degrees at which the oscillator has its nominal frequency.'),
  linearPpmPerC: z.number().min(-100).max(100).default(0).describe('Parts per million gained for each degree above that.'),
  parabolicPpmPerC2: z
    .number()
    .min(-10)
    .max(10)
    .default(0)
    .describe('Parts per million for the square of the degrees away from that; about -0.034 for a tuning-fork crystal.'),
});

const OSCILLATOR = {
  driftPpm: ppm.default(0).describe('Parts per million the oscillator gains; negative loses.'),
  ageingPpmPerDay: z.number().min(-1_000).max(1_000).default(0).describe('Parts per million the drift grows by in a day.'),
  wanderPpm: z
    .number()
    .min(0)
    .max(1_000)
    .default(0)
    .describe(
      'Random walk of the frequency: its standard deviation in parts per million after a second, growing with the root of time.',
    ),
  temperature: temperatureSchema
    .optional()
    .describe('How the temperature of the day changes the frequency; without it, not at all.'),
  frequencyPpm: expressionSchema(['time'], -MAX_PPM, MAX_PPM)
    .optional()
    .describe('Further parts per million: a number or an expression, asked every second.'),
};

const oscillatorSchema = z.strictObject(OSCILLATOR);

const rebootSchema = z.strictObject({
  after,
  wallClock: z
    .enum(['goes-on', 'rtc'])
    .default('goes-on')
    .describe('Whether the wall clock goes on, or is set by the real-time clock, to whole seconds.'),
});

const DEVICE_CLOCK = {
  preset: z
    .enum(Object.keys(CLOCK_PRESETS) as [ClockPresetName])
    .optional()
    .describe('A kind of clock; what is written wins over it, field by field.'),
  offsetMs: z
    .number()
    .min(-8e9)
    .max(8e9)
    .default(0)
    .describe("Milliseconds the clock is fast at the scenario's start; negative is slow."),
  ...OSCILLATOR,
  uptimeOscillator: oscillatorSchema
    .optional()
    .describe('The oscillator of the uptime where it has its own; without it, that of the wall clock.'),
  uptime: durationSchema
    .default('0s')
    .describe(
      "How long the device has been on at the scenario's start, such as 49d; 32 bits of milliseconds begin anew after 49.7 days.",
    ),
  readingNoiseUs: z
    .number()
    .min(0)
    .max(1e6)
    .default(0)
    .describe('Standard deviation of what a device reads around what its clock shows, in microseconds: white noise.'),
  resolutionUs: z
    .number()
    .min(0.001)
    .max(1e7)
    .default(0.001)
    .describe('Microseconds by which a reading advances at once; it is rounded down.'),
  steps: z
    .array(
      z.strictObject({ after, byMs: z.number().min(-MAX_STEP_MS).max(MAX_STEP_MS).describe('Milliseconds, negative is back.') }),
    )
    .max(MAX_EVENTS)
    .default([])
    .describe('Jumps of the wall clock.'),
  randomSteps: z
    .strictObject({
      meanIntervalS: z.number().min(1).max(1e7).describe('Seconds from one to the next in the mean, exponentially distributed.'),
      deviationMs: z.number().min(0).max(MAX_STEP_MS).describe('Standard deviation of their size around 0, in milliseconds.'),
    })
    .optional()
    .describe('Jumps of the wall clock by chance.'),
  stepMs: expressionSchema(['time'], -MAX_STEP_MS, MAX_STEP_MS)
    .optional()
    .describe('Milliseconds of a jump every second: a number or an expression.'),
  reboots: z
    .array(rebootSchema)
    .max(MAX_EVENTS)
    .default([])
    .describe('The uptime begins again from 0, and what was learnt of the frequency is forgotten. The flow cache is left alone.'),
  rtc: z
    .strictObject({
      offsetMs: z.number().min(-8e9).max(8e9).default(0).describe("Milliseconds it is fast at the scenario's start."),
      driftPpm: ppm.default(0).describe('Parts per million it gains.'),
    })
    .prefault({})
    .describe('The real-time clock that counts through a reboot.'),
  leapSecond: z
    .strictObject({
      day: z.iso.date().describe('The UTC day at whose end it is, by the clock itself: 2026-06-30.'),
      kind: z.enum(['inserted', 'left-out']).default('inserted').describe('Whether 23:59:60 is added or 23:59:59 left out.'),
      smeared: z
        .boolean()
        .default(false)
        .describe('Whether the second is spread evenly from noon to noon instead of stepped, as public servers do.'),
    })
    .optional()
    .describe('A leap second; true time counts on without it.'),
};

/** The clock of a device nobody keeps. */
export const deviceClockSchema = z.preprocess(withPreset, z.strictObject(DEVICE_CLOCK));

const SERVED_CLOCK = { ...servedTimeFields, ...DEVICE_CLOCK };

/** The clock of an NTP server, and what it says of it. */
export const servedClockSchema = z.preprocess(withPreset, z.strictObject(SERVED_CLOCK).superRefine(checkServedTime));

/** The same of one of several. */
export const namedServedClockSchema = z.preprocess(
  withPreset,
  z
    .strictObject({
      name: z.string().min(1).max(64).optional().describe('What the report calls it; server-1, server-2 and so on without it.'),
      ...SERVED_CLOCK,
    })
    .superRefine(checkServedTime),
);

export const clockSchema = z.preprocess(
  withPreset,
  z.strictObject({
    ...DEVICE_CLOCK,
    ntp: z.boolean().default(true).describe('Whether an SNTP client keeps the clock.'),
    pollIntervalS: z.number().min(1).max(131_072).default(64).describe('Seconds between two SNTP requests.'),
  }),
);

export type OscillatorConfig = z.output<typeof oscillatorSchema>;
export type DeviceClockConfig = z.output<typeof deviceClockSchema>;
export type ServedClockConfig = z.output<typeof servedClockSchema>;
export type ClockConfig = z.output<typeof clockSchema>;

/** What is written over what the preset says; of the temperature each field by itself. What is no mapping is left to be refused. */
function withPreset(written: unknown): unknown {
  if (!isMapping(written) || !Object.hasOwn(CLOCK_PRESETS, String(written['preset']))) return written;
  const preset: Readonly<Record<string, unknown>> = CLOCK_PRESETS[written['preset'] as ClockPresetName];
  const temperature = written['temperature'];
  if (!isMapping(preset['temperature']) || !isMapping(temperature)) return { ...preset, ...written };
  return { ...preset, ...written, temperature: { ...preset['temperature'], ...temperature } };
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
