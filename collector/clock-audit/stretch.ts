import { Envelope, LEAST_POINTS } from './envelope.ts';
import { Residuals } from './residuals.ts';
import type { UptimeClock } from './uptime-clock.ts';
import type { ClockReading } from './clock-reading.ts';

/** Export Times are whole seconds, rounded down (RFC 7011 section 3.1, RFC 3954 section 5.1). */
export const HEADER_QUANTUM_US = 1e6;
/** By how much the fractions of a second may be chance away from being spread evenly, in standard deviations. */
const SURE = 5;
const EVEN_DEVIATION = 1 / Math.sqrt(12);
/** Messages from which one can tell. */
const LEAST_PHASES = 48;
/** What the rate of a crystal wanders within hours, beside all that a straight line tells. */
const WANDER = 0.05e-6;
/** What NTP corrects at the most (RFC 5905 section 11.3). */
const MOST_DRIFT = 500e-6;
const MAX_BLOCKS = 32;
const FIRST_BLOCK_US = 10e6;
/** A block of n points is nearer to a straight line than so many n-ths of their spread, but once in 20000 times. */
const UNLIKELY = 10;

/** A time during which the exporter's clock ran straight against the collector's, as far as Messages tell. */
export class Stretch {
  readonly fromUs: number;
  toUs: number;
  /** How far the latest instants lie below the line, and how far the headers' seconds. */
  readonly depths = new Residuals();
  readonly headers = new Residuals();
  /** Messages that told an instant finer than a second. */
  fine = 0;
  readonly #envelope = new Envelope();
  #highest = -Infinity;
  #blocks: Block[] = [];
  #blockUs = FIRST_BLOCK_US;

  constructor(fromUs: number) {
    this.fromUs = fromUs;
    this.toUs = fromUs;
  }

  get messages(): number {
    return this.#envelope.points;
  }

  get isYoung(): boolean {
    return this.messages < LEAST_POINTS;
  }

  add({ receivedAtUs, exportTimeUs, latestUs }: ClockReading): void {
    const x = Math.max(receivedAtUs, this.toUs);
    const y = latestUs - receivedAtUs;
    this.#envelope.add(x, y);
    this.toUs = x;
    this.#highest = Math.max(this.#highest, y);
    this.#put(x, y, 1);
    if (this.#blocks.length > MAX_BLOCKS) this.#lengthenBlocks();
    if (latestUs % HEADER_QUANTUM_US !== 0) this.fine++;
    if (this.isYoung) return;
    const line = this.lineAt(x);
    this.depths.add(line - y);
    this.headers.add(line - (exportTimeUs - receivedAtUs));
  }

  /** Exporter's clock less collector's, in microseconds, less the shortest delay. There is at least one Message. */
  lineAt(x: number): number {
    return this.#envelope.heightAt(x);
  }

  boundAt(x: number): number {
    return this.#envelope.boundAt(x);
  }

  /** The best that is known at `x`, with the uptimes when those tell it better. */
  at(x: number, uptime: UptimeClock | undefined): Known {
    const own = {
      offsetUs: this.lineAt(x),
      drift: this.#envelope.slope,
      boundUs: this.boundAt(x),
      driftBound: this.#envelope.slopeBound,
    };
    const byUptime = uptime?.at(x);
    const best = byUptime !== undefined && byUptime.boundUs < own.boundUs ? byUptime : own;
    const { bendUs } = this;
    const unseenUs = this.isPhaseFixed ? this.#unseenUs : 0;
    const spanUs = Math.max(1, this.toUs - this.fromUs);
    const wanderUs = WANDER * Math.abs(x - (this.fromUs + this.toUs) / 2);
    const known = {
      offsetUs: best.offsetUs + unseenUs / 2,
      drift: best.drift,
      boundUs: best.boundUs + unseenUs / 2 + bendUs + wanderUs,
      driftBound: this.isPhaseFixed ? HEADER_QUANTUM_US / spanUs : best.driftBound + WANDER + (2 * bendUs) / spanUs,
    };
    const { within } = this;
    return known.boundUs < within.boundUs ? known : within;
  }

  /** What even one Message tells: the highest lies within a second below the clock, which gains no more than any crystal. */
  get within(): Known {
    const spanUs = this.toUs - this.fromUs;
    return {
      offsetUs: this.#highest + HEADER_QUANTUM_US / 2,
      drift: 0,
      boundUs: HEADER_QUANTUM_US / 2 + MOST_DRIFT * spanUs,
      driftBound: MOST_DRIFT,
    };
  }

  /** Whether Messages leave at the same fraction of the second again and again, so that it is not known which. */
  get isPhaseFixed(): boolean {
    const { count, mean } = this.headers;
    if (count < LEAST_PHASES || this.fine > this.messages / 20) return false;
    return mean < HEADER_QUANTUM_US * (0.5 - (SURE * EVEN_DEVIATION) / Math.sqrt(count) - 0.02);
  }

  /** How far a straight line misses some of it, beyond chance: while a clock is set by running it faster or slower. */
  get bendUs(): number {
    if (this.isYoung) return 0;
    const spread = 2 * this.depths.mean * UNLIKELY;
    return Math.max(0, ...this.#blocks.map(({ x, y, points }) => this.lineAt(x) - y - spread / points - this.boundAt(x)));
  }

  /** Of the second, what no Message was seen to leave at. */
  get #unseenUs(): number {
    const seenUs = Math.min(this.headers.deepest, 2 * this.headers.mean);
    return Math.max(0, HEADER_QUANTUM_US - seenUs);
  }

  /** Twice as long ones, since there are too many. */
  #lengthenBlocks(): void {
    const shorter = this.#blocks;
    this.#blocks = [];
    this.#blockUs *= 2;
    for (const { x, y, points } of shorter) this.#put(x, y, points);
  }

  #put(x: number, y: number, points: number): void {
    const last = this.#blocks[this.#blocks.length - 1];
    if (last === undefined || this.#numberOf(last.x) !== this.#numberOf(x)) return void this.#blocks.push({ x, y, points });
    last.points += points;
    if (y <= last.y) return;
    last.x = x;
    last.y = y;
  }

  #numberOf(x: number): number {
    return Math.floor((x - this.fromUs) / this.#blockUs);
  }
}

/** A clock at an instant, with how far each figure may be off. */
interface Known {
  readonly offsetUs: number;
  readonly drift: number;
  readonly boundUs: number;
  readonly driftBound: number;
}

/** Points near one another, and the highest of them. */
interface Block {
  x: number;
  y: number;
  points: number;
}
