import { evaluatorOf, type Expression } from '../../core/random/expression.ts';
import type { Random } from '../../core/random/random.ts';
import { ClockEvents, randomSteps, stepsEachSecond, type ClockEvent } from '../../core/time/clock-events.ts';
import { NS_PER_MS, NS_PER_S, NS_PER_US, trueNs, wallNs, type Epoch, type TrueNs, type WallNs } from '../../core/time/instant.ts';
import type { LeapSecond } from '../../core/time/leap-second.ts';
import { Oscillator } from '../../core/time/oscillator.ts';
import { Reading } from '../../core/time/reading.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import type { DeviceClockConfig, OscillatorConfig } from '../scenario/clock.ts';
import { parseDuration } from '../scenario/duration.ts';

const DAY_S = 86_400;

/** The clock as the scenario tells it; the same stream of chance makes the same clock again. */
export function deviceClock(config: DeviceClockConfig, epoch: Epoch, random: Random): VirtualClock {
  const { offsetMs, uptimeOscillator, uptime, readingNoiseUs, resolutionUs } = config;
  const oscillator = oscillatorOf(config, epoch, random.fork('oscillator'));
  const resolutionNs = Math.max(1, Math.round(resolutionUs * NS_PER_US));
  const isExact = readingNoiseUs === 0 && resolutionNs === 1;
  return new VirtualClock({
    offsetNs: Math.round(offsetMs * NS_PER_MS),
    oscillator,
    uptimeOscillator: uptimeOscillator && oscillatorOf(uptimeOscillator, epoch, random.fork('uptime')),
    uptimeNs: parseDuration(uptime) * NS_PER_MS,
    events: eventsOf(config, epoch, random),
    leapSecond: config.leapSecond && leapSecondOf(config.leapSecond, epoch),
    reading: isExact
      ? undefined
      : new Reading(random.fork('reading').int(0, 0xffffffff), readingNoiseUs * NS_PER_US, resolutionNs),
  });
}

/** When the device starts again, in the order of time. */
export const rebootsOf = ({ reboots }: DeviceClockConfig): TrueNs[] =>
  reboots.map(({ after }) => instantOf(after)).sort((a, b) => a - b);

const instantOf = (after: string): TrueNs => trueNs(parseDuration(after) * NS_PER_MS);

function oscillatorOf(config: OscillatorConfig, epoch: Epoch, random: Random): Oscillator {
  const { driftPpm, ageingPpmPerDay, wanderPpm, temperature, frequencyPpm } = config;
  return new Oscillator({
    driftPpm,
    ageingPpmPerDay,
    wanderPpm,
    temperature: temperature && {
      ...temperature,
      warmestAtS: temperature.warmestAtHour * 3_600 - ((epoch.unixMs / 1_000) % DAY_S),
    },
    frequencyPpm: frequencyPpm === undefined ? undefined : eachSecond(frequencyPpm, random.fork('frequency')),
    random,
  });
}

function eventsOf(config: DeviceClockConfig, epoch: Epoch, random: Random): ClockEvents | undefined {
  const { steps, randomSteps: byChance, stepMs, reboots } = config;
  const scheduled: ClockEvent[] = [
    ...steps.map(({ after, byMs }) => ({ at: instantOf(after), stepNs: Math.round(byMs * NS_PER_MS) })),
    ...reboots.map(({ after, wallClock }) => {
      const at = instantOf(after);
      return { at, reboot: { wall: wallClock === 'rtc' ? realTimeClock(config, epoch, at) : undefined } };
    }),
  ].sort((a, b) => a.at - b.at);
  const sources: Iterable<ClockEvent>[] = scheduled.length === 0 ? [] : [scheduled];
  if (byChance !== undefined) {
    sources.push(randomSteps(random.fork('random-steps'), byChance.meanIntervalS, byChance.deviationMs * NS_PER_MS));
  }
  if (stepMs !== undefined) {
    const stepMsAt = eachSecond(stepMs, random.fork('step'));
    sources.push(stepsEachSecond((second) => stepMsAt(second) * NS_PER_MS));
  }
  return sources.length === 0 ? undefined : new ClockEvents(sources);
}

function eachSecond(expression: Expression, random: Random): (second: number) => number {
  const evaluate = evaluatorOf(expression, random);
  return (time) => evaluate({ time });
}

/** It counts whole seconds since 1970. */
function realTimeClock({ rtc }: DeviceClockConfig, epoch: Epoch, at: TrueNs): WallNs {
  const fractionNs = (epoch.unixMs % 1_000) * NS_PER_MS;
  const exactNs = at * (1 + rtc.driftPpm / 1e6) + rtc.offsetMs * NS_PER_MS;
  return wallNs(Math.floor((exactNs + fractionNs) / NS_PER_S) * NS_PER_S - fractionNs);
}

function leapSecondOf({ day, kind, smeared }: NonNullable<DeviceClockConfig['leapSecond']>, epoch: Epoch): LeapSecond {
  const midnightNs = (Date.parse(day) - epoch.unixMs) * NS_PER_MS + DAY_S * NS_PER_S;
  return kind === 'inserted'
    ? { wall: wallNs(midnightNs), stepNs: -NS_PER_S, smeared }
    : { wall: wallNs(midnightNs - (smeared ? 0 : NS_PER_S)), stepNs: NS_PER_S, smeared };
}
