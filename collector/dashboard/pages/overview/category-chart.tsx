import { useMemo } from 'preact/hooks';
import type { CategorySeries, OverviewTruth } from '../../../api/view/overview-view.ts';
import { colourOf } from '../../charts/colours.ts';
import { besideTruth } from '../../charts/beside-truth.ts';
import type { PlotData } from '../../charts/plot.ts';
import { TimeChart } from '../../charts/time-chart.tsx';
import { zone } from '../../state/status.ts';
import { formatDuration, formatRate, formatTimeOf } from '../../text/format.ts';

/** More would be told apart by nobody. */
const SHOWN = 8;

/** The use of the line over time, categories on each other. */
export function CategoryChart({ series, truth }: { readonly series: CategorySeries; readonly truth: OverviewTruth | undefined }) {
  const shownZone = zone.value;
  const data = useMemo(() => plotDataOf(series, truth, shownZone), [series, truth, shownZone]);
  const sentence = `Use of the line over time in steps of ${formatDuration(series.bucketMs)}: ${series.categories.slice(0, 3).join(', ')} use most.`;
  return <TimeChart sentence={sentence} data={data} />;
}

function plotDataOf(
  { bucketMs, startMs: measuredFromMs, categories, octets }: CategorySeries,
  truth: OverviewTruth | undefined,
  shownZone: string,
): PlotData {
  const laid = besideTruth(measuredFromMs, bucketMs, octets, truth && { startMs: truth.startMs, values: truth.octets });
  const { startMs } = laid;
  const rate = (each: number): number => (each * 8_000) / bucketMs;
  const rows = categories.map((name, index) => ({ name, values: laid.rows[index] ?? [] }));
  const buckets = rows[0]?.values.length ?? 0;
  const rest = rows.slice(SHOWN);
  const other = Array.from({ length: buckets }, (_, bucket) => rest.reduce((sum, { values }) => sum + (values[bucket] ?? 0), 0));
  const shown = [...rows.slice(0, SHOWN), ...(rest.length === 0 ? [] : [{ name: 'all others', values: other }])];
  return {
    kind: 'stacked',
    timesMs: Array.from({ length: buckets }, (_, bucket) => startMs + bucket * bucketMs),
    series: shown.map(({ name, values }) => ({
      name,
      colour: colourOf(name),
      values: values.map(rate),
    })),
    truth: laid.truth && { name: 'in truth', values: laid.truth.map(rate) },
    formatValue: formatRate,
    formatTime: formatTimeOf(buckets * bucketMs, shownZone),
  };
}
