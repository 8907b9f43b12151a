import { expect, test } from 'vitest';
import { startSystemTime } from '../../runtime/system-time.ts';

test('begins at a tick: what it says next is the wall clock to a millisecond', () => {
  const { epoch, now } = startSystemTime();
  const before = Date.now();
  const saidMs = epoch.unixMs + now() / 1e6;
  expect(saidMs).toBeGreaterThan(before - 0.5);
  expect(saidMs).toBeLessThan(Date.now() + 1.5);
});

test('a clock that stands still is an error in a sentence, not a wait for ever', () => {
  const { now } = Date;
  Date.now = () => 1_772_438_400_000;
  try {
    expect(startSystemTime).toThrow("the system's clock stands still at 2026-03-02T08:00:00.000Z");
  } finally {
    Date.now = now;
  }
});
