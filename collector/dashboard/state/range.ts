import { computed, signal } from '@preact/signals';
import { beginOf, MOVING, type Moving } from './moving-range.ts';
import { commonParameters, setParameters } from './route.ts';
import { status, zone } from './status.ts';

/** What of the address says which time is shown: `range`, or `from` and `to`, or nothing for all of it. */
export interface TimeRange {
  readonly range?: string;
  /** Milliseconds since 1970. */
  readonly from?: string;
  readonly to?: string;
}

export const timeRange = computed<TimeRange>(() => {
  const { range, from, to } = commonParameters.value;
  const moving = Object.keys(MOVING).find((one) => one === range);
  return moving === undefined
    ? { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
    : { range: moving };
});

/** What every topic is asked of the address, as text: a moving time as it is now. */
const askedText = computed(() => {
  const { range: _range, from: _from, to: _to, ...others } = commonParameters.value;
  const { range, ...told } = timeRange.value;
  if (range === undefined) return JSON.stringify({ ...others, ...told });
  const nowMs = instantOf(others['at']) ?? status.value?.nowMs ?? 0;
  return JSON.stringify({ ...others, from: String(beginOf(range as Moving, nowMs, zone.value)) });
});

/** What every topic is asked of the address. It is another only when something of it is. */
export const askedParameters = computed(() => JSON.parse(askedText.value) as Readonly<Record<string, string>>);

const LAST_MS = 8.64e15;

/** An instant of the address, which may say anything; milliseconds since 1970. */
export function instantOf(text: string | undefined): number | undefined {
  const ms = Number(text ?? NaN);
  return Math.abs(ms) <= LAST_MS ? ms : undefined;
}

/** Times that were shown before the present one, the latest last. */
const before = signal<readonly TimeRange[]>([]);
const MOST_BEFORE = 50;

const isPresent = ({ range, from, to }: TimeRange): boolean =>
  range === timeRange.value.range && from === timeRange.value.from && to === timeRange.value.to;

/** Whether there is a time to step back to; the browser's own way back may have been there already. */
export const canStepBack = computed(() => !before.value.every(isPresent));

/** Shows another time, from which can be stepped back to the present one. */
export function showRange(next: TimeRange): void {
  if (isPresent(next)) return;
  before.value = [...before.value, timeRange.peek()].slice(-MOST_BEFORE);
  go(next);
}

/** Shows what was shown before. */
export function stepBack(): void {
  const last = before.peek().findLastIndex((one) => !isPresent(one));
  const shown = before.peek()[last];
  before.value = before.peek().slice(0, Math.max(0, last));
  if (shown !== undefined) go(shown);
}

/** Shows everything, as it is known now. */
export function backToLive(): void {
  before.value = [];
  setParameters({ range: undefined, from: undefined, to: undefined, at: undefined });
}

const go = ({ range, from, to }: TimeRange): void => setParameters({ range, from, to });
