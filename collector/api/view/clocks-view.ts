import type { Sure } from './sure.ts';

/** A clock as it is at the asked instant. */
export interface ClockView {
  /** `router`, `router berlin`, `collector`: what the clock is in; of a collector alone the exporter's address. */
  readonly device: string;
  /** What it shows, in milliseconds since 1970. */
  readonly shownMs: number;
  /** Positive is fast. */
  readonly errorMs: Sure;
  readonly driftPpm?: Sure;
  readonly isKept?: boolean;
  /** In words: the router is 4 min 12 s behind and loses 2.6 s a day. */
  readonly sentence: string;
}

/** How wrong a clock was, as columns for a chart. */
export interface ClockSeriesView {
  readonly device: string;
  readonly atMs: readonly number[];
  readonly errorMs: readonly number[];
  /** Had nobody corrected it; only where the truth is known. */
  readonly untouchedErrorMs?: readonly number[];
  /** What its NTP client, or the collector's audit, made of it: `errorMs` within `boundMs` either way. */
  readonly estimates: readonly {
    readonly atMs: number;
    readonly errorMs: number;
    readonly boundMs: number;
    readonly outcome: string;
  }[];
}

/**
 * One exchange with an NTP server (RFC 5905 figure 15) for the ladder: each instant in milliseconds since 1970 by the clock that took it, and in
 * truth. `offsetMs = ((t2 - t1) + (t3 - t4)) / 2`, `delayMs = (t4 - t1) - (t3 - t2)`.
 */
export interface ExchangeView {
  readonly device: string;
  readonly server: string;
  readonly t1Ms: number;
  readonly t2Ms: number;
  readonly t3Ms: number;
  readonly t4Ms: number;
  readonly trueT1Ms: number;
  readonly trueT2Ms: number;
  readonly trueT4Ms: number;
  readonly offsetMs: number;
  readonly delayMs: number;
  readonly boundMs: number;
  /** What the client's clock really lacked in the middle of the exchange. */
  readonly trueOffsetMs: number;
  /** `step`, `slew`, `none`, or why the reply was rejected. */
  readonly outcome: string;
}

/** One flow in three lanes: when it was in truth, by the router, and when it came to the collector, by its clock. */
export interface LaneView {
  readonly record: number;
  readonly octets: number;
  readonly trueStartMs?: number;
  readonly trueEndMs?: number;
  readonly routerStartMs: number;
  readonly routerEndMs: number;
  readonly headerMs: number;
  readonly receivedMs: number;
  readonly correctedStartMs?: number;
  readonly correctedEndMs?: number;
  /** What is odd about it for whoever compares the clocks: `future`, `negative`, `wrong-bucket`. */
  readonly odd: readonly string[];
}

/** Topic `clocks`. */
export interface ClocksView {
  /** Now, in truth where it is known, else by the collector's clock; milliseconds since 1970. */
  readonly nowMs: number;
  readonly clocks: readonly ClockView[];
  readonly series: readonly ClockSeriesView[];
  /** The newest first. */
  readonly exchanges: readonly ExchangeView[];
  readonly lanes: readonly LaneView[];
}

/** Topic `consequence`: what a router whose clock had this error would have made of the same flows. */
export interface ConsequenceView {
  readonly errorMs: number;
  /** Whether NTP kept the clock: then the error is what was left of it in the run, and the asked one does not count. */
  readonly isKept: boolean;
  readonly sentence: string;
  readonly flows: number;
  readonly octets: Sure;
  readonly wrongBucketOctets: Sure;
  readonly wrongHourOctets: Sure;
  /** Flows told to end after they were received. */
  readonly futureFlows: Sure;
  /** Octets by bucket, in truth and as told. */
  readonly bucketMs: number;
  readonly startMs: number;
  readonly trueOctets: readonly number[];
  readonly toldOctets: readonly number[];
}
