import { NS_PER_MS } from '../../core/time/instant.ts';
import type { ConsequenceView } from '../../collector/api/view/clocks-view.ts';
import { wordCount, wordOctets } from '../../collector/query/wording.ts';
import { bucketAt, bucketsOf, movedShare, partsOf, type Buckets } from '../verify/damage/buckets.ts';
import type { TimedRecords } from './timed-records.ts';
import { toldTimes, type ToldBasis } from './told-times.ts';

const HOUR_S = 3_600;
/** Buckets of the chart, the latest. */
const MAX_BUCKETS = 288;

/** The same flows told by another clock. */
export interface ConsequenceRequest {
  readonly epochUnixMs: number;
  /** What is known: records that had arrived by then. */
  readonly nowNs: number;
  readonly bucketS: number;
  /** By which clock records are placed in time. */
  readonly basis: ToldBasis;
  /** The router's error. */
  readonly errorMs: number;
  /** Whether the clock is kept by NTP: then the records are taken as they were told, whatever the error. */
  readonly isKept: boolean;
}

/** What whoever relies on the told times gets wrong when the router's clock has that error. */
export function consequenceView(records: TimedRecords, request: ConsequenceRequest): ConsequenceView {
  const { epochUnixMs, nowNs, bucketS, basis, errorMs, isKept } = request;
  const told = toldTimes(records, basis, isKept ? undefined : errorMs);
  const chart = bucketsOf(bucketS, epochUnixMs);
  const hours = bucketsOf(HOUR_S, epochUnixMs);
  const sums = { flows: 0, octets: 0, wrongBucketOctets: 0, wrongHourOctets: 0, futureFlows: 0, maxErrorNs: 0 };
  const trueOctets = new Map<number, number>();
  const toldOctets = new Map<number, number>();
  for (let row = 0; row < records.length; row++) {
    if ((records.arrivedNs[row] as number) > nowNs) continue;
    const octets = records.octets[row] as number;
    const [start, end] = [records.startNs[row] as number, records.endNs[row] as number];
    const [toldStart, toldEnd] = told(row);
    sums.flows++;
    sums.octets += octets;
    sums.maxErrorNs = Math.max(sums.maxErrorNs, Math.abs(toldStart - start));
    sums.wrongBucketOctets += octets * movedShare(chart, start, end, toldStart, toldEnd);
    sums.wrongHourOctets += octets * movedShare(hours, start, end, toldStart, toldEnd);
    if (toldEnd > (records.receivedNs[row] as number)) sums.futureFlows++;
    add(trueOctets, chart, start, end, octets);
    add(toldOctets, chart, toldStart, toldEnd, octets);
  }
  const shown = [...trueOctets.keys(), ...toldOctets.keys()];
  const last = Math.max(0, ...shown);
  const first = Math.max(Math.min(last, ...shown), last - MAX_BUCKETS + 1);
  const column = (of: ReadonlyMap<number, number>): number[] =>
    Array.from({ length: last - first + 1 }, (_, index) => Math.round(of.get(first + index) ?? 0));
  const figure = (value: number): { value: number; sure: 'truth' } => ({ value: Math.round(value), sure: 'truth' });
  return {
    errorMs: isKept ? sums.maxErrorNs / NS_PER_MS : errorMs,
    isKept,
    sentence: sentenceOf(sums, bucketS),
    flows: sums.flows,
    octets: figure(sums.octets),
    wrongBucketOctets: figure(sums.wrongBucketOctets),
    wrongHourOctets: figure(sums.wrongHourOctets),
    futureFlows: figure(sums.futureFlows),
    bucketMs: bucketS * 1_000,
    startMs: epochUnixMs + (first * chart.lengthNs - chart.phaseNs) / NS_PER_MS,
    trueOctets: column(trueOctets),
    toldOctets: column(toldOctets),
  };
}

function sentenceOf(
  {
    octets,
    wrongBucketOctets,
    wrongHourOctets,
    futureFlows,
  }: Record<'octets' | 'wrongBucketOctets' | 'wrongHourOctets' | 'futureFlows', number>,
  bucketS: number,
): string {
  if (wrongBucketOctets < 0.5 && futureFlows === 0) return 'Everything is where it belongs.';
  const share = octets === 0 ? 0 : (100 * wrongBucketOctets) / octets;
  const future = futureFlows === 0 ? '' : `, and ${wordCount(futureFlows, 'flow')} from the future`;
  return `${wordOctets(wrongBucketOctets)} (${share < 10 ? share.toFixed(1) : share.toFixed(0)} %) in the wrong ${bucketS / 60} minutes, ${wordOctets(wrongHourOctets)} in the wrong hour${future}.`;
}

function add(sums: Map<number, number>, buckets: Buckets, start: number, end: number, octets: number): void {
  for (const { bucket, from, to } of end > start
    ? partsOf(buckets, start, end)
    : [{ bucket: bucketAt(buckets, start), from: 0, to: 1 }])
    sums.set(bucket, (sums.get(bucket) ?? 0) + octets * (to - from));
}
