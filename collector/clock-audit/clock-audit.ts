import type { ClockReading } from './clock-reading.ts';
import { HEADER_QUANTUM_US, Stretch } from './stretch.ts';
import { UptimeClock } from './uptime-clock.ts';

const US_PER_MS = 1e3;
const PPM = 1e6;
/** A clock wanders: a straight line over more than an hour of the day says less, unless there are too few Messages for one. */
const HOUR_US = 3_600e6;
const STRETCH_MESSAGES = 600;
const MAX_STRETCH_US = 86_400e6;
/** Stretches kept: eight days of hours. */
const MAX_SEGMENTS = 192;
/** How far below the line Messages may lie by the second they are rounded to, and above it by chance. */
const FARTHEST_US = 1.2 * HEADER_QUANTUM_US;
const STEP_ABOVE_QUANTUM = 0.15;
const CLEARLY = 0.8;
const LEAST_DEPTHS = 16;
/** How many times further than usual, which is twice what five times the jitter is. */
const STEP_BEYOND_USUAL = 10;
const STEP_BEYOND_DEEPEST = 1.5;
/** A clock that went back and is where it was within a minute did not: the Messages were late. */
const STALL_US = 60e6;

/** What is known of an exporter's clock for a time. */
export interface ClockSegment {
  /** Microseconds since 1970 by the collector's clock: the first Message and the last. */
  readonly fromUs: number;
  readonly toUs: number;
  /** When the offset is that. */
  readonly atUs: number;
  /** Exporter's clock less collector's. What is true is higher by the shortest delay from that clock to the collector, which Messages alone cannot tell. */
  readonly offsetMs: number;
  /** How far the truth less that delay may lie off, either way, in 99 of 100 cases. */
  readonly boundMs: number;
  readonly driftPpm: number;
  readonly driftBoundPpm: number;
  readonly messages: number;
}

/** Why the clock is not known better. */
export type ClockDoubt =
  | 'too-few-messages'
  /** All leave at one fraction of the second, and which one is not told. */
  | 'fixed-phase'
  /** It runs at no constant rate. */
  | 'not-straight';

/** What is known of an exporter's clock. */
export interface ClockEstimate {
  /** At the last Message. */
  readonly now: ClockSegment;
  /** The offset that held longest. */
  readonly usualOffsetMs: number;
  readonly doubts: readonly ClockDoubt[];
  /** From the first to the last; the oldest are forgotten. */
  readonly segments: readonly ClockSegment[];
}

/** A stretch with the uptimes of its Messages. */
interface Stretched {
  readonly stretch: Stretch;
  readonly uptime: UptimeClock | undefined;
}

/** All that was known of a clock when it seemed to be set back. */
interface LeftClock extends Stretched {
  readonly atUs: number;
  readonly before: Stretched | undefined;
  /** Segments there were then, less those forgotten since. */
  segments: number;
  readonly standing: number;
}

/**
 * Estimates an exporter's clock against the collector's from its Messages alone. In every one `exportTime - receivedAt = offset - fraction - delay`
 * with both subtracted terms not below 0: a lower bound of the offset each, whose envelope is the clock. A clock that is set shows within two
 * Messages and begins another line. Memory does not grow with the Messages.
 */
export class ClockAudit {
  /** Times the clock was set, and times that turned out to be late Messages instead. */
  steps = 0;
  stalls = 0;
  /** Single Messages of another time than those around them. */
  strays = 0;
  /** Steps that were none of those. */
  standing = 0;
  #stretch: Stretch | undefined;
  #uptime: UptimeClock | undefined;
  /** The latest stretch that ended without a step: it holds until the next is better known. */
  #before: Stretched | undefined;
  /** What a step back ended, while that may have been late Messages. */
  #left: LeftClock | undefined;
  #suspect: { readonly reading: ClockReading; readonly side: number } | undefined;
  #returning = 0;
  readonly #segments: ClockSegment[] = [];

  get isEmpty(): boolean {
    return this.#stretch === undefined;
  }

  /** The reading is not kept, so that one object may serve for every Message. */
  add(reading: ClockReading): void {
    const stretch = (this.#stretch ??= new Stretch(reading.receivedAtUs));
    if (this.#hasReturned(reading)) return;
    const side = stretch.messages === 0 ? 0 : sideOf(stretch, reading);
    const suspect = this.#suspect;
    this.#suspect = undefined;
    if (side !== 0 && suspect?.side === side) return this.#step(suspect.reading, reading);
    if (suspect !== undefined && suspect.side > 0) this.strays++;
    if (side !== 0) return void (this.#suspect = { reading: { ...reading }, side });
    this.#rotate(reading);
    this.#take(reading);
  }

  /** `undefined` without Messages. */
  estimate(): ClockEstimate | undefined {
    const stretch = this.#stretch;
    if (stretch === undefined || stretch.messages === 0) return undefined;
    const { segment: now, by } = this.#known(stretch, this.#uptime);
    const segments = [...this.#segments, now];
    return { now, usualOffsetMs: usual(segments), doubts: doubtsOf(by, now), segments };
  }

  #take(reading: ClockReading): void {
    (this.#stretch as Stretch).add(reading);
    if (reading.uptimeMs === undefined) return;
    this.#uptime ??= new UptimeClock();
    if (this.#uptime.add(reading)) return;
    this.#uptime = new UptimeClock();
    this.#uptime.add(reading);
  }

  #step(first: ClockReading, second: ClockReading): void {
    const old = this.#stretch as Stretch;
    this.steps++;
    if (first.latestUs - first.receivedAtUs < old.lineAt(first.receivedAtUs) && !old.isYoung)
      this.#left ??= {
        stretch: old,
        uptime: this.#uptime,
        before: this.#before,
        atUs: first.receivedAtUs,
        segments: this.#segments.length,
        standing: this.standing,
      };
    this.standing++;
    this.#end();
    this.#before = undefined;
    this.#stretch = new Stretch(first.receivedAtUs);
    this.#take(first);
    this.#take(second);
  }

  /** Whether two Messages in a row are of the clock that seemed to have been set back: then it never was. */
  #hasReturned(reading: ClockReading): boolean {
    const left = this.#left;
    if (left === undefined) return false;
    if (reading.receivedAtUs - left.atUs > STALL_US) {
      this.#left = undefined;
      return false;
    }
    this.#returning = fits(left.stretch, reading) ? this.#returning + 1 : 0;
    if (this.#returning < 2) return false;
    this.stalls++;
    this.#returning = 0;
    this.#suspect = this.#left = undefined;
    this.standing = left.standing;
    this.#segments.splice(Math.max(0, left.segments));
    this.#stretch = left.stretch;
    this.#uptime = left.uptime;
    this.#before = left.before;
    this.#take(reading);
    return true;
  }

  #rotate({ receivedAtUs }: ClockReading): void {
    const stretch = this.#stretch as Stretch;
    const ageUs = receivedAtUs - stretch.fromUs;
    const isSameHour = Math.floor(receivedAtUs / HOUR_US) === Math.floor((receivedAtUs - ageUs) / HOUR_US);
    if (isSameHour || (stretch.messages < STRETCH_MESSAGES && ageUs < MAX_STRETCH_US)) return;
    this.#end();
    this.#before = { stretch, uptime: this.#uptime };
    this.#stretch = new Stretch(receivedAtUs);
    this.#uptime = undefined;
  }

  #end(): void {
    this.#segments.push(this.#known(this.#stretch as Stretch, this.#uptime).segment);
    if (this.#segments.length > MAX_SEGMENTS) {
      this.#segments.shift();
      if (this.#left !== undefined) this.#left.segments--;
    }
    this.#uptime = undefined;
  }

  /** By the stretch before while that tells it better. */
  #known(stretch: Stretch, uptime: UptimeClock | undefined): { segment: ClockSegment; by: Stretch } {
    const { fromUs, toUs, messages } = stretch;
    const own = { by: stretch, ...stretch.at(toUs, uptime) };
    const before = this.#before && { by: this.#before.stretch, ...this.#before.stretch.at(toUs, this.#before.uptime) };
    const { by, offsetUs, boundUs, drift, driftBound } = before !== undefined && before.boundUs < own.boundUs ? before : own;
    const known = {
      offsetMs: offsetUs / US_PER_MS,
      boundMs: boundUs / US_PER_MS,
      driftPpm: drift * PPM,
      driftBoundPpm: driftBound * PPM,
    };
    return { by, segment: { fromUs, toUs, atUs: toUs, ...known, messages } };
  }
}

/** Whether a Message is of a clock that was set forward (1) or back (-1) since the others. */
function sideOf(stretch: Stretch, { receivedAtUs, latestUs }: ClockReading): number {
  const { isYoung, depths } = stretch;
  const depth = stretch.lineAt(receivedAtUs) - (latestUs - receivedAtUs);
  const isKnown = depths.count >= LEAST_DEPTHS;
  const above = isKnown ? Math.min(STEP_BEYOND_USUAL * depths.mean, STEP_ABOVE_QUANTUM * HEADER_QUANTUM_US) : FARTHEST_US;
  const below = isKnown ? deepestOf(stretch) : FARTHEST_US;
  // Nearly every Message: no bound makes it farther.
  if (depth >= -above && depth <= below) return 0;
  const boundUs = isYoung ? 0 : stretch.boundAt(receivedAtUs);
  if (-depth - boundUs > above) return 1;
  return depth - boundUs > below ? -1 : 0;
}

/** How far below the line a Message can lie by its fraction of a second and its delay. */
function deepestOf({ depths }: Stretch): number {
  const { mean, deepest, count } = depths;
  // Seconds alone lie half a second deep on average, or the delay is the rest.
  const delayUs = Math.max(0, mean - HEADER_QUANTUM_US * (0.5 + 1 / Math.sqrt(count)));
  const coarse = FARTHEST_US + STEP_BEYOND_USUAL * delayUs;
  return Math.min(coarse, Math.max(STEP_BEYOND_USUAL * mean, STEP_BEYOND_DEEPEST * deepest));
}

/** Whether it is clearly of the clock of the others. */
function fits(stretch: Stretch, reading: ClockReading): boolean {
  const depth = stretch.lineAt(reading.receivedAtUs) - (reading.latestUs - reading.receivedAtUs);
  return sideOf(stretch, reading) === 0 && depth < CLEARLY * deepestOf(stretch);
}

function doubtsOf(stretch: Stretch, { boundMs }: ClockSegment): ClockDoubt[] {
  if (stretch.isPhaseFixed) return ['fixed-phase'];
  if (boundMs * US_PER_MS >= stretch.within.boundUs) return ['too-few-messages'];
  return stretch.bendUs > (boundMs * US_PER_MS) / 2 ? ['not-straight'] : [];
}

/** The median over time. */
function usual(segments: readonly ClockSegment[]): number {
  const sorted = segments.toSorted((one, other) => one.offsetMs - other.offsetMs);
  const weight = ({ fromUs, toUs }: ClockSegment): number => Math.max(1, toUs - fromUs);
  let left = segments.reduce((sum, segment) => sum + weight(segment), 0) / 2;
  return (sorted.find((segment) => (left -= weight(segment)) <= 0) ?? (sorted.at(-1) as ClockSegment)).offsetMs;
}
