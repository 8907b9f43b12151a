import { expect, test } from 'vitest';
import { ClockFilter } from '../../../core/ntp/clock-filter.ts';
import { NS_PER_S, trueNs } from '../../../core/time/instant.ts';

const at = (s: number) => trueNs(s * NS_PER_S);

test('the sample with the least delay is the best; dispersion is halved place by place and grows by 15 ppm', () => {
  const filter = new ClockFilter();
  expect(filter.statistics(at(0))).toBeUndefined();
  filter.add({ at: at(0), offsetNs: 1_000, delayNs: 300, dispersionNs: 800 });
  filter.add({ at: at(0), offsetNs: 4_000, delayNs: 100, dispersionNs: 400 });
  expect(filter.statistics(at(0))).toEqual({ offsetNs: 4_000, delayNs: 100, dispersionNs: 200 + 200, jitterNs: 3_000 });
  expect(filter.statistics(at(100))?.dispersionNs).toBeCloseTo(400 + 0.75 * 15e-6 * 100 * NS_PER_S, 6);
});

test('only the last eight samples count', () => {
  const filter = new ClockFilter();
  filter.add({ at: at(0), offsetNs: 9_999, delayNs: 1, dispersionNs: 0 });
  for (let s = 1; s <= 8; s++) filter.add({ at: at(s), offsetNs: 5, delayNs: 100 + s, dispersionNs: 0 });
  expect(filter.statistics(at(8))).toMatchObject({ offsetNs: 5, delayNs: 101 });
});
