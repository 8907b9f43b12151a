import { element, joined, type Markup } from '../markup.ts';

/** A drawing's measures in its own units; it is scaled to the width there is. */
export const WIDTH = 720;
export const LEFT = 92;
const RIGHT = 10;
export const TOP = 8;
const BELOW = 22;
const DAY_MS = 86_400_000;
/** Between two marks of time. */
const TIME_STEPS_MS = [1, 5, 10, 30, 60, 120, 180, 360, 720, 1_440, 2_880].map((minutes) => minutes * 60_000);
const MOST_TIME_MARKS = 8;
const VALUE_MARKS = 4;
const [MINUTE_MS, HOUR_MS] = [60_000, 3_600_000];

/** What a drawing shows, both ends included. Times are milliseconds since 1970. */
export interface Extent {
  readonly fromMs: number;
  readonly toMs: number;
  readonly low: number;
  readonly high: number;
  /** Of the plot alone. */
  readonly height: number;
}

/** Where in the drawing a time and a value are. */
export interface Scale {
  x(ms: number): number;
  y(value: number): number;
}

/** A tenth of a unit is less than anybody sees. */
export const rounded = (value: number): number => Math.round(value * 10) / 10;

export function scaleOf({ fromMs, toMs, low, high, height }: Extent): Scale {
  const perMs = (WIDTH - LEFT - RIGHT) / Math.max(1, toMs - fromMs);
  const perValue = height / (high > low ? high - low : 1);
  return {
    x: (ms) => rounded(LEFT + (Math.min(toMs, Math.max(fromMs, ms)) - fromMs) * perMs),
    y: (value) => rounded(TOP + height - (Math.min(high, Math.max(low, value)) - low) * perValue),
  };
}

/** `14:00`; of what lasts longer than a day, `03-02 14:00`. In UTC. */
export const timeText = (ms: number, spanMs: number): string =>
  new Date(ms)
    .toISOString()
    .slice(spanMs > DAY_MS ? 5 : 11, 16)
    .replace('T', ' ');

/** Marks of time below, of values at the left: round numbers of `unit`. */
export function axes(extent: Extent, formatValue: ((value: number) => string) | undefined, unit = 1): Markup {
  const { fromMs, toMs, height } = extent;
  const { x, y } = scaleOf(extent);
  const step =
    TIME_STEPS_MS.find((ms) => (toMs - fromMs) / ms <= MOST_TIME_MARKS) ??
    DAY_MS * Math.ceil((toMs - fromMs) / DAY_MS / MOST_TIME_MARKS);
  const times: Markup[] = [];
  for (let ms = Math.ceil(fromMs / step) * step; ms <= toMs; ms += step) {
    times.push(element('path', { class: 'grid', d: `M${x(ms)} ${TOP}v${height}` }));
    // At the very edge there is no room for it.
    const anchor = x(ms) > WIDTH - RIGHT - 30 ? 'end' : 'middle';
    times.push(element('text', { x: x(ms), y: TOP + height + 15, 'text-anchor': anchor }, timeText(ms, toMs - fromMs)));
  }
  const values =
    formatValue === undefined
      ? []
      : marksOf(extent, unit).map((value) =>
          joined([
            element('path', { class: 'grid', d: `M${LEFT} ${y(value)}H${WIDTH - RIGHT}` }),
            element('text', { x: LEFT - 6, y: y(value) + 4, 'text-anchor': 'end' }, formatValue(value)),
          ]),
        );
  return joined([...values, ...times]);
}

/** What errors of clocks, in milliseconds, are round numbers of. */
export function roundTime({ low, high }: Pick<Extent, 'low' | 'high'>): number {
  const step = (high - low) / VALUE_MARKS;
  return step >= HOUR_MS ? HOUR_MS : step >= MINUTE_MS / 2 ? MINUTE_MS : 1;
}

/** Round numbers of `unit` from the lowest to the highest value. */
export function marksOf({ low, high }: Pick<Extent, 'low' | 'high'>, unit: number): number[] {
  if (unit !== 1) return marksOf({ low: low / unit, high: high / unit }, 1).map((mark) => mark * unit);
  const rough = (high - low) / VALUE_MARKS;
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => power * factor >= rough) ?? 10);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, index) => (first + index) * step);
}

/** A drawing with what it shows in words, for who does not see it; where the paper is narrow it can be moved to the side. */
export const drawing = (label: string, height: number, content: Markup): Markup => {
  const svg = { viewBox: `0 0 ${WIDTH} ${rounded(TOP + height + BELOW)}`, role: 'img', 'aria-label': label };
  return element('div', { class: 'wide', role: 'group', tabindex: 0, 'aria-label': 'a drawing' }, element('svg', svg, content));
};
