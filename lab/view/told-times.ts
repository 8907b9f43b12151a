import type { TimeBasis } from '../../collector/query/language/question.ts';
import { NS_PER_MS, NS_PER_S } from '../../core/time/instant.ts';
import type { TimedRecords } from './timed-records.ts';

/** Clocks by which records of a run can be placed in time. */
export const TOLD_BASES = ['flow', 'export', 'receive', 'corrected', 'truth'] as const satisfies readonly (TimeBasis | 'truth')[];
export type ToldBasis = (typeof TOLD_BASES)[number];

/** From when to when a clock places the record of a row, in nanoseconds since the scenario's epoch. */
export type Told = (row: number) => readonly [startNs: number, endNs: number];

/**
 * By the chosen clock as the run had it, or had the router's been `errorMs` fast all the time. Records are as long as the router says, and by `export` and `receive`
 * end when they were exported or received. What a clock lacks that is off by the same all the time is estimated as it is, so `corrected` is as the run had it.
 */
export function toldTimes(records: TimedRecords, basis: ToldBasis, errorMs?: number): Told {
  const column = (of: Float64Array, row: number): number => of[row] as number;
  const { startNs, endNs, storedStartNs, storedEndNs, arrivedNs, headerNs, receivedNs, correctedStartNs, correctedEndNs } =
    records;
  const errorNs = (errorMs ?? 0) * NS_PER_MS;
  const lastsNs = (row: number): number => Math.max(0, column(storedEndNs, row) - column(storedStartNs, row));
  const endingAt =
    (endOf: (row: number) => number): Told =>
    (row) => [endOf(row) - lastsNs(row), endOf(row)];
  const between =
    (start: Float64Array, end: Float64Array, shiftNs = 0): Told =>
    (row) => [column(start, row) + shiftNs, column(end, row) + shiftNs];
  // Export Time is whole seconds (RFC 7011 section 3.1).
  const exportedNs = (row: number): number => Math.floor((column(arrivedNs, row) + errorNs) / NS_PER_S) * NS_PER_S;
  switch (basis) {
    case 'flow':
      return errorMs === undefined ? between(storedStartNs, storedEndNs) : between(startNs, endNs, errorNs);
    case 'export':
      return endingAt(errorMs === undefined ? (row) => column(headerNs, row) : exportedNs);
    case 'receive':
      return endingAt((row) => column(receivedNs, row));
    case 'corrected':
      return between(correctedStartNs, correctedEndNs);
    case 'truth':
      return between(startNs, endNs);
  }
}
