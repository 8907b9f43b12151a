import { useMemo } from 'preact/hooks';
import type { ExploreTable } from '../../../api/view/explore-view.ts';
import { colourOf, paletteColour } from '../../charts/colours.ts';
import { besideTruth } from '../../charts/beside-truth.ts';
import type { PlotData } from '../../charts/plot.ts';
import { TimeChart } from '../../charts/time-chart.tsx';
import { zone } from '../../state/status.ts';
import { formatDuration, formatTimeOf } from '../../text/format.ts';
import { formatOf, titleOf } from './units.ts';

/** The groups over time. */
export function ExploreChart({ table, kind }: { readonly table: ExploreTable; readonly kind: PlotData['kind'] }) {
  const shownZone = zone.value;
  const data = useMemo(() => plotDataOf(table, kind, shownZone), [table, kind, shownZone]);
  const names = table.groups.slice(0, 3).map(titleOf).join(', ');
  return <TimeChart sentence={`In steps of ${formatDuration(table.bucketMs)}; the largest: ${names}.`} data={data} />;
}

function plotDataOf(table: ExploreTable, kind: PlotData['kind'], shownZone: string): PlotData {
  const { by, groups, unit, bucketMs, truth } = table;
  const known = truth !== undefined && 'values' in truth ? truth : undefined;
  const laid = besideTruth(
    table.startMs,
    bucketMs,
    groups.map(({ values }) => values),
    known,
  );
  const { startMs } = laid;
  const buckets = laid.rows[0]?.length ?? 0;
  const isByCategory = by.length === 1 && by[0] === 'category';
  return {
    kind,
    timesMs: Array.from({ length: buckets }, (_, bucket) => startMs + bucket * bucketMs),
    series: groups.map((group, index) => {
      const name = titleOf(group);
      return {
        name,
        colour: isByCategory || group.isOther ? colourOf(name) : paletteColour(index),
        values: laid.rows[index] ?? [],
      };
    }),
    truth: laid.truth && { name: 'all, in truth', values: laid.truth },
    formatValue: formatOf(unit),
    formatTime: formatTimeOf(buckets * bucketMs, shownZone),
  };
}
