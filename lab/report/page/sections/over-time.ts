import type { CategorySeries } from '../../../../collector/api/view/overview-view.ts';
import { formatDuration, formatOctets, formatPercent } from '../../format.ts';
import type { Report } from '../../report.ts';
import { besideTruth } from '../../sections/usage.ts';
import { timeText } from '../charts/frame.ts';
import { stackedChart } from '../charts/stacked-chart.ts';
import type { Illustrations } from '../illustrations.ts';
import { joined, markup, type Markup } from '../markup.ts';
import { folded, table } from '../table.ts';

const HOUR_MS = 3_600_000;
const MOST_ROWS = 24;

/** What the line was used for, over time and altogether. */
export function overTimeSection({ categories }: Report, sites: Illustrations['sites'], order: readonly string[]): Markup {
  const charts = sites.map(({ name, series }) => {
    const of = sites.length > 1 ? `${name}: ` : '';
    const title = `${of}octets in each ${formatDuration(series.bucketMs / 1_000)}, by what they were for`;
    return markup`${stackedChart(title, series, order)} ${folded(`${of}the same as a table`, seriesTable(`${of}octets by category`, series))}`;
  });
  return markup`<p>Times are told by the router's clock, in UTC; a flow's octets count as spread evenly from its first packet to its last.</p>
    ${joined(charts)}
    ${table(
      'By category, altogether',
      [
        { name: 'category', of: ({ category }) => category, isText: true },
        { name: 'octets', of: ({ octets }) => formatOctets(octets) },
        { name: 'share', of: ({ sharePercent }) => formatPercent(sharePercent) },
        {
          name: 'in truth',
          of: ({ octets, trueOctets }) => (octets === trueOctets ? 'the same' : besideTruth(octets, trueOctets)),
        },
      ],
      categories,
    )}`;
}

/** Buckets together until they are few enough to read, an hour at the least. */
function seriesTable(caption: string, { startMs, bucketMs, categories, octets }: CategorySeries): Markup {
  const buckets = octets[0]?.length ?? 0;
  const perRow = Math.max(1, Math.ceil(buckets / MOST_ROWS), Math.round(HOUR_MS / bucketMs));
  const rows = Array.from({ length: Math.ceil(buckets / perRow) }, (_, row) => row * perRow);
  const sumOf = (kind: number, first: number): number =>
    (octets[kind] ?? []).slice(first, first + perRow).reduce((sum, value) => sum + value, 0);
  return table(
    caption,
    [
      { name: 'from', of: (first) => timeText(startMs + first * bucketMs, buckets * bucketMs), isText: true },
      ...categories.map((name, kind) => ({ name, of: (first: number) => formatOctets(sumOf(kind, first)) })),
    ],
    rows,
  );
}
