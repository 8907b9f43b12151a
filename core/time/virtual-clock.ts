import type { ClockEvents } from './clock-events.ts';
import { Corrections, type Correction } from './corrections.ts';
import { after, trueNs, wallNs, type DurationNs, type TrueNs, type UptimeNs, type WallNs } from './instant.ts';
import { leapInstant, smearBorder, smearPpm, type LeapSecond } from './leap-second.ts';
import { Oscillator } from './oscillator.ts';
import type { Reading } from './reading.ts';
import { Segments, type ClockSegment } from './segments.ts';
import { UptimeCounter } from './uptime-counter.ts';

export type { ClockSegment } from './segments.ts';

/** How a clock is set and how its oscillator behaves before anybody corrects it. */
export interface VirtualClockOptions {
  /** Error of the wall clock at the scenario's epoch: positive is fast. */
  readonly offsetNs?: DurationNs;
  /** Error of the oscillator in parts per million: positive gains time. For more than that there is `oscillator`. */
  readonly driftPpm?: number;
  readonly oscillator?: Oscillator | undefined;
  /** Whose beats `uptime` counts; the wall clock's oscillator unless told. */
  readonly uptimeOscillator?: Oscillator | undefined;
  /** How long the device has been on at the scenario's epoch; 0 unless told. */
  readonly uptimeNs?: DurationNs;
  /** Steps and reboots. */
  readonly events?: ClockEvents | undefined;
  readonly leapSecond?: LeapSecond | undefined;
  /** What lies between the clock and who reads it. */
  readonly reading?: Reading | undefined;
}

const NEVER = Infinity as TrueNs;

/**
 * A device's wall clock as a piecewise linear function of true time. Pieces of the oscillator, events and corrections append
 * segments as far as somebody asks, so the history of the clock's error is itself ground truth: it is what a judge reads.
 */
export class VirtualClock {
  readonly #wall = new Segments();
  readonly #corrections = new Corrections();
  readonly #oscillator: Oscillator;
  readonly #uptime: UptimeCounter;
  readonly #events: ClockEvents | undefined;
  #leap: LeapSecond | undefined;
  readonly #leapsByItself: boolean;
  readonly #reading: Reading | undefined;
  /** The first event that has not happened by the end of the last segment. */
  #event = 0;
  #leaptAt = NEVER;
  /** When the last segment ends. */
  #until: TrueNs;

  constructor(options: VirtualClockOptions = {}) {
    this.#oscillator = options.oscillator ?? new Oscillator({ driftPpm: options.driftPpm ?? 0 });
    this.#events = options.events;
    this.#leap = options.leapSecond;
    this.#leapsByItself = options.leapSecond !== undefined;
    this.#reading = options.reading;
    this.#uptime = new UptimeCounter(options.uptimeOscillator ?? this.#oscillator, options.events, options.uptimeNs ?? 0);
    this.#wall.append(trueNs(0), options.offsetNs ?? 0, this.#rateAt(trueNs(0)));
    this.#until = this.#endOf(trueNs(0));
  }

  /** Every segment as far as the clock was asked about, oldest first; never empty. */
  get history(): readonly ClockSegment[] {
    return this.#wall.list();
  }

  /** `history` of at least the time up to `end`, if nobody touches the clock before. */
  historyUntil(end: TrueNs): readonly ClockSegment[] {
    this.#reach(end);
    return this.history;
  }

  /** The frequency correction in force, in parts per million. */
  get frequencyCorrectionPpm(): number {
    return this.#corrections.last.frequencyPpm;
  }

  /** How far a reading can lie from what the clock showed: below it by up to `slowNs`, above by up to `fastNs`. */
  get readingErrorNs(): { readonly slowNs: DurationNs; readonly fastNs: DurationNs } {
    return { slowNs: this.#reading?.mostSlowNs ?? 0, fastNs: this.#reading?.mostFastNs ?? 0 };
  }

  /** The steps in which it is read. */
  get resolutionNs(): DurationNs {
    return this.#reading?.resolutionNs ?? 1;
  }

  /** What a device reads at `now`, which may lie anywhere in the clock's history: with its reading noise and resolution. */
  read(now: TrueNs): WallNs {
    const exact = this.#exact(now);
    return this.#reading === undefined ? exact : this.#reading.of(now, exact);
  }

  /** How long the device has been on, by its oscillator: no step, slew or correction of the wall clock touches it. */
  uptime(now: TrueNs): UptimeNs {
    return this.#uptime.read(now);
  }

  /** The clock's error at `now`, without what is lost in reading: positive is fast. */
  errorNs(now: TrueNs): DurationNs {
    return this.#exact(now) - now;
  }

  /** The first instant from `now` on at which the clock will show `wall`, if nobody touches it before; `now` if it already did. */
  trueAt(now: TrueNs, wall: WallNs): TrueNs {
    this.#reach(now);
    for (let index = this.#wall.indexAt(now); ;) {
      const at = trueNs(Math.max(now, this.#wall.since(index)));
      const wait = Math.ceil((wall - this.#wall.readBy(index, at)) / this.#wall.rate(index));
      if (wait <= 0) return at;
      const isLast = index === this.#wall.length - 1;
      if (at + wait < (isLast ? this.#until : this.#wall.since(index + 1))) return after(at, wait);
      if (isLast) this.#continue(this.#until);
      // What follows may be more of the same segment.
      if (index < this.#wall.length - 1) index++;
    }
  }

  /** Sets the wall clock forward (positive) or back at once. */
  step(now: TrueNs, byNs: DurationNs): void {
    this.#return(now);
    this.#correct({ since: now, frequencyPpm: this.frequencyCorrectionPpm }, byNs);
  }

  /** Corrects the clock by `byNs` without a step, at no more than `maxPpm`; a later correction replaces this one. */
  slew(now: TrueNs, byNs: DurationNs, maxPpm: number): void {
    this.#return(now);
    const durationNs = Math.ceil((Math.abs(byNs) / maxPpm) * 1e6);
    const until = after(now, durationNs);
    // With nothing to correct, a slew that was under way ends here all the same.
    const slew = durationNs === 0 ? undefined : { ppm: (byNs / durationNs) * 1e6, until };
    this.#correct({ since: now, frequencyPpm: this.frequencyCorrectionPpm, slew });
    if (slew !== undefined && this.#until === until) this.#continue(until);
  }

  /** Adds `ppm` to the frequency correction. */
  adjustFrequency(now: TrueNs, ppm: number): void {
    this.#return(now);
    this.#correct({ since: now, frequencyPpm: this.frequencyCorrectionPpm + ppm });
  }

  /**
   * The clock is to take this leap second when it comes to it, or none, as a kernel is told by STA_INS and STA_DEL. It takes none twice,
   * however late it is announced; one that knows of a leap second by itself needs nobody to tell it.
   */
  expectLeap(now: TrueNs, leap: LeapSecond | undefined): void {
    if (this.#leapsByItself || leap?.wall === this.#leap?.wall) return;
    this.#return(now);
    // What was taken is remembered, for fear of an announcement that goes on.
    if (leap !== undefined || this.#leaptAt === NEVER) {
      this.#leap = leap;
      this.#leaptAt = NEVER;
    }
    this.#until = this.#endOf(now);
  }

  #exact(now: TrueNs): WallNs {
    if (now >= this.#until) this.#reach(now);
    return wallNs(this.#wall.read(now));
  }

  #reach(now: TrueNs): void {
    while (now >= this.#until) this.#continue(this.#until);
  }

  /** Goes back to `now`: what was planned after it is forgotten, and will come again unless a correction changes it. */
  #return(now: TrueNs): void {
    this.#reach(now);
    this.#wall.cutAfter(now);
    this.#corrections.cutAfter(now);
    while ((this.#events?.get(this.#event - 1)?.at ?? -Infinity) > now) this.#event--;
    if (this.#leaptAt > now) this.#leaptAt = NEVER;
  }

  #correct(correction: Correction, stepNs: DurationNs = 0): void {
    const now = correction.since;
    this.#corrections.add(correction);
    this.#wall.append(now, this.#wall.read(now) + stepNs, this.#rateAt(now));
    this.#until = this.#endOf(now);
  }

  /** The last segment ends at `at`: what comes then is appended, or it goes on if that is the same. */
  #continue(at: TrueNs): void {
    const shown = this.#wall.read(at);
    let wall = shown;
    if (at === this.#leapAt()) {
      wall += this.#leap?.stepNs ?? 0;
      this.#leaptAt = at;
    }
    for (let event = this.#events?.get(this.#event); event?.at === at; event = this.#events?.get(++this.#event)) {
      if (event.reboot !== undefined) {
        this.#corrections.add({ since: at, frequencyPpm: 0 });
        wall = event.reboot.wall ?? wall;
      }
      wall += event.stepNs ?? 0;
    }
    const rate = this.#rateAt(at);
    if (wall !== shown || rate !== this.#wall.rate(this.#wall.length - 1)) this.#wall.append(at, wall, rate);
    this.#until = this.#endOf(at);
  }

  #rateAt(at: TrueNs): number {
    return 1 + (this.#corrections.on(this.#oscillator.ppmAt(at), at) + smearPpm(this.#leap, at)) / 1e6;
  }

  /** Until when nothing changes of the last segment, which is in force at `at`. */
  #endOf(at: TrueNs): TrueNs {
    const event = this.#events?.get(this.#event)?.at ?? NEVER;
    const smear = smearBorder(this.#leap, at);
    return trueNs(Math.min(this.#oscillator.pieceEnd(at), this.#corrections.slewEnd(at), event, this.#leapAt(), smear));
  }

  /** When the last segment comes to the leap second, unless that is past. */
  #leapAt(): TrueNs {
    return this.#leap === undefined || this.#leaptAt !== NEVER ? NEVER : leapInstant(this.#leap, this.#wall);
  }
}
