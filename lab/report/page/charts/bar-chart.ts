import { markup, type Markup } from '../markup.ts';
import { colourOf, legend } from './legend.ts';

/** Bars of one thing: one for each series, from 0 to 1. */
export interface BarGroup {
  readonly name: string;
  readonly bars: readonly { readonly share: number; readonly text: string }[];
}

const WIDTH = 720;
const NAME_WIDTH = 270;
const TEXT_WIDTH = 90;
const BAR_HEIGHT = 14;
const GAP = 10;
const ROOM = WIDTH - NAME_WIDTH - TEXT_WIDTH;

/** Horizontal bars as SVG; what it shows is in `title` and stands in a table beside it. */
export function barChart(title: string, series: readonly string[], groups: readonly BarGroup[]): Markup {
  const groupHeight = series.length * BAR_HEIGHT + GAP;
  const height = groups.length * groupHeight + GAP;
  const bars = groups.map(
    ({ name, bars }, group) =>
      markup`<text x="${NAME_WIDTH - 8}" y="${GAP + group * groupHeight + 11}" text-anchor="end">${name}</text> ${bars.map(
        ({ share, text }, index) => {
          const y = GAP + group * groupHeight + index * BAR_HEIGHT;
          const width = (Math.min(1, Math.max(0, share)) * ROOM).toFixed(1);
          return markup`<rect
                class="${colourOf(index)}"
                x="${NAME_WIDTH}"
                y="${y}"
                width="${width}"
                height="${BAR_HEIGHT - 2}"
              /><text x="${(NAME_WIDTH + Number(width) + 6).toFixed(1)}" y="${y + 11}">${text}</text> `;
        },
      )}`,
  );
  return markup`<figure>
    <figcaption>${title}${legend(series)}</figcaption>
    <div class="wide" role="group" tabindex="0" aria-label="a drawing"><svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}">${bars}</svg></div>
  </figure> `;
}
