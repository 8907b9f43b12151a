import { useSignal } from '@preact/signals';
import { scaleLinear, scaleSymlog } from 'd3-scale';
import type { ClockSeriesView } from '../../../api/view/clocks-view.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { zone } from '../../state/status.ts';
import { formatMinute, formatSigned, formatTime } from '../../text/format.ts';

const WIDTH = 720;
const HEIGHT = 284;
const LEFT = 74;
const BOTTOM = 48;
/** The error below which the logarithmic scale is even. */
const UNIT_MS = 0.01;
const TABLE_ROWS = 25;

/** The error of one clock over time, with what its client measured. */
export function OffsetChart({ series }: { readonly series: ClockSeriesView | undefined }) {
  const isLog = useSignal(true);
  const isTable = useSignal(false);
  if (series === undefined || series.atMs.length === 0) return <p class="soft">Nothing is known of it yet.</p>;
  return (
    <>
      <div class="chips">
        <button type="button" aria-pressed={isLog.value} onClick={() => (isLog.value = !isLog.value)}>
          small and large errors at once
        </button>
        <button type="button" aria-pressed={isTable.value} onClick={() => (isTable.value = !isTable.value)}>
          as a table
        </button>
      </div>
      {isTable.value ? <OffsetTable series={series} /> : <Drawing series={series} isLog={isLog.value} />}
    </>
  );
}

function Drawing({ series, isLog }: { readonly series: ClockSeriesView; readonly isLog: boolean }) {
  const { atMs, errorMs, untouchedErrorMs = [], estimates, device } = series;
  const errors = [0, ...errorMs, ...untouchedErrorMs, ...estimates.map((estimate) => estimate.errorMs)];
  const [low, high] = [Math.min(...errors), Math.max(...errors)];
  const x = scaleLinear([atMs[0] as number, atMs.at(-1) as number], [LEFT, WIDTH - 8]);
  const range = [HEIGHT - BOTTOM, 10];
  // A bar that reaches further ends where the chart does.
  const y = (isLog ? scaleSymlog([low, high], range).constant(UNIT_MS) : scaleLinear([low, high], range)).clamp(true);
  const way = (values: readonly number[]): string =>
    values.map((value, index) => `${x(atMs[index] as number).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  const last = errorMs.at(-1) ?? 0;
  return (
    <div class="drawing">
      <svg
        class="offset-chart"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Error of the ${device}'s clock: from ${formatSigned(errorMs[0] ?? 0)} to ${formatSigned(last)}, ${estimates.length} measurements.`}
      >
        {apart(ticksOf(low, high, isLog), y).map((tick) => (
          <g key={tick} class="tick">
            <line x1={LEFT} x2={WIDTH - 8} y1={y(tick)} y2={y(tick)} />
            <text x={LEFT - 6} y={y(tick) + 4} text-anchor="end">
              {formatSigned(tick)}
            </text>
          </g>
        ))}
        {[0, 0.25, 0.5, 0.75, 1].map((share) => {
          const at = (atMs[0] as number) + ((atMs.at(-1) as number) - (atMs[0] as number)) * share;
          return (
            <text
              key={share}
              class="tick-time"
              x={x(at)}
              y={HEIGHT - BOTTOM + 18}
              text-anchor={share === 0 ? 'start' : share === 1 ? 'end' : 'middle'}
            >
              {formatMinute(at, zone.value)}
            </text>
          );
        })}
        <polyline class="line-untouched" points={way(untouchedErrorMs)} />
        <polyline class="line-error" points={way(errorMs)} />
        {estimates.map(({ atMs: at, errorMs: error, boundMs, outcome }) => (
          <g key={`${at} ${outcome}`} class={`estimate ${outcome}`}>
            <line x1={x(at)} x2={x(at)} y1={y(error - boundMs)} y2={y(error + boundMs)} />
            <circle cx={x(at)} cy={y(error)} r={outcome === 'step' ? 4 : 2} />
          </g>
        ))}
        <g class="legend" transform={`translate(${LEFT} ${HEIGHT - 6})`}>
          <text>— as it was</text>
          <text x="90">- - without NTP</text>
          <text x="200">● measured by NTP</text>
        </g>
      </svg>
    </div>
  );
}

/** Powers of ten where the scale is logarithmic, else five even ones. */
function ticksOf(low: number, high: number, isLog: boolean): number[] {
  if (!isLog) return Array.from({ length: 5 }, (_, index) => low + ((high - low) * index) / 4);
  const powers = [0.01, 1, 100, 10_000, 1e6, 1e8];
  return [...powers.map((power) => -power).filter((power) => power >= low), 0, ...powers.filter((power) => power <= high)];
}

const LINE_HEIGHT = 12;

/** Zero, and those whose words do not stand over those nearer to it. */
function apart(ticks: readonly number[], y: (tick: number) => number): number[] {
  const kept: number[] = [];
  for (const tick of ticks.toSorted((one, other) => Math.abs(one) - Math.abs(other)))
    if (kept.every((other) => Math.abs(y(other) - y(tick)) >= LINE_HEIGHT)) kept.push(tick);
  return kept;
}

function OffsetTable({ series: { atMs, errorMs, untouchedErrorMs } }: { readonly series: ClockSeriesView }) {
  const every = Math.max(1, Math.floor(atMs.length / TABLE_ROWS));
  const rows = atMs.map((at, index) => ({
    key: at,
    cells: [
      formatTime(at, zone.value),
      formatSigned(errorMs[index] as number),
      untouchedErrorMs === undefined ? '' : formatSigned(untouchedErrorMs[index] as number),
    ],
  }));
  return (
    <DataTable
      caption="Error over time as a table"
      columns={[{ title: 'true time' }, { title: 'error', isNumber: true }, { title: 'without NTP', isNumber: true }]}
      rows={rows.filter((_, index) => index % every === 0)}
    />
  );
}
