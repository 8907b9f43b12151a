import { expect, test } from 'vitest';
import { hostileRun } from './hostile-requests.ts';

test('thirty thousand hostile datagrams throw nothing, get no longer replies, and modes 2 and 4 to 7 get none', () => {
  const { mistakes, counters, replies } = hostileRun(30_000, 1);
  expect(mistakes).toEqual([]);
  expect(Object.values(counters).reduce((sum, count) => sum + count, 0)).toBe(30_000);
  expect(counters['responded']! + counters['kissed']!).toBe(replies);
  // Each way a datagram can end is gone, but for the queue, which is always fetched.
  expect(Object.entries(counters).filter(([, count]) => count === 0)).toEqual([
    ['denied', 0],
    ['backlog', 0],
  ]);
});
