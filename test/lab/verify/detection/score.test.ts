import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchAlerts } from '../../../../lab/verify/detection/match.ts';
import {
  addMatching,
  precisionOf,
  proportion,
  recallOf,
  spreadOf,
  sumOf,
  type TallyByKind,
} from '../../../../lab/verify/detection/score.ts';
import { alert, alertsArbitrary, event, eventsArbitrary } from './detection-cases.ts';

// R. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I, method 3.
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('the interval of %d of %d is as published', (part, whole, low, high) => {
  const found = proportion(part, whole);
  expect(found.value).toBe(part / whole);
  expect(found.low).toBeCloseTo(low, 4);
  expect(found.high).toBeCloseTo(high, 4);
});

test('each end of the interval is a proportion from which the counted one lies 1.96 standard errors away', () => {
  const counted = fc.integer({ min: 1, max: 500 }).chain((whole) => fc.tuple(fc.nat(whole), fc.constant(whole)));
  fc.assert(
    fc.property(counted, ([part, whole]) => {
      const { low, high } = proportion(part, whole);
      expect(low).toBeLessThanOrEqual(part / whole);
      expect(high).toBeGreaterThanOrEqual(part / whole);
      for (const end of [low, high].filter((bound) => bound > 0 && bound < 1))
        expect(Math.abs(part / whole - end)).toBeCloseTo(1.959964 * Math.sqrt((end * (1 - end)) / whole), 6);
    }),
  );
  expect(proportion(0, 0)).toEqual({ value: null, low: 0, high: 1 });
});

test('precision is of alerts, recall of what could be seen', () => {
  const events = [event(), event({ kind: 'mining' }), event({ kind: 'host-scan', records: 0, unseen: 'not-sampled' })];
  const alerts = [alert(), alert({ raisedTrulyMs: 1_600_000 }), alert({ kind: 'port-scan' })];
  const tallies: TallyByKind = new Map();
  addMatching(tallies, matchAlerts(events, alerts, 0));
  const all = sumOf(tallies.values());
  expect(precisionOf(all).value).toBe(1 / 3);
  expect(recallOf(all).value).toBe(1 / 2);
  expect(tallies.get('beacon')).toMatchObject({ events: 1, hits: 1, falseAlarms: 1, doubled: 1 });
  expect(tallies.get('port-scan')).toMatchObject({ events: 0, hits: 0, falseAlarms: 1, doubled: 0 });
  expect(tallies.get('host-scan')).toMatchObject({ events: 0, unseen: 1 });
});

test('delays are told truly, by the collector and as an alert tells them; times by the router may be wrong', () => {
  const tallies: TallyByKind = new Map();
  const told = alert({ firstSeenMs: 1_300_000, lastSeenMs: 1_400_000, raisedAtMs: 1_250_000, raisedTrulyMs: 1_200_000 });
  addMatching(tallies, matchAlerts([event()], [told], 0));
  expect(tallies.get('beacon')?.delayMs).toEqual({ truly: [200_000], collector: [250_000], told: [-50_000] });
  expect(tallies.get('beacon')?.beginErrorMs).toEqual([300_000]);
});

test('days counted one by one add up to all of them', () => {
  const day = fc.tuple(eventsArbitrary, alertsArbitrary);
  fc.assert(
    fc.property(fc.array(day, { maxLength: 4 }), (days) => {
      const together: TallyByKind = new Map();
      const apart = days.map(([events, alerts]) => {
        const tallies: TallyByKind = new Map();
        const matching = matchAlerts(events, alerts, 0);
        addMatching(tallies, matching);
        addMatching(together, matching);
        return sumOf(tallies.values());
      });
      const counts = ({ events, unseen, hits, missed, falseAlarms, doubled }: ReturnType<typeof sumOf>) => [
        events,
        unseen,
        hits,
        missed,
        falseAlarms,
        doubled,
      ];
      expect(counts(sumOf(apart))).toEqual(counts(sumOf(together.values())));
    }),
  );
});

test('half of the values lie on either side of the median', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1 }), (values) => {
      const spread = spreadOf(values);
      expect(spread).toMatchObject({ min: Math.min(...values), max: Math.max(...values) });
      const { median } = spread ?? { median: NaN };
      expect(values.filter((value) => value < median).length).toBeLessThanOrEqual(values.length / 2);
      expect(values.filter((value) => value > median).length).toBeLessThanOrEqual(values.length / 2);
    }),
  );
  expect(spreadOf([])).toBeNull();
  expect(spreadOf([3, 1, 2, 10])?.median).toBe(2.5);
});
