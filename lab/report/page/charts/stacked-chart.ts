import type { CategorySeries } from '../../../../collector/api/view/overview-view.ts';
import { formatOctets } from '../../format.ts';
import { element, joined, markup, type Markup } from '../markup.ts';
import { axes, drawing, scaleOf } from './frame.ts';
import { COLOURS, colourOf, legend } from './legend.ts';

const HEIGHT = 220;
const OTHERS = 'all others';

/** Octets over time, one kind on the other, as steps: a bucket is one figure, not a slope. `order` is that of the colours. */
export function stackedChart(title: string, series: CategorySeries, order: readonly string[]): Markup {
  const { startMs, bucketMs } = series;
  const kinds = fewKinds(series, order);
  const buckets = kinds[0]?.octets.length ?? 0;
  const tops: number[][] = [];
  for (const { octets } of kinds) tops.push(octets.map((value, bucket) => value + (tops.at(-1)?.[bucket] ?? 0)));
  const extent = {
    fromMs: startMs,
    toMs: startMs + buckets * bucketMs,
    low: 0,
    high: Math.max(1, ...(tops.at(-1) ?? [])),
    height: HEIGHT,
  };
  const { x, y } = scaleOf(extent);
  const steps = (values: readonly number[]): string => {
    const heights = values.map(y);
    const changes = heights.map((height, bucket) =>
      height === heights[bucket - 1] ? '' : `H${x(startMs + bucket * bucketMs)}V${height}`,
    );
    return `${changes.join('')}H${x(extent.toMs)}`;
  };
  // The highest first: each is drawn over the one before, from its top down to the ground.
  const areas = tops
    .map((values, kind) =>
      element('path', { class: `${colourOf(kind)} area`, d: `M${x(startMs)} ${y(0)}${steps(values)}V${y(0)}Z` }),
    )
    .reverse();
  const label = `${title}: ${kinds.map(({ name, total }) => `${name} ${formatOctets(total)}`).join(', ')}`;
  return markup`<figure>
    <figcaption>${title}${legend(kinds.map(({ name }) => name))}</figcaption>
    ${drawing(label, HEIGHT, joined([axes(extent, formatOctets), ...areas]))}
  </figure>`;
}

/** As many as there are colours, the smallest together. */
function fewKinds(
  { categories, octets }: CategorySeries,
  order: readonly string[],
): { name: string; octets: readonly number[]; total: number }[] {
  const none = (octets[0] ?? []).map(() => 0);
  const all = order.map((name) => ({ name, octets: octets[categories.indexOf(name)] ?? none }));
  const rest = all.length <= COLOURS ? [] : all.splice(COLOURS - 1);
  if (rest.length > 0) {
    const together = (rest[0]?.octets ?? []).map((_, bucket) => rest.reduce((sum, kind) => sum + (kind.octets[bucket] ?? 0), 0));
    all.push({ name: OTHERS, octets: together });
  }
  return all.map((kind) => ({ ...kind, total: kind.octets.reduce((sum, value) => sum + value, 0) }));
}
