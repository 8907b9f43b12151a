import { NS_PER_MS, NS_PER_S, trueNs } from '../../core/time/instant.ts';
import type { ClockSegment, VirtualClock } from '../../core/time/virtual-clock.ts';
import { TimeWorld, type Device, type DeviceOptions } from './time-world.ts';
import type { TimeWorldOptions } from './time-world.ts';

/** One client, its server, and from which second on its errors count. */
export interface Situation extends DeviceOptions, Pick<TimeWorldOptions, 'start' | 'server'> {
  readonly seconds: number;
  readonly countFromS: number;
}

/** Errors of a clock against the server's, each second: offsets in seconds, frequencies as fractions. */
export interface Outcome {
  readonly rmsOffsetS: number;
  readonly maxOffsetS: number;
  readonly meanOffsetS: number;
  /** Of the clock's own rate, slews in progress included: what clknetsim calls frequency. */
  readonly rmsFrequency: number;
  readonly maxFrequency: number;
  /** Of the oscillator's frequency as the client has estimated it: what chrony's tracking calls frequency. */
  readonly rmsEstimate: number;
  /** The first second from which the error stays below 1 ms; infinite when there is none. */
  readonly syncS: number;
  readonly asked: number;
  readonly answered: number;
}

const SYNC_NS = NS_PER_MS;

/** Lives through a situation and says how well its clock was kept. */
export function runSituation({ seconds, countFromS, start, server, ...device }: Situation, seed: number): Outcome {
  const world = new TimeWorld({ seed, start, server, devices: [device] });
  world.run(trueNs(seconds * NS_PER_S));
  return outcomeOf(world, world.devices[0] as Device, seconds, countFromS);
}

export function outcomeOf({ server, serverClock }: TimeWorld, device: Device, seconds: number, countFromS: number): Outcome {
  const clock = new Walk(device.clock, seconds);
  const oscillator = new Walk(device.untouched(), seconds);
  let [sum, squares, most, lastWrongS, ratesSquared, fastest, estimatesSquared, correction] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let second = 1; second <= seconds; second++) {
    const now = trueNs(second * NS_PER_S);
    clock.go(now);
    oscillator.go(now);
    while ((device.corrections[correction + 1]?.at ?? Infinity) < now) correction++;
    const errorNs = clock.errorNs(now) - serverClock.errorNs(now);
    if (Math.abs(errorNs) >= SYNC_NS) lastWrongS = second;
    if (second < countFromS) continue;
    sum += errorNs;
    squares += errorNs ** 2;
    most = Math.max(most, Math.abs(errorNs));
    ratesSquared += clock.frequency ** 2;
    fastest = Math.max(fastest, Math.abs(clock.frequency));
    estimatesSquared += (oscillator.frequency + (device.corrections[correction]?.ppm ?? 0) / 1e6) ** 2;
  }
  const counted = seconds - Math.max(1, countFromS) + 1;
  return {
    rmsOffsetS: Math.sqrt(squares / counted) / NS_PER_S,
    maxOffsetS: most / NS_PER_S,
    meanOffsetS: sum / counted / NS_PER_S,
    rmsFrequency: Math.sqrt(ratesSquared / counted),
    maxFrequency: fastest,
    rmsEstimate: Math.sqrt(estimatesSquared / counted),
    syncS: lastWrongS === seconds ? Infinity : lastWrongS + 1,
    asked: device.asked,
    answered: server.counters.responded,
  };
}

/** A clock's history from its beginning to its end, without a search for each second. */
class Walk {
  readonly #segments: readonly ClockSegment[];
  #index = 0;

  constructor(clock: VirtualClock, seconds: number) {
    this.#segments = clock.historyUntil(trueNs(seconds * NS_PER_S));
  }

  /** To the segment that ends at `now` or later: what happens at `now` has not happened yet. */
  go(now: number): void {
    while ((this.#segments[this.#index + 1]?.since ?? Infinity) < now) this.#index++;
  }

  errorNs(now: number): number {
    const { since, wallAt, rate } = this.#segment;
    return wallAt - since + (now - since) * (rate - 1);
  }

  get frequency(): number {
    return this.#segment.rate - 1;
  }

  get #segment(): ClockSegment {
    return this.#segments[this.#index] as ClockSegment;
  }
}
