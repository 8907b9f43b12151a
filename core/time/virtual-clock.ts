import { after, trueNs, wallNs, type DurationNs, type TrueNs, type UptimeNs, type WallNs } from './instant.ts';

/** How a clock is set and how its oscillator behaves before anybody corrects it. */
export interface VirtualClockOptions {
  /** Error of the wall clock at the scenario's epoch: positive is fast. */
  readonly offsetNs?: DurationNs;
  /** Error of the oscillator in parts per million: positive gains time. */
  readonly driftPpm?: number;
  /** How long the device has been on at the scenario's epoch; 0 unless told. */
  readonly uptimeNs?: DurationNs;
}

/** From `since` on, the wall clock showed `wallAt` and gained `rate` nanoseconds for each true nanosecond. */
export interface ClockSegment {
  readonly since: TrueNs;
  readonly wallAt: WallNs;
  readonly rate: number;
}

/**
 * A device's wall clock as a piecewise linear function of true time. Steps and slews append segments, so the history of
 * the clock's error is itself ground truth: `history` is what a judge reads.
 */
export class VirtualClock {
  readonly #segments: ClockSegment[];
  readonly #driftPpm: number;
  readonly #uptimeNs: DurationNs;
  #correctionPpm = 0;
  #slew: { readonly until: TrueNs; readonly ppm: number } | undefined;

  constructor(options: VirtualClockOptions = {}) {
    this.#driftPpm = options.driftPpm ?? 0;
    this.#uptimeNs = options.uptimeNs ?? 0;
    this.#segments = [{ since: trueNs(0), wallAt: wallNs(options.offsetNs ?? 0), rate: this.#rate() }];
  }

  /** Every segment so far, oldest first; never empty. */
  get history(): readonly ClockSegment[] {
    return this.#segments;
  }

  /** The frequency correction in force, in parts per million. */
  get frequencyCorrectionPpm(): number {
    return this.#correctionPpm;
  }

  /** What the wall clock shows at `now`, which may lie anywhere in the clock's history. */
  read(now: TrueNs): WallNs {
    const segments = this.#segments;
    let index = segments.length - 1;
    while (index > 0 && (segments[index] as ClockSegment).since > now) index--;
    return readSegment(segments[index] as ClockSegment, now);
  }

  /** How long the device has been on, by its oscillator: no step, slew or correction of the wall clock touches it. */
  uptime(now: TrueNs): UptimeNs {
    return Math.round(this.#uptimeNs + now * (1 + this.#driftPpm / 1e6)) as UptimeNs;
  }

  /** The clock's error at `now`: positive is fast. */
  errorNs(now: TrueNs): DurationNs {
    return this.read(now) - now;
  }

  /** The first instant from `now` on at which the clock will show `wall`, if nobody touches it before; `now` if it already did. */
  trueAt(now: TrueNs, wall: WallNs): TrueNs {
    const segments = this.#segments;
    let at = now;
    for (let index = 0; index < segments.length; index++) {
      const segment = segments[index] as ClockSegment;
      const next = segments[index + 1];
      if (next !== undefined && next.since <= now) continue;
      at = trueNs(Math.max(now, segment.since));
      const wait = Math.ceil((wall - readSegment(segment, at)) / segment.rate);
      if (wait <= 0) return at;
      if (next === undefined || at + wait < next.since) return after(at, wait);
    }
    return at;
  }

  /** Sets the wall clock forward (positive) or back at once. */
  step(now: TrueNs, byNs: DurationNs): void {
    this.#cutAt(now);
    this.#slew = undefined;
    this.#append(now, wallNs(this.read(now) + byNs));
  }

  /** Corrects the clock by `byNs` without a step, at no more than `maxPpm`; a later correction replaces this one. */
  slew(now: TrueNs, byNs: DurationNs, maxPpm: number): void {
    this.#cutAt(now);
    const durationNs = Math.ceil((Math.abs(byNs) / maxPpm) * 1e6);
    if (durationNs === 0) {
      // Nothing to correct, yet a slew that was under way ends here.
      this.#slew = undefined;
      return this.#append(now, this.read(now));
    }
    this.#slew = { until: after(now, durationNs), ppm: (byNs / durationNs) * 1e6 };
    this.#append(now, this.read(now));
    const end = this.#slew.until;
    const wallAtEnd = this.read(end);
    this.#slew = undefined;
    this.#append(end, wallAtEnd);
  }

  /** Adds `ppm` to the frequency correction. */
  adjustFrequency(now: TrueNs, ppm: number): void {
    this.#cutAt(now);
    this.#correctionPpm += ppm;
    this.#slew = undefined;
    this.#append(now, this.read(now));
  }

  #rate(): number {
    return 1 + (this.#driftPpm + this.#correctionPpm + (this.#slew?.ppm ?? 0)) / 1e6;
  }

  /** Forgets planned segments that begin after `now`. */
  #cutAt(now: TrueNs): void {
    while (this.#segments.length > 1 && (this.#segments.at(-1) as ClockSegment).since > now) this.#segments.pop();
  }

  #append(since: TrueNs, wallAt: WallNs): void {
    if ((this.#segments.at(-1) as ClockSegment).since === since) this.#segments.pop();
    this.#segments.push({ since, wallAt, rate: this.#rate() });
  }
}

const readSegment = (segment: ClockSegment, now: TrueNs): WallNs =>
  wallNs(Math.round(segment.wallAt + (now - segment.since) * segment.rate));
