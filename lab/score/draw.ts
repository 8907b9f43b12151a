import type { Random } from '../../core/random/random.ts';

/** From and to, both included. */
export type Range = readonly [low: number, high: number];

/** As often between 1 and 10 as between 10 and 100: for what differs by its order of magnitude. */
export const byMagnitude = (random: Random, [low, high]: Range): number =>
  Math.exp(random.uniform(Math.log(low), Math.log(high)));

/** The same in whole numbers. */
export const wholeByMagnitude = (random: Random, range: Range): number => Math.round(byMagnitude(random, range));

/** The same with one digit after the point, as a person would write it. */
export const tenthsByMagnitude = (random: Random, range: Range): number => Math.round(byMagnitude(random, range) * 10) / 10;

/** A day under plan: when it begins, and how long it is. */
export interface Span {
  /** Minutes after midnight, UTC. */
  readonly startMin: number;
  readonly lengthMin: number;
}

/** Nothing is begun before, nor is under way in the last minutes: what is cut off by the day's end would be another kind of test. */
const MARGIN_MIN = 20;

/** When something of `minutes` begins so that it ends within the day, as `HH:MM`. */
export function drawStart(random: Random, { startMin, lengthMin }: Span, minutes: number): string {
  const latest = Math.max(MARGIN_MIN, Math.floor(lengthMin - MARGIN_MIN - minutes));
  return timeOfDay(startMin + random.int(MARGIN_MIN, latest));
}

/** The longest something may take that is to lie within the day. */
export const longestMin = ({ lengthMin }: Span): number => lengthMin - 2 * MARGIN_MIN;

const timeOfDay = (minute: number): string =>
  [Math.floor(minute / 60) % 24, minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
