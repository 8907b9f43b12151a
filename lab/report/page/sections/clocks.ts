import { formatClockError, formatCount, formatDuration } from '../../format.ts';
import type { Findings, Report } from '../../report.ts';
import { clockSentences } from '../../sections/clocks.ts';
import { lineChart, type Estimate } from '../charts/line-chart.ts';
import type { ClockIllustration, Illustrations } from '../illustrations.ts';
import { joined, markup, NONE, type Markup } from '../markup.ts';
import { bullets, table } from '../table.ts';

/** How long a clock is given to settle, of the run; what is left afterwards is drawn larger when it is so much smaller. */
const SETTLING = 0.25;
const CLOSER = 5;
/** More would hide the line they are about. */
const MOST_ESTIMATES = 120;

/** What each clock showed beside the truth, and what NTP made of it; of a scenario with variants, in each. */
export function clocksSection(report: Report, illustrations: readonly Illustrations[]): Markup {
  const runs: readonly { readonly name: string | undefined; readonly findings: Findings }[] =
    report.variants.length > 0
      ? report.variants.map((variant) => ({ name: variant.name, findings: variant }))
      : [{ name: undefined, findings: report }];
  return markup`<p>A clock's error is how far it is from true time, which only a simulation knows: above zero it is fast.</p>
    ${joined(runs.map(({ name, findings }, index) => oneRun(name, findings, illustrations[index]?.clocks ?? [])))}`;
}

function oneRun(variant: string | undefined, findings: Findings, clocks: readonly ClockIllustration[]): Markup {
  const { clocks: lines, consequences } = clockSentences(findings);
  const of = variant === undefined ? '' : `${variant}: `;
  const asked = clocks.filter(({ outcomes }) => Object.keys(outcomes).length > 0);
  return markup`${variant === undefined ? NONE : markup`<h3>${variant}</h3>`}
    ${bullets([...lines.map(({ name, sentence }) => `${name}: ${sentence}`), ...consequences])}
    ${joined(clocks.map((clock) => clockCharts(of, clock)))}
    ${asked.length === 0 ? NONE : exchangesTable(of, asked)}`;
}

function clockCharts(of: string, clock: ClockIllustration): Markup {
  const { device, atMs, errorMs, untouchedErrorMs } = clock;
  const isKept = errorMs.some((error, index) => error !== untouchedErrorMs[index]);
  const asItWas = { name: 'as it was', atMs, values: errorMs };
  const lines = isKept ? [asItWas, { name: 'had nobody corrected it', atMs, values: untouchedErrorMs }] : [asItWas];
  const every = Math.ceil(clock.estimates.length / MOST_ESTIMATES);
  const estimates = clock.estimates
    .filter((_, index) => index % every === 0)
    .map((estimate): Estimate => ({ atMs: estimate.atMs, value: estimate.errorMs, bound: estimate.boundMs }));
  const whole = lineChart(`${of}error of the clock of the ${device}`, lines, { format: signed });
  const within = settledWithin(clock);
  const most = Math.max(...[...errorMs, ...untouchedErrorMs].map(Math.abs));
  if (!isKept || within === 0 || most < CLOSER * within) return whole;
  return markup`${whole} ${lineChart(`${of}the same from near by: what was left of the error of the ${device}`, [asItWas], {
    estimates,
    estimatesName: 'as NTP measured it, and how far that may be off',
    within,
    format: signed,
  })}`;
}

/** The most by which the clock, or what was measured of it with its bounds, was off once it had settled. */
function settledWithin({ atMs, errorMs, estimates }: ClockIllustration): number {
  const [first = 0, last = 0] = [atMs[0], atMs.at(-1)];
  const settledMs = first + (last - first) * SETTLING;
  return Math.max(
    0,
    ...errorMs.filter((_, index) => (atMs[index] ?? 0) >= settledMs).map(Math.abs),
    ...estimates
      .filter((estimate) => estimate.atMs >= settledMs)
      .map((estimate) => Math.abs(estimate.errorMs) + estimate.boundMs),
  );
}

const signed = (errorMs: number): string =>
  errorMs === 0 ? '0' : `${errorMs > 0 ? '+' : '−'}${formatDuration(Math.abs(errorMs) / 1_000)}`;

const exchangesTable = (of: string, clocks: readonly ClockIllustration[]): Markup =>
  table(
    `${of}exchanges with NTP servers`,
    [
      { name: 'clock', of: ({ device }) => device, isText: true },
      {
        name: 'exchanges',
        of: ({ outcomes }) =>
          formatCount(
            Object.values(outcomes).reduce((sum, count) => sum + count, 0),
            'reply',
            'replies',
          ),
      },
      {
        name: 'what the client did',
        of: ({ outcomes }) =>
          Object.entries(outcomes)
            .map(([outcome, count]) => `${outcome} ${count}`)
            .join(', '),
        isText: true,
      },
      { name: 'error at the end', of: ({ errorMs }) => formatClockError(errorMs.at(-1) ?? 0) },
      { name: 'had nobody corrected it', of: ({ untouchedErrorMs }) => formatClockError(untouchedErrorMs.at(-1) ?? 0) },
    ],
    clocks,
  );
