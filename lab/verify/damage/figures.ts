import { NS_PER_MS } from '../../../core/time/instant.ts';
import { alertFigures, type AlertFigures, type Told } from './alerts.ts';
import { movedShare, type Buckets } from './buckets.ts';
import type { JudgedRecords, Telling } from './judged-records.ts';
import { inversions } from './order.ts';

/** What is measured against. */
export interface Yardsticks {
  /** Of the charts, and of the alarm. */
  readonly buckets: Buckets;
  /** Of the bill. */
  readonly tariff: Buckets;
  /** Octets by bucket in truth, and how many are too many, so that the alarm rings. */
  readonly trueOctets: ReadonlyMap<number, number>;
  readonly alertOctets: number;
  /** How long a store keeps what is told to have ended, and when it is looked at: at the end of the run. */
  readonly keepNs: number;
  readonly nowNs: number;
}

/** What wrong times do to whoever relies on them; octets of a record count as spread evenly from its first to its last packet. */
export interface DamageFigures extends AlertFigures {
  /** The largest error of a start or an end, without sign. */
  readonly maxErrorMs: number;
  /** The most by which a flow is told to have lasted too long or too short. */
  readonly maxDurationErrorMs: number;
  readonly wrongBucketOctets: number;
  readonly wrongHourOctets: number;
  /** Flows told to end after they were received. */
  readonly futureFlows: number;
  readonly negativeDurations: number;
  /** Flows that lasted a millisecond or longer and are told to have lasted none. */
  readonly zeroDurations: number;
  readonly inversions: number;
  /**
   * Octets for which somebody else is blamed: whoever used the public endpoint, or was lent the inside address, nearest to when the
   * flow is told to have begun.
   */
  readonly misattributedOctets: number;
  /** Octets of flows that are not old enough to be deleted and are, and the other way round. */
  readonly deletedEarlyOctets: number;
  readonly keptLateOctets: number;
}

/** What the tellings do, added up over routers. `collectorNowNs`: what the collector's clock shows at the end. */
export function damageFigures(all: readonly Told[], yardsticks: Yardsticks, collectorNowNs: number): DamageFigures {
  const parts = all.map(({ records, telling }) => recordFigures(records, telling, yardsticks, collectorNowNs));
  const sum = (of: (figures: RecordFigures) => number): number => Math.round(parts.reduce((total, part) => total + of(part), 0));
  return {
    maxErrorMs: Math.max(0, ...parts.map(({ maxErrorNs }) => maxErrorNs)) / NS_PER_MS,
    maxDurationErrorMs: Math.max(0, ...parts.map(({ maxDurationErrorNs }) => maxDurationErrorNs)) / NS_PER_MS,
    wrongBucketOctets: sum(({ wrongBucketOctets }) => wrongBucketOctets),
    wrongHourOctets: sum(({ wrongHourOctets }) => wrongHourOctets),
    futureFlows: sum(({ futureFlows }) => futureFlows),
    negativeDurations: sum(({ negativeDurations }) => negativeDurations),
    zeroDurations: sum(({ zeroDurations }) => zeroDurations),
    inversions: all.reduce((total, { records, telling }) => total + inversions(records, telling), 0),
    misattributedOctets: sum(({ misattributedOctets }) => misattributedOctets),
    deletedEarlyOctets: sum(({ deletedEarlyOctets }) => deletedEarlyOctets),
    keptLateOctets: sum(({ keptLateOctets }) => keptLateOctets),
    ...alertFigures(all, yardsticks),
  };
}

type RecordFigures = ReturnType<typeof recordFigures>;

function recordFigures(records: JudgedRecords, telling: Telling, yardsticks: Yardsticks, collectorNowNs: number) {
  const { buckets, tariff, keepNs, nowNs } = yardsticks;
  const sums = {
    maxErrorNs: 0,
    maxDurationErrorNs: 0,
    wrongBucketOctets: 0,
    wrongHourOctets: 0,
    futureFlows: 0,
    negativeDurations: 0,
    zeroDurations: 0,
    misattributedOctets: 0,
    deletedEarlyOctets: 0,
    keptLateOctets: 0,
  };
  for (let row = 0; row < records.length; row++) {
    const octets = records.octets[row] as number;
    const start = records.startNs[row] as number;
    const end = records.endNs[row] as number;
    const toldStart = telling.startNs[row] as number;
    const toldEnd = telling.endNs[row] as number;
    sums.maxErrorNs = Math.max(sums.maxErrorNs, Math.abs(toldStart - start), Math.abs(toldEnd - end));
    sums.maxDurationErrorNs = Math.max(sums.maxDurationErrorNs, Math.abs(toldEnd - toldStart - (end - start)));
    sums.wrongBucketOctets += octets * movedShare(buckets, start, end, toldStart, toldEnd);
    sums.wrongHourOctets += octets * movedShare(tariff, start, end, toldStart, toldEnd);
    if (toldEnd > (telling.receivedNs[row] as number)) sums.futureFlows++;
    if (toldEnd < toldStart) sums.negativeDurations++;
    if (toldEnd === toldStart && end - start >= NS_PER_MS) sums.zeroDurations++;
    if (isOthers(records, row, toldStart)) sums.misattributedOctets += octets;
    const isDue = end < nowNs - keepNs;
    const isDeleted = toldEnd < collectorNowNs - keepNs;
    if (isDeleted && !isDue) sums.deletedEarlyOctets += octets;
    if (isDue && !isDeleted) sums.keptLateOctets += octets;
  }
  return sums;
}

/** Whether somebody else used the public endpoint at that instant, or was lent the inside address. */
function isOthers({ endpoint, holder, holdings, lease, device, leases }: JudgedRecords, row: number, instant: number): boolean {
  const used = endpoint[row] as number;
  const lent = lease[row] as number;
  return (
    (used >= 0 && !holdings.isOf(used, holder[row] as number, instant)) ||
    (lent >= 0 && !leases.isOf(lent, device[row] as number, instant))
  );
}
