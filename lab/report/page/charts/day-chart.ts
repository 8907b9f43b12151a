import { formatOctets, formatPercent } from '../../format.ts';
import type { PersonDay } from '../illustrations.ts';
import { element, joined, type Markup } from '../markup.ts';
import { axes, drawing, LEFT, scaleOf, timeText, TOP } from './frame.ts';
import { colourOf } from './legend.ts';

const LANE = 15;
const BAR = 11;
/** Nothing is narrower, or nobody would see it. */
const LEAST_WIDTH = 1.2;
/** From here on an activity is told by pointing at it; below there are too many. */
const TOLD_OCTETS = 1_000_000;

/** Somebody's day: a lane for each category, a bar for each activity, the fainter the less sure it is. `categories` have the colours. */
export function dayChart(
  { name, activities }: PersonDay,
  categories: readonly string[],
  span: { fromMs: number; toMs: number },
): Markup {
  const lanes = categories.filter((category) => activities.some((activity) => activity.category === category));
  const height = lanes.length * LANE;
  const extent = { ...span, low: 0, high: 1, height };
  const { x } = scaleOf(extent);
  const spanMs = span.toMs - span.fromMs;
  const names = lanes.map((category, lane) =>
    element('text', { x: LEFT - 6, y: TOP + lane * LANE + 11, 'text-anchor': 'end' }, category),
  );
  const bars = activities.map((activity) => {
    const { label, category, startMs, endMs, octets, confidence } = activity;
    const from = x(startMs);
    const told = `${timeText(startMs, spanMs)} to ${timeText(endMs, spanMs)}: ${label}, ${formatOctets(octets)}, ${formatPercent(100 * confidence)} sure`;
    return element(
      'rect',
      {
        class: colourOf(categories.indexOf(category)),
        x: from,
        y: TOP + lanes.indexOf(category) * LANE + (LANE - BAR) / 2,
        width: Math.max(LEAST_WIDTH, Math.round((x(endMs) - from) * 10) / 10),
        height: BAR,
        'fill-opacity': opacityOf(confidence),
      },
      octets < TOLD_OCTETS ? '' : element('title', {}, told),
    );
  });
  const label = `What ${name} did: ${lanes.map((lane) => `${lane} ${activities.filter(({ category }) => category === lane).length} times`).join(', ')}`;
  return drawing(label, height, joined([axes(extent, undefined), ...names, ...bars]));
}

/** What is half sure is still to be seen. */
const opacityOf = (confidence: number): number => Math.round((0.35 + 0.65 * confidence) * 100) / 100;
