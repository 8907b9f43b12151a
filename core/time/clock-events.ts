import type { Random } from '../random/random.ts';
import { NS_PER_S, trueNs, type DurationNs, type TrueNs, type WallNs } from './instant.ts';

/** Something that befalls a clock at an instant, whatever it shows. */
export interface ClockEvent {
  readonly at: TrueNs;
  /** The wall clock jumps by this. */
  readonly stepNs?: DurationNs;
  /** The device starts again: its uptime from 0, its corrections forgotten, its wall clock at `wall` where that is told. */
  readonly reboot?: { readonly wall?: WallNs | undefined };
}

/** Events of several sources in the order of time. They are drawn once and remembered, so asking changes nothing. */
export class ClockEvents {
  readonly #sources: Iterator<ClockEvent, unknown>[];
  readonly #heads: (ClockEvent | undefined)[];
  readonly #events: ClockEvent[] = [];

  /** Each source gives its events in the order of time; at one instant the first source comes first. */
  constructor(sources: readonly Iterable<ClockEvent>[]) {
    this.#sources = sources.map((source) => source[Symbol.iterator]());
    this.#heads = this.#sources.map(draw);
  }

  /** The event of that number, or `undefined` when there are no more. */
  get(index: number): ClockEvent | undefined {
    while (this.#events.length <= index) {
      const next = this.#next();
      if (next === undefined) return undefined;
      this.#events.push(next);
    }
    return this.#events[index];
  }

  #next(): ClockEvent | undefined {
    let earliest = 0;
    for (let source = 1; source < this.#heads.length; source++) {
      if ((this.#heads[source]?.at ?? Infinity) < (this.#heads[earliest]?.at ?? Infinity)) earliest = source;
    }
    const event = this.#heads[earliest];
    if (event !== undefined) this.#heads[earliest] = draw(this.#sources[earliest] as Iterator<ClockEvent, unknown>);
    return event;
  }
}

/** Steps at random: their instants are a Poisson process, their sizes normally distributed around 0. */
export function* randomSteps(random: Random, meanIntervalS: number, deviationNs: DurationNs): Generator<ClockEvent, never> {
  for (let atS = random.exponential(meanIntervalS); ; atS += random.exponential(meanIntervalS)) {
    yield { at: trueNs(Math.round(atS * NS_PER_S)), stepNs: Math.round(random.normal(0, deviationNs)) };
  }
}

/** A step each second, as large as `stepNs` says: clknetsim's `step`. */
export function* stepsEachSecond(stepNs: (second: number) => DurationNs): Generator<ClockEvent, never> {
  for (let second = 0; ; second++) yield { at: trueNs(second * NS_PER_S), stepNs: Math.round(stepNs(second)) };
}

function draw(source: Iterator<ClockEvent, unknown>): ClockEvent | undefined {
  const { done, value } = source.next();
  return done === true ? undefined : (value as ClockEvent);
}
