import { element, joined, markup, type Markup } from '../markup.ts';
import { axes, drawing, roundTime, scaleOf } from './frame.ts';
import { colourOf, legend } from './legend.ts';

const HEIGHT = 170;
/** Of the values, free above and below. */
const MARGIN = 0.06;

export interface Line {
  readonly name: string;
  readonly atMs: readonly number[];
  readonly values: readonly number[];
}

/** A value with how far it may be off either way. */
export interface Estimate {
  readonly atMs: number;
  readonly value: number;
  readonly bound: number;
}

/** Lines over time, in milliseconds, and what was estimated as dots with their bounds. `within`: what is further from 0 is cut off. */
export function lineChart(
  title: string,
  lines: readonly Line[],
  {
    estimates = [],
    estimatesName = '',
    within = Infinity,
    format,
  }: { estimates?: readonly Estimate[]; estimatesName?: string; within?: number; format: (value: number) => string },
): Markup {
  const values = [
    0,
    ...lines.flatMap((line) => line.values),
    ...estimates.flatMap(({ value, bound }) => [value - bound, value + bound]),
  ].map((value) => Math.max(-within, Math.min(within, value)));
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = (most - least || 1) * MARGIN;
  const times = lines.flatMap(({ atMs }) => [atMs[0] ?? 0, atMs.at(-1) ?? 0]);
  const extent = { fromMs: Math.min(...times), toMs: Math.max(...times), low: least - room, high: most + room, height: HEIGHT };
  const { x, y } = scaleOf(extent);
  const dots = estimates
    .map(({ atMs, value, bound }) => `M${x(atMs)} ${y(value - bound)}V${y(value + bound)}M${x(atMs) - 1.5} ${y(value)}h3`)
    .join('');
  const colour = (index: number): string => `line ${colourOf(index)}`;
  const drawn = [
    ...(dots === '' ? [] : [element('path', { class: `bounds ${colourOf(lines.length)}`, d: dots })]),
    ...lines.map((line, index) => element('path', { class: colour(index), d: pathOf(line, x, y) })),
  ];
  const names = [...lines.map(({ name }) => name), ...(dots === '' ? [] : [estimatesName])];
  const label = `${title}: ${lines.map(({ name, values: own }) => `${name} from ${format(own[0] ?? 0)} to ${format(own.at(-1) ?? 0)}`).join(', ')}`;
  return markup`<figure>
    <figcaption>${title}${legend(names)}</figcaption>
    ${drawing(label, HEIGHT, joined([axes(extent, format, roundTime(extent)), ...drawn]))}
  </figure>`;
}

/** Without the points that a straight line goes through anyway. */
function pathOf({ atMs, values }: Line, x: (ms: number) => number, y: (value: number) => number): string {
  const points = atMs.map((ms, index) => [x(ms), y(values[index] ?? 0)] as const);
  const kept = points.filter(([, here], index) => {
    const [before, after] = [points[index - 1]?.[1], points[index + 1]?.[1]];
    return before !== here || after !== here;
  });
  return kept.map(([px, py], index) => `${index === 0 ? 'M' : 'L'}${px} ${py}`).join('');
}
