import { ClockAudit, type ClockEstimate } from './clock-audit.ts';
import type { ClockReading } from './clock-reading.ts';
import { HEADER_QUANTUM_US } from './stretch.ts';
import { flagOf, noFlags, type TimeFlags, type TimeRules } from './time-flags.ts';

const US_PER_MS = 1e3;
const US_PER_S = 1e6;
/** No uptime that begins anew puts a record so little before its Message. */
const LONGEST_ORDINARY_US = 86_400e6;

/** What a Message tells of time. */
export interface TimedMessage {
  /** Its number in the input. */
  readonly index: number;
  readonly receivedAtUs: number;
  readonly exportTimeUs: number;
  readonly uptimeMs: number | undefined;
  /** Whether `message` was called for it. */
  readonly settled: boolean;
}

/** From the first on, and before the second. */
export interface OrdinaryTimes {
  readonly fromUs: number;
  readonly untilUs: number;
}

/** What is known of an exporter's clock and of the times in its records. */
export interface ClockSummary {
  /** `undefined` while no Message told the time, or none says when it came. */
  readonly estimate: ClockEstimate | undefined;
  /** How often the clock was set, how often that turned out to be late Messages, and single Messages of another time. */
  readonly steps: number;
  readonly stalls: number;
  readonly strays: number;
  readonly flags: TimeFlags;
  /** Whether the time its uptimes count from was told before its clock was set. */
  readonly isInitTimeStale: boolean;
}

/** Watches the clock of a session by its Messages and their records. */
export class ExporterClock {
  readonly flags = noFlags();
  readonly #audit = new ClockAudit();
  readonly #rules: TimeRules;
  /** The latest end of a flow in the Message of that number, within the second of its header. */
  #latestIndex = -1;
  #latestUs = 0;
  readonly #ordinary = { fromUs: 0, untilUs: 0 };
  /** One for all Messages. */
  readonly #reading: { -readonly [K in keyof ClockReading]: ClockReading[K] } = {
    receivedAtUs: 0,
    exportTimeUs: 0,
    latestUs: 0,
    uptimeMs: undefined,
  };
  #initTimeMs: number | undefined;
  #standingAtInitTime = 0;

  constructor(rules: TimeRules) {
    this.#rules = rules;
  }

  /** Whether uptimes are counted from before the clock was set. */
  get isInitTimeStale(): boolean {
    return this.#initTimeMs !== undefined && this.#audit.standing > this.#standingAtInitTime;
  }

  /** Whether no Message told both times. */
  get tellsNothing(): boolean {
    return this.#audit.isEmpty;
  }

  /**
   * Between which instants the times of a record lie, its start not after its end, when it tells `record` nothing. Until the next Message, for there is
   * one object for all.
   */
  ordinaryTimes(message: TimedMessage, isByInitTime: boolean): OrdinaryTimes {
    const { exportTimeUs, receivedAtUs } = message;
    const ordinary = this.#ordinary;
    // One that is not told is 0.
    ordinary.fromUs = Math.max(1, exportTimeUs - Math.min(this.#rules.staleAfterS * US_PER_S, LONGEST_ORDINARY_US));
    ordinary.untilUs = isByInitTime && this.isInitTimeStale ? -Infinity : Math.min(exportTimeUs, receivedAtUs);
    return ordinary;
  }

  /** Of a Flow Record: microseconds since 1970, 0 when not told. `isByInitTime`: whether they are uptimes that count from element 160. */
  record(message: TimedMessage, startUs: number, endUs: number, isByInitTime: boolean): void {
    const flag =
      flagOf(startUs, endUs, message, this.#rules) ?? (isByInitTime && this.isInitTimeStale ? 'staleInitTime' : undefined);
    if (flag !== undefined) this.flags[flag]++;
    const secondUs = endUs - message.exportTimeUs;
    // Where headers tell uptimes, ends are reckoned from the rounded second.
    if (isByInitTime || message.settled || message.uptimeMs !== undefined || secondUs < 0 || secondUs >= HEADER_QUANTUM_US)
      return;
    if (this.#latestIndex === message.index && endUs <= this.#latestUs) return;
    this.#latestIndex = message.index;
    this.#latestUs = endUs;
  }

  /** For each Message once, after its records. */
  message({ index, receivedAtUs, exportTimeUs, uptimeMs }: TimedMessage): void {
    const reading = this.#reading;
    reading.receivedAtUs = receivedAtUs;
    reading.exportTimeUs = exportTimeUs;
    reading.latestUs = this.#latestIndex === index ? this.#latestUs : exportTimeUs;
    reading.uptimeMs = uptimeMs;
    this.#audit.add(reading);
  }

  /** systemInitTimeMilliseconds, as the exporter says it now. */
  initTime(ms: number): void {
    // NTP moves a clock by less than a step, and what was reckoned from it with it.
    if (this.#initTimeMs !== undefined && Math.abs(ms - this.#initTimeMs) < HEADER_QUANTUM_US / US_PER_MS) return;
    this.#initTimeMs = ms;
    this.#standingAtInitTime = this.#audit.standing;
  }

  summary(): ClockSummary {
    const audit = this.#audit;
    const { steps, stalls, strays } = audit;
    return {
      // Worked out when asked for: whoever looks every second has no use for it.
      get estimate() {
        return audit.estimate();
      },
      steps,
      stalls,
      strays,
      flags: { ...this.flags },
      isInitTimeStale: this.isInitTimeStale,
    };
  }
}
