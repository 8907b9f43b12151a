import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { DataTable } from '../parts/data-table.tsx';
import { showRange } from '../state/range.ts';
import { isDark } from '../state/settings.ts';
import { zone } from '../state/status.ts';
import type { Plot, PlotData } from './plot.ts';

interface TimeChartProperties {
  /** What there is to see, in a sentence: for who cannot see it. */
  readonly sentence: string;
  readonly data: PlotData;
}

/** A chart of values over time: drawn, walked with the arrow keys, or read as a table. What is dragged over becomes the time that is shown. */
export function TimeChart({ sentence, data }: TimeChartProperties) {
  const isTable = useSignal(false);
  const pointed = useSignal<number | undefined>(undefined);
  return (
    <div class="chart">
      {isTable.value ? (
        <ChartTable sentence={sentence} data={data} />
      ) : (
        <Drawing sentence={sentence} data={data} pointed={pointed} />
      )}
      <div class="chart-foot">
        <Legend data={data} index={isTable.value ? undefined : pointed.value} />
        {!isTable.value && <span class="soft chart-hint">drag over a part to see it alone</span>}
        <button type="button" class="quiet" aria-pressed={isTable.value} onClick={() => (isTable.value = !isTable.value)}>
          View as table
        </button>
      </div>
    </div>
  );
}

interface DrawingProperties extends TimeChartProperties {
  readonly pointed: { value: number | undefined };
}

function Drawing({ sentence, data, pointed }: DrawingProperties) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot>();
  const latest = useRef(data);
  latest.current = data;
  // Other colours, series or words are another chart; other values are not.
  const look = [isDark.value, zone.value, data.kind, ...shownOf(data).map(({ name }) => name)].join('|');
  useEffect(() => {
    let isGone = false;
    void import('./plot.ts').then(({ createPlot }) => {
      if (isGone || host.current === null) return;
      plot.current = createPlot(host.current, latest.current, {
        onPoint: (index) => (pointed.value = index),
        onBrush: (fromMs, toMs) => showRange({ from: String(fromMs), to: String(toMs) }),
      });
    });
    return () => {
      isGone = true;
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [look, pointed]);
  useEffect(() => plot.current?.update(data), [data]);
  const walk = (event: KeyboardEvent): void => {
    const last = data.timesMs.length - 1;
    const from = pointed.value ?? -1;
    const to = { ArrowRight: from + 1, ArrowLeft: from - 1, Home: 0, End: last }[event.key];
    if (to === undefined || last < 0) return;
    event.preventDefault();
    plot.current?.point(Math.min(last, Math.max(0, to)));
  };
  return (
    <>
      <div
        class="chart-drawing"
        ref={host}
        role="img"
        aria-label={`${sentence} Arrow keys read the values.`}
        tabIndex={0}
        onKeyDown={walk}
      />
      <Announced data={data} index={pointed.value} />
    </>
  );
}

const ANNOUNCED_AFTER_MS = 250;

/** Says what is pointed at, once the cursor rests. */
function Announced({ data, index }: { readonly data: PlotData; readonly index: number | undefined }) {
  const said = useSignal('');
  useEffect(() => {
    const timer = setTimeout(() => (said.value = index === undefined ? '' : wordsOf(data, index)), ANNOUNCED_AFTER_MS);
    return () => clearTimeout(timer);
    // New values alone are not announced: they come four times a second.
  }, [index, said]);
  return (
    <p class="visually-hidden" aria-live="polite">
      {said.value}
    </p>
  );
}

/** The series, and the truth where it is told. */
const shownOf = ({ series, truth }: PlotData) => [...series, ...(truth === undefined ? [] : [{ ...truth, colour: undefined }])];

function wordsOf(data: PlotData, index: number): string {
  const { timesMs, formatTime, formatValue } = data;
  const parts = shownOf(data).flatMap(({ name, values }) => {
    const value = values[index] ?? 0;
    return value === 0 ? [] : [`${name} ${formatValue(value)}`];
  });
  return `${formatTime(timesMs[index] ?? 0)}: ${parts.length === 0 ? 'nothing' : parts.join(', ')}`;
}

/** Which colour is what; with the values of what is pointed at. */
function Legend({ data, index }: { readonly data: PlotData; readonly index: number | undefined }) {
  const { timesMs, formatTime, formatValue } = data;
  return (
    <ul class="legend">
      {shownOf(data).map(({ name, colour, values }) => (
        <li key={name}>
          {colour === undefined ? (
            <span class="swatch truth" aria-hidden="true" />
          ) : (
            <span class="swatch" style={{ background: colour }} aria-hidden="true" />
          )}
          {name}
          {index !== undefined && <b>{formatValue(values[index] ?? 0)}</b>}
        </li>
      ))}
      {index !== undefined && <li class="legend-time">{formatTime(timesMs[index] ?? 0)}</li>}
    </ul>
  );
}

function ChartTable({ sentence, data }: TimeChartProperties) {
  const { timesMs, formatTime, formatValue } = data;
  const series = shownOf(data);
  return (
    <DataTable
      caption={sentence}
      columns={[{ title: 'Time' }, ...series.map(({ name }) => ({ title: name, isNumber: true }))]}
      rows={timesMs.map((ms, index) => ({
        key: ms,
        cells: [formatTime(ms), ...series.map(({ values }) => formatValue(values[index] ?? 0))],
      }))}
    />
  );
}
