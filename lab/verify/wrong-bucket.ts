import { trueNs } from '../../core/time/instant.ts';
import type { VirtualClock } from '../../core/time/virtual-clock.ts';
import { addBetween, lastInstant } from './count.ts';
import type { Ledger } from './ledger.ts';
import { WallTime, type Span } from './wall-time.ts';

/**
 * Octets of packets that fall into another time bucket by `clock` than by true time. Buckets of `bucketNs` are aligned to
 * the UNIX epoch; `phaseNs` is how far the scenario's epoch lies into one.
 */
export function wrongBucketOctets(ledger: Ledger, clock: VirtualClock, bucketNs: number, phaseNs: number): number {
  const wrong = wrongSpans(clock, ledger.endNs + 1, bucketNs, phaseNs);
  const count = { packets: 0, octets: 0 };
  for (let train = 0; train < ledger.length; train++) {
    const start = ledger.trains.startNs.at(train);
    const end = lastInstant(ledger, train);
    for (let index = firstAfter(wrong, start); index < wrong.length; index++) {
      const span = wrong[index] as Span;
      if (span.from > end) break;
      addBetween(ledger, train, span.from, span.to, count);
    }
  }
  return count.octets;
}

/** The stretches of [0, endNs) in which the clock is in another bucket than true time: between two borders nothing changes. */
function wrongSpans(clock: VirtualClock, endNs: number, bucketNs: number, phaseNs: number): Span[] {
  const bucketOf = (ns: number): number => Math.floor((ns + phaseNs) / bucketNs);
  const history = clock.historyUntil(trueNs(endNs));
  const wall = new WallTime(history, endNs);
  const borders = new Set([0, endNs, ...wall.steps]);
  const furthestNs = history.reduce((most, { since, wallAt }) => Math.max(most, Math.abs(wallAt - since)), 0);
  const reach = Math.ceil(furthestNs / bucketNs) + 1;
  for (let bucket = bucketOf(0) - reach; bucket <= bucketOf(endNs) + reach; bucket++) {
    const border = bucket * bucketNs - phaseNs;
    borders.add(border);
    // Two nanoseconds wide: what the clock's rounding leaves open.
    for (const { from, to } of wall.spans(border, border + 1)) borders.add(from).add(to);
  }
  const sorted = [...borders].filter((border) => border >= 0 && border <= endNs).sort((a, b) => a - b);
  const spans: Span[] = [];
  for (let index = 1; index < sorted.length; index++) {
    const from = sorted[index - 1] as number;
    const to = sorted[index] as number;
    const middle = trueNs(Math.floor((from + to) / 2));
    if (bucketOf(middle + clock.errorNs(middle)) !== bucketOf(middle)) spans.push({ from, to });
  }
  return spans;
}

/** Index of the first span that ends after `instant`. */
function firstAfter(spans: readonly Span[], instant: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle] as Span).to > instant) high = middle;
    else low = middle + 1;
  }
  return low;
}
