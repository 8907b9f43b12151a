import { formatOctets, formatPercent } from '../../format.ts';
import { dayChart } from '../charts/day-chart.ts';
import { timeText } from '../charts/frame.ts';
import type { Illustrations, PersonDay } from '../illustrations.ts';
import { joined, markup, type Markup } from '../markup.ts';
import { table } from '../table.ts';

const LARGEST = 6;

/** The days of those who used most, as the activities the collector made of their flows. `order` is that of the colours. */
export function daysSection(
  sites: Illustrations['sites'],
  span: { readonly fromMs: number; readonly toMs: number },
  order: readonly string[],
): Markup {
  const days = sites.flatMap((site) => site.days.map((day) => ({ ...day, site: sites.length > 1 ? `, ${site.name}` : '' })));
  // Only activities are uploads.
  const categories = [...new Set([...order, ...days.flatMap(({ activities }) => activities.map(({ category }) => category))])];
  return markup`<p>Flows that belong together are one activity, and what it is called is worked out: a faint bar is less sure. No content was seen, only addresses, names, ports and sizes.</p>
    ${joined(days.map((day) => oneDay(day, day.site, categories, span)))}`;
}

function oneDay(
  day: PersonDay,
  site: string,
  categories: readonly string[],
  span: { readonly fromMs: number; readonly toMs: number },
): Markup {
  const { name, activities } = day;
  if (activities.length === 0) return markup`<h3>${name}${site}</h3><p>Nothing.</p>`;
  const spanMs = span.toMs - span.fromMs;
  const largest = activities.toSorted((one, other) => other.octets - one.octets).slice(0, LARGEST);
  return markup`<section class="day">
    <h3>${name}${site}</h3>
    <figure>${dayChart(day, categories, span)}</figure>
    ${table(
      `${name}${site}: the largest of ${activities.length}`,
      [
        { name: 'when', of: ({ startMs, endMs }) => `${timeText(startMs, spanMs)} to ${timeText(endMs, spanMs)}`, isText: true },
        { name: 'what', of: ({ label }) => label, isText: true },
        { name: 'octets', of: ({ octets }) => formatOctets(octets) },
        { name: 'sure', of: ({ confidence }) => formatPercent(100 * confidence) },
        { name: 'why it is called so', of: ({ why }) => why.join(' '), isText: true },
      ],
      largest,
    )}
  </section>`;
}
