import fc from 'fast-check';
import { expect, test } from 'vitest';
import { trueNs } from '../../../core/time/instant.ts';
import { RecentMap } from '../../../core/time/recent-map.ts';

const SPAN = 100;

test('what was touched within the span is there, what was not for two is gone, and nothing else is ever told', () => {
  const steps = fc.array(fc.record({ waits: fc.nat(60), key: fc.nat(5), value: fc.option(fc.nat(), { nil: undefined }) }), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(steps, (given) => {
      const map = new RecentMap<number, number>(SPAN);
      const touched = new Map<number, { at: number; value: number }>();
      let now = 0;
      for (const { waits, key, value } of given) {
        now += waits;
        if (value !== undefined) {
          map.set(trueNs(now), key, value);
          touched.set(key, { at: now, value });
          continue;
        }
        const known = touched.get(key);
        const found = map.get(trueNs(now), key);
        if (found !== undefined) expect(found).toBe(known?.value);
        const idle = now - (known?.at ?? -Infinity);
        if (idle < SPAN) expect(found).toBe(known?.value);
        if (idle >= 2 * SPAN) expect(found).toBeUndefined();
        if (found !== undefined && known !== undefined) known.at = now;
        else touched.delete(key);
      }
      expect(map.size).toBeLessThanOrEqual(6);
    }),
    // Few of the runs wait long enough to tell a late generation.
    { numRuns: 5_000 },
  );
});

test('however many there were, only those of two spans are kept', () => {
  const map = new RecentMap<number, number>(SPAN);
  for (let now = 0; now < 100_000; now++) map.set(trueNs(now), now, now);
  expect(map.size).toBeLessThanOrEqual(2 * SPAN);
});
