import { markup, type Markup } from '../markup.ts';

/** The style sheet has so many; the last is for what is left. */
export const COLOURS = 8;

/** The class of the colour of what is at `index`. */
export const colourOf = (index: number): string => `s${Math.min(index, COLOURS - 1)}`;

/** What each colour of a chart is. */
export const legend = (names: readonly string[]): Markup =>
  markup`<ul class="legend">
    ${names.map((name, index) => markup`<li><i class="${colourOf(index)}"></i>${name}</li>`)}
  </ul>`;
