import { bucketAt, bucketBefore, partsOf, type Buckets } from './buckets.ts';
import type { JudgedRecords, Telling } from './judged-records.ts';

/** What an alarm does that rings when the octets of a window exceed a threshold. */
export interface AlertFigures {
  /** Windows one after the other over the threshold are one event. */
  readonly alerts: number;
  /** Events for which, as it is told, no window rings. */
  readonly alertsMissed: number;
  /** Rings too many: one event told as several with silence between them. */
  readonly alertsDoubled: number;
  /** Windows that ring though nothing happened then. */
  readonly alertsFalse: number;
}

/** Records of one or more routers, and what is told of them; an alarm adds up all of them. */
export interface Told {
  readonly records: JudgedRecords;
  readonly telling: Telling;
}

/** A record told to last longer is counted where it is told to begin: a clock set by years must not fill the memory. */
const MOST_WINDOWS = 10_000;

/** What the alarm is told: which windows there are, their octets in truth, and how many are too many. */
export interface Alarm {
  readonly buckets: Buckets;
  readonly trueOctets: ReadonlyMap<number, number>;
  readonly alertOctets: number;
}

/** Octets by window, in truth. */
export const trueWindows = (all: readonly JudgedRecords[], windows: Buckets): Map<number, number> =>
  windowsOf(
    windows,
    all.map((records) => ({ records, telling: records })),
  );

/** Compares when the alarm rings by what is told with when it ought to. */
export function alertFigures(all: readonly Told[], { buckets, trueOctets, alertOctets }: Alarm): AlertFigures {
  const told = ringing(windowsOf(buckets, all), alertOctets);
  const eventOf = runsOf(ringing(trueOctets, alertOctets));
  const ringOf = runsOf(told);
  const ringsOf = new Map([...eventOf.values()].map((event) => [event, new Set<number>()]));
  for (const each of all) addRings(each, buckets, eventOf, ringOf, ringsOf);
  const counts = [...ringsOf.values()].map(({ size }) => size);
  return {
    alerts: counts.length,
    alertsMissed: counts.filter((count) => count === 0).length,
    alertsDoubled: counts.reduce((sum, count) => sum + Math.max(0, count - 1), 0),
    alertsFalse: told.filter((window) => !eventOf.has(window)).length,
  };
}

const ringing = (octets: ReadonlyMap<number, number>, alertOctets: number): number[] =>
  [...octets.keys()].filter((window) => (octets.get(window) as number) > alertOctets).sort((a, b) => a - b);

/** Adds to the rings of each event those that its octets are told to be part of. */
function addRings(
  { records, telling }: Told,
  windows: Buckets,
  eventOf: ReadonlyMap<number, number>,
  ringOf: ReadonlyMap<number, number>,
  ringsOf: ReadonlyMap<number, Set<number>>,
): void {
  for (let row = 0; row < records.length; row++) {
    const start = telling.startNs[row] as number;
    const length = (telling.endNs[row] as number) - start;
    for (const { bucket, from, to } of partsOf(windows, records.startNs[row] as number, records.endNs[row] as number)) {
      const event = eventOf.get(bucket);
      if (event === undefined) continue;
      const ends = [start + from * length, start + to * length];
      const first = bucketAt(windows, Math.min(...ends));
      const last = Math.min(Math.max(first, bucketBefore(windows, Math.max(...ends))), first + MOST_WINDOWS);
      for (let window = first; window <= last; window++) {
        const ring = ringOf.get(window);
        if (ring !== undefined) ringsOf.get(event)?.add(ring);
      }
    }
  }
}

function windowsOf(
  windows: Buckets,
  all: readonly { readonly records: JudgedRecords; readonly telling: Pick<Telling, 'startNs' | 'endNs'> }[],
): Map<number, number> {
  const octets = new Map<number, number>();
  for (const { records, telling } of all) {
    for (let row = 0; row < records.length; row++) {
      const one = telling.startNs[row] as number;
      const other = telling.endNs[row] as number;
      const start = Math.min(one, other);
      const isTooLong = Math.abs(other - one) / windows.lengthNs > MOST_WINDOWS;
      for (const { bucket, from, to } of partsOf(windows, start, isTooLong ? start : Math.max(one, other)))
        octets.set(bucket, (octets.get(bucket) ?? 0) + (records.octets[row] as number) * (to - from));
    }
  }
  return octets;
}

/** The number of the run each of the sorted windows is in. */
function runsOf(sorted: readonly number[]): Map<number, number> {
  const runs = new Map<number, number>();
  let run = -1;
  sorted.forEach((window, index) => {
    if (index === 0 || window !== (sorted[index - 1] as number) + 1) run++;
    runs.set(window, run);
  });
  return runs;
}
