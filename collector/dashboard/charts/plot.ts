import UPlot, { type AlignedData, type Options, type Series } from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { wholeIntervals } from './whole-intervals.ts';

/** What a chart of values over time shows. Series lie on each other, or are lines. */
export interface PlotData {
  readonly kind: 'stacked' | 'lines';
  /** Where each value's interval begins, in milliseconds since 1970. */
  readonly timesMs: readonly number[];
  readonly series: readonly { readonly name: string; readonly colour: string; readonly values: readonly (number | null)[] }[];
  readonly formatValue: (value: number) => string;
  readonly formatTime: (ms: number) => string;
  /** A line over all the others: what it really was, of all of them together. */
  readonly truth?: { readonly name: string; readonly values: readonly (number | null)[] } | undefined;
}

/** A drawn chart. Everything of the library stays behind this. */
export interface Plot {
  update(data: PlotData): void;
  /** Points at a value, as a mouse would. */
  point(index: number): void;
  destroy(): void;
}

const HEIGHT = 240;
const VALUES_WIDTH = 88;
const TIMES_HEIGHT = 34;
/** Pixels; less is a click. */
const LEAST_DRAG = 6;
const AREA_ALPHA = 'd9';

/** What a reader does with a chart. */
export interface PlotListener {
  /** What is pointed at. */
  onPoint(index: number | undefined): void;
  /** A part was dragged over: whole intervals, in milliseconds since 1970. */
  onBrush(fromMs: number, toMs: number): void;
}

/** Draws into `host` and follows its width. */
export function createPlot(host: HTMLElement, data: PlotData, listener: PlotListener): Plot {
  let shown = data;
  const plot = new UPlot(
    optionsOf(host, () => shown, listener),
    dataOf(data),
    host,
  );
  const resized = new ResizeObserver(() => plot.setSize({ width: host.clientWidth, height: HEIGHT }));
  resized.observe(host);
  return {
    update(next) {
      shown = next;
      plot.setData(dataOf(next));
    },
    point(index) {
      const left = plot.valToPos((shown.timesMs[index] ?? 0) / 1_000, 'x');
      plot.setCursor({ left, top: HEIGHT / 3 });
    },
    destroy() {
      resized.disconnect();
      plot.destroy();
    },
  };
}

function optionsOf(host: HTMLElement, data: () => PlotData, { onPoint, onBrush }: PlotListener): Options {
  const style = getComputedStyle(host);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--text-soft'),
    font: `12px ${style.fontFamily}`,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line'), width: 1, size: 5 },
  };
  const { kind, series, truth } = data();
  return {
    width: host.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, points: { show: kind === 'lines' }, drag: { x: true, y: false, setScale: false, dist: LEAST_DRAG } },
    scales: { x: { time: true }, y: { range: (_plot, _low, high) => [0, Math.max(high, 1e-9) * 1.05] } },
    axes: [
      { ...axis, size: TIMES_HEIGHT, values: (_plot, splits) => splits.map((split) => data().formatTime(split * 1_000)) },
      { ...axis, size: VALUES_WIDTH, values: (_plot, splits) => splits.map((split) => data().formatValue(split)) },
    ],
    series: [
      {},
      ...series.map((each) => seriesOf(kind, each.colour)),
      ...(truth === undefined
        ? []
        : [{ stroke: colour('--text'), width: 1.5, dash: [4, 3], points: { show: false }, ...STEPPED }]),
    ],
    bands: kind === 'stacked' ? series.slice(1).map((_, index) => ({ series: [index + 1, index + 2] as [number, number] })) : [],
    hooks: {
      setCursor: [
        ({ cursor: { idx } }) => onPoint(typeof idx === 'number' ? Math.min(idx, data().timesMs.length - 1) : undefined),
      ],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width === 0) return;
          const at = (x: number): number => plot.posToVal(x, 'x') * 1_000;
          const [fromMs, toMs] = wholeIntervals(data().timesMs, at(left), at(left + width));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          onBrush(fromMs, toMs);
        },
      ],
    },
  };
}

/** As what is stacked is drawn. */
const STEPPED: Pick<Series, 'paths'> = UPlot.paths.stepped === undefined ? {} : { paths: UPlot.paths.stepped({ align: 1 }) };

function seriesOf(kind: PlotData['kind'], colour: string): Series {
  const { stepped } = UPlot.paths;
  if (kind === 'lines' || stepped === undefined) return { stroke: colour, width: 2, points: { show: false } };
  return { stroke: colour, width: 1, fill: `${colour}${AREA_ALPHA}`, paths: stepped({ align: 1 }), points: { show: false } };
}

/** The first series lies on all others, so each is the sum of itself and those after it. The last interval ends where one more would begin. */
function dataOf({ kind, timesMs, series, truth }: PlotData): AlignedData {
  const times = timesMs.map((ms) => ms / 1_000);
  const line = truth === undefined ? [] : [[...truth.values]];
  if (kind === 'lines') return [times, ...series.map(({ values }) => [...values]), ...line];
  const [first = 0, second = first + 1] = times;
  const untilEnd = <Value>(values: readonly Value[], end: Value | undefined): Value[] =>
    end === undefined ? [...values] : [...values, end];
  const last = times.at(-1);
  const below = new Array<number>(times.length).fill(0);
  const sums = series.toReversed().map(({ values }) => {
    for (const [index, value] of values.entries()) below[index] = (below[index] ?? 0) + (value ?? 0);
    return untilEnd(below, below.at(-1));
  });
  return [
    untilEnd(times, last === undefined ? undefined : last + second - first),
    ...sums.reverse(),
    ...line.map((values) => untilEnd(values, values.at(-1))),
  ];
}
