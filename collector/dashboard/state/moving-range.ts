import { startOf } from '../text/zone-time.ts';

/** Times that move on with the present, by the parameter `range`. */
export const MOVING = { '5m': 'last 5 min', '1h': 'last hour', today: 'today', week: 'this week' } as const;
export type Moving = keyof typeof MOVING;

/** Of the shortest; a view is asked for anew whenever their beginning moves on. */
const SPANS_MS = { '5m': 300_000, '1h': 3_600_000 } as const;
const STEPS_IN_SPAN = 60;

/** Where a moving time begins; both in milliseconds since 1970. */
export function beginOf(moving: Moving, nowMs: number, zone: string): number {
  if (moving === 'today') return startOf('day', nowMs, zone);
  if (moving === 'week') return startOf('week', nowMs, zone);
  const stepMs = SPANS_MS[moving] / STEPS_IN_SPAN;
  return Math.floor((nowMs - SPANS_MS[moving]) / stepMs) * stepMs;
}
