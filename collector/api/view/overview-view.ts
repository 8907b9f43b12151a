import { countActive, largestOf, spanOf, usageByCategory, type CategoryUsage } from '../../query/people/people-usage.ts';
import { SeenFlows } from '../../query/people/seen-flows.ts';
import { wordCount, wordOctets } from '../../query/wording.ts';
import type { AskedStore } from '../../store/flow-store.ts';
import { alertViewOf, type AlertView, type TrueEventView } from './alert-view.ts';
import { everybodyOf, octetsOf, peopleOf, type PersonRow } from './people-view.ts';
import type { Sure } from './sure.ts';
import { sureByClock, sureOctets, type ViewContext, type ViewRequest } from './view-request.ts';

/** Octets over time, each flow's spread evenly from its start to its end. */
export interface CategorySeries {
  readonly bucketMs: number;
  /** Where the first bucket begins, in milliseconds since 1970. */
  readonly startMs: number;
  /** Largest first. */
  readonly categories: readonly string[];
  /** By category, then by bucket. */
  readonly octets: readonly (readonly number[])[];
}

/** What really went over the line, of people and of strangers; what was for nobody inside is in no total. */
export interface OverviewTruth {
  readonly upOctets: number;
  readonly downOctets: number;
  readonly peakBitPerS: number;
  /** Where the first bucket begins; buckets are as long as those of the view's series. */
  readonly startMs: number;
  /** Of both directions, by bucket. */
  readonly octets: readonly number[];
  /** What happened and was not told of; with `unseen` nobody could have. */
  readonly missed: readonly TrueEventView[];
}

/** What happened, at a glance. */
export interface OverviewView {
  /** Who used most and for what; the largest transfer; how much looks unusual. */
  readonly sentences: readonly string[];
  readonly line: {
    readonly upOctets: Sure;
    readonly downOctets: Sure;
    /** Of both directions, in the busiest bucket. */ readonly peakBitPerS: Sure;
  };
  /** People with a flow in the last five minutes. */
  readonly peopleOnline: Sure;
  /** The largest first; the topic `people` has the others. */
  readonly people: readonly PersonRow[];
  /** Of all people and devices. */
  readonly peopleCount: number;
  readonly series: CategorySeries;
  /** Newest first. */
  readonly alerts: readonly AlertView[];
  /** What a reader must know of how it was counted, as sentences. */
  readonly notes: readonly string[];
  /** Where it is known. */
  readonly truth?: OverviewTruth;
}

/** People told of at once: no page shows more at first. */
const PEOPLE = 100;
/** Buckets of a chart, about. */
const BUCKETS = 150;
const BUCKET_CHOICES_MS = [1, 5, 15, 30, 60, 180, 360, 720, 1_440, 10_080].map((minutes) => minutes * 60_000);
/** Who sent or got something so short before the end is there. */
const ONLINE_MS = 300_000;
/** What is moved as a whole, of which the largest is worth a sentence. */
const MOVED: ReadonlySet<string> = new Set(['downloads', 'backup', 'cloud', 'file sharing', 'updates', 'devices']);

/** Everything at a glance. Rejects with a RangeError of one sentence when it would be too much, else only when the store fails. */
export async function overviewView(store: AskedStore, context: ViewContext, request: ViewRequest): Promise<OverviewView> {
  const seen = await SeenFlows.of(store, context, request);
  const { fromMs, toMs } = await spanOf(store, seen);
  const everybody = await everybodyOf(store, seen);
  const people = await peopleOf(store, seen, everybody, everybody.usages.slice(0, PEOPLE));
  const usage = await usageByCategory(store, seen, bucketOf(toMs - fromMs));
  const alerts = alertsOf(context, request);
  const { usages, isSampled } = everybody;
  const peakBitPerS = peakOf(octetsPerBucket(usage), usage.bucketMs);
  return {
    sentences: [mostSentence(people), largestSentence(await largestOf(store, seen, MOVED)), alertsSentence(alerts)],
    line: {
      upOctets: sureOctets(everybody.upOctets, isSampled),
      downOctets: sureOctets(everybody.downOctets, isSampled),
      peakBitPerS: sureByClock(peakBitPerS, request.basis, isSampled),
    },
    peopleOnline: sureByClock(await countActive(store, seen, toMs - ONLINE_MS), request.basis, false),
    people,
    peopleCount: usages.length,
    series: seriesOf(usage),
    alerts,
    notes: seen.notes,
  };
}

/** Of both directions and all categories. */
export function octetsPerBucket({ series }: CategoryUsage): number[] {
  const buckets = [...series.values()];
  return (buckets[0] ?? []).map((_, bucket) => buckets.reduce((sum, volumes) => sum + octetsOf(volumes[bucket]), 0));
}

/** Of the busiest bucket, in bit/s. */
export const peakOf = (octets: readonly number[], bucketMs: number): number => (Math.max(0, ...octets) * 8_000) / bucketMs;

/** Milliseconds of the shortest buckets of which there are not too many in so long a time. */
export function bucketOf(spanMs: number): number {
  return BUCKET_CHOICES_MS.find((ms) => spanMs / ms <= BUCKETS) ?? Math.ceil(spanMs / BUCKETS / 604_800_000) * 604_800_000;
}

/** Those of the asked time that had been raised by then, the newest first. */
function alertsOf({ alerts = [] }: ViewContext, { fromMs, toMs, knownAtMs }: ViewRequest): AlertView[] {
  return alerts
    .filter(({ raisedAtMs }) => raisedAtMs <= (knownAtMs ?? Infinity))
    .filter(({ firstSeenMs, lastSeenMs }) => lastSeenMs >= (fromMs ?? -Infinity) && firstSeenMs < (toMs ?? Infinity))
    .map(alertViewOf)
    .toSorted((one, other) => other.firstSeenMs - one.firstSeenMs);
}

function seriesOf({ bucketMs, startMs, series }: CategoryUsage): CategorySeries {
  const rows = [...series].map(([category, volumes]) => {
    const octets = volumes.map(octetsOf);
    return { category, octets, total: octets.reduce((sum, each) => sum + each, 0) };
  });
  rows.sort((one, other) => other.total - one.total);
  return { bucketMs, startMs, categories: rows.map(({ category }) => category), octets: rows.map(({ octets }) => octets) };
}

function mostSentence(people: readonly PersonRow[]): string {
  const [most] = people;
  if (most === undefined || most.octets.value === 0) return 'Nobody used the line.';
  const [[category, octets] = ['', 0]] = Object.entries(most.byCategory);
  const part = Math.round((100 * octets) / most.octets.value);
  return `${most.name} used ${Math.round(most.sharePercent)} % of the line (${wordOctets(most.octets.value)}), ${part} % of it for ${category}.`;
}

function largestSentence(largest: Awaited<ReturnType<typeof largestOf>>): string {
  if (largest === undefined) return 'Nobody moved files.';
  return `Most that was moved as files or copies is ${largest.holder.name}'s: ${wordOctets(largest.octets)} of ${largest.category}.`;
}

function alertsSentence(alerts: readonly AlertView[]): string {
  const [newest] = alerts;
  if (newest === undefined) return 'Nothing looks unusual.';
  return `${wordCount(alerts.length, 'thing looks', 'things look')} unusual; the newest: ${newest.sentence}.`;
}
