import type { Alert } from '../../detect/alert.ts';
import type { AnswerContext } from '../../query/answers.ts';
import type { TimeBasis } from '../../query/language/question.ts';
import type { PeopleContext, PeopleRequest } from '../../query/people/seen-flows.ts';
import { Zone } from '../../query/people/periods.ts';
import { numberOf } from './number-of.ts';
import type { Sure } from './sure.ts';

/** What views are made with, besides the store. */
export interface ViewContext extends AnswerContext, Pick<PeopleContext, 'knownColumns' | 'ready'> {
  /** All that was raised so far; none without it. */
  readonly alerts?: readonly Alert[];
}

/** What every view can be asked for. Times are milliseconds since 1970. */
export interface ViewRequest extends PeopleRequest {
  /** By the collector's clock. */
  readonly nowMs: number;
  /** Of the IANA data base, by which days and weeks go. */
  readonly zone: string;
}

/** Clocks by which views can place flows in time. */
export const BASES: readonly TimeBasis[] = ['flow', 'export', 'receive', 'corrected'];
/** The last instant that a date can be of. */
const LAST_MS = 8.64e15;

/** Reads `from`, `to`, `at`, `basis` and `zone`, all optional. Throws a RangeError or a QueryMistake of one sentence for what makes no sense. */
export function viewRequestOf(parameters: ReadonlyMap<string, string>, nowMs: number): ViewRequest {
  const instant = (name: string): number | undefined => numberOf(parameters, name, 'milliseconds since 1970', LAST_MS);
  const asked = parameters.get('basis') ?? 'flow';
  const basis = BASES.find((one) => one === asked);
  if (basis === undefined) throw new RangeError(`basis is "${asked}": it must be one of ${BASES.join(', ')}`);
  const zone = parameters.get('zone') ?? 'UTC';
  new Zone(zone);
  const [fromMs, toMs] = [instant('from'), instant('to')];
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs)
    throw new RangeError('from must be before to: there is no time between them');
  return { fromMs, toMs, knownAtMs: instant('at'), basis, zone, nowMs };
}

export const SAMPLED = 'some of it was sampled and multiplied by the sampling interval';

/** Octets as they were counted, or multiplied by a sampling interval. */
export const sureOctets = (value: number, isSampled: boolean): Sure =>
  isSampled ? { value, sure: 'estimated', note: SAMPLED } : { value, sure: 'exact' };

/** What rests on when things were, by the clock that tells. */
export function sureByClock(value: number, basis: TimeBasis, isSampled: boolean): Sure {
  if (isSampled || basis === 'corrected') return { value, sure: 'estimated' };
  if (basis === 'receive') return { value, sure: 'may-be-late', note: 'records come when their flow has ended or timed out' };
  return { value, sure: 'may-be-late', note: "by the exporter's clock, which may be wrong" };
}
