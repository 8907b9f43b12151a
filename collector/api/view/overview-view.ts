import type { AlertView } from './alert-view.ts';
import type { Sure } from './sure.ts';

/** One of the people, or a device that nobody uses alone, with what it sent and got. Octets are of IP packets. */
export interface PersonRow {
  /** For links; stays the same from run to run. */
  readonly id: string;
  readonly name: string;
  readonly department: string;
  /** The first of its addresses. */
  readonly address: string;
  readonly upOctets: number;
  readonly downOctets: number;
  readonly octets: Sure;
  /** Of all octets from or to the inside. */
  readonly sharePercent: number;
  /** Octets, by category; those with none are absent. */
  readonly byCategory: Readonly<Record<string, number>>;
  /** Where the truth is known. */
  readonly trueOctets?: number;
}

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
  /** All, largest first. */
  readonly people: readonly PersonRow[];
  readonly series: CategorySeries;
  /** Newest first. */
  readonly alerts: readonly AlertView[];
  /** What a reader must know of how it was counted, as sentences. */
  readonly notes: readonly string[];
}
