import type { ClockDoubt, ClockEstimate, ClockSegment } from './clock-audit.ts';
import type { ClockSummary } from './exporter-clock.ts';
import type { TimeFlags } from './time-flags.ts';

/** What is said of a clock in a sentence: clauses, the first of its offset. */
export function clockClauses({ estimate, steps, stalls, strays, flags, isInitTimeStale }: ClockSummary): string[] {
  return [
    ...(estimate === undefined ? ['what its clock says is not known: no Message told both times'] : estimateClauses(estimate)),
    ...(steps > 0 ? [`set ${times(steps)}${stalls > 0 ? `, ${times(stalls)} of it late Messages and no clock` : ''}`] : []),
    ...(strays > 0 ? [`${strays} ${strays === 1 ? 'Message' : 'Messages'} of another time`] : []),
    ...(isInitTimeStale ? ['it has not said since when it was switched on: its uptimes mean the time of before'] : []),
    ...flagClauses(flags),
  ];
}

/** Whether there is nothing to tell: within a second of the collector's, never set, and no record of an odd time. */
export const isClockPlain = ({ estimate, steps, strays, flags }: ClockSummary): boolean =>
  steps + strays === 0 &&
  Object.values(flags).every((count) => count === 0) &&
  (estimate === undefined || Math.abs(estimate.now.offsetMs) - estimate.now.boundMs < 1_000);

/** `300.012 s ahead, within 3.1 ms`. */
export const offsetWords = ({ offsetMs, boundMs }: Pick<ClockSegment, 'offsetMs' | 'boundMs'>): string =>
  `${span(Math.abs(offsetMs))} ${offsetMs < 0 ? 'behind' : 'ahead'}, within ${span(boundMs)}`;

const DOUBTS: Readonly<Record<ClockDoubt, string>> = {
  'too-few-messages': 'it cannot be known better yet: too few Messages',
  'fixed-phase':
    'it cannot be known better: all its Messages leave at one fraction of the second, and Export Times are whole seconds',
  'not-straight': 'it does not run at one rate',
};

const FLAGS: Readonly<Record<keyof TimeFlags, string>> = {
  untimed: 'without a time',
  wrapped: '49.7 days off by an uptime that began anew',
  negative: 'that began after they ended',
  afterExport: 'that ended after they were sent',
  stale: 'that ended long before they were sent',
  future: 'from the future',
  staleInitTime: 'with the time of before its clock was set',
};

function estimateClauses({ now, doubts }: ClockEstimate): string[] {
  const isDriftKnown = Math.abs(now.driftPpm) > now.driftBoundPpm;
  return [
    `its clock is ${offsetWords(now)}, beside the delay on the way`,
    ...(isDriftKnown ? [`drifts by ${round(now.driftPpm)} ppm, within ${round(now.driftBoundPpm)}`] : []),
    ...doubts.map((doubt) => DOUBTS[doubt]),
  ];
}

const flagClauses = (flags: TimeFlags): string[] =>
  (Object.keys(FLAGS) as (keyof TimeFlags)[]).flatMap((flag) =>
    flags[flag] > 0 ? [`${flags[flag]} ${flags[flag] === 1 ? 'record' : 'records'} ${FLAGS[flag]}`] : [],
  );

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

function span(ms: number): string {
  if (ms >= 86_400e3) return `${round(ms / 86_400e3)} days`;
  return ms >= 1_000 ? `${(ms / 1_000).toFixed(3)} s` : `${round(ms)} ms`;
}

const round = (value: number): string => String(Number(value.toPrecision(3)));
