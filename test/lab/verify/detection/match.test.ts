import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchAlerts, type Matching, type ToldAlert } from '../../../../lab/verify/detection/match.ts';
import { addMatching, newTally, sumOf, type Tally } from '../../../../lab/verify/detection/score.ts';
import type { TrueEvent } from '../../../../lab/verify/detection/true-event.ts';
import { alert, alertsArbitrary, event, eventsArbitrary, perfectAlert } from './detection-cases.ts';

const SLACK_MS = 60_000;

const counts = ({ hits, doubled, falseAlarms, missed, unseen }: Matching) => ({
  hits: hits.length,
  doubled: doubled.length,
  falseAlarms: falseAlarms.length,
  missed: missed.length,
  unseen: unseen.length,
});
const none = { hits: 0, doubled: 0, falseAlarms: 0, missed: 0, unseen: 0 };

describe('one alert and one event', () => {
  test.each<[string, Partial<ToldAlert>, Partial<TrueEvent>, boolean]>([
    ['that agree', {}, {}, true],
    ['of another kind', { kind: 'mining' }, {}, false],
    ['of somebody else', { address: '10.0.0.2' }, {}, false],
    [
      'by another address of the device',
      { address: '2001:db8::5' },
      { subjects: new Set([0x0a000001, (0x20010db8n << 96n) + 5n]) },
      true,
    ],
    ['of the network the device is in', { address: '10.0.0.0/24' }, {}, true],
    ['of what is no address', { address: 'John' }, {}, false],
    ['whose targets agree', { targets: ['198.18.1.0/24'] }, { targets: new Set([0xc6120107]) }, true],
    ['whose targets differ', { targets: ['198.18.2.0/24'] }, { targets: new Set([0xc6120107]) }, false],
    ['whose target is a name', { targets: ['control.example'] }, { targets: new Set([0xc6120107]) }, true],
    ['that names a target of what was done to nobody', { targets: ['198.18.2.1'] }, {}, true],
    ['that ends as early as may be', { firstSeenMs: 0, lastSeenMs: 1_000_000 - SLACK_MS }, {}, true],
    ['that ends too early', { firstSeenMs: 0, lastSeenMs: 1_000_000 - SLACK_MS - 1 }, {}, false],
    ['that begins as late as may be', { firstSeenMs: 2_000_000 + SLACK_MS, lastSeenMs: 9_000_000 }, {}, true],
    ['that begins too late', { firstSeenMs: 2_000_000 + SLACK_MS + 1, lastSeenMs: 9_000_000 }, {}, false],
    ['of what the policy forbids', { kind: 'forbidden-service' }, { kind: 'file-sharing' }, true],
    ['of what is not forbidden', { kind: 'forbidden-service' }, {}, false],
  ])('%s', (_, told, happened, isHit) => {
    const expected = isHit ? { ...none, hits: 1 } : { ...none, missed: 1, falseAlarms: 1 };
    expect(counts(matchAlerts([event(happened)], [alert(told)], SLACK_MS))).toEqual(expected);
  });
});

test('what is said twice is doubled, and the earlier one counts', () => {
  const late = alert({ raisedTrulyMs: 1_900_000 });
  const early = alert({ raisedTrulyMs: 1_200_000 });
  const matching = matchAlerts([event()], [late, early], SLACK_MS);
  expect(matching.hits).toEqual([{ event: event(), alert: early }]);
  expect(matching.doubled).toEqual([late]);
});

test('an alert that fits two events leaves the other alert the one it fits', () => {
  const narrow = event({ fromMs: 1_000_000, toMs: 1_100_000 });
  const other = event({ fromMs: 5_000_000, toMs: 5_100_000 });
  const both = alert({ firstSeenMs: 1_000_000, lastSeenMs: 5_000_000, raisedTrulyMs: 5_000_000 });
  const one = alert({ firstSeenMs: 1_000_000, lastSeenMs: 1_050_000, raisedTrulyMs: 5_500_000 });
  expect(counts(matchAlerts([narrow, other], [both, one], 0))).toEqual({ ...none, hits: 2 });
});

test('what nobody could see is not missed, and found when somebody tells it', () => {
  const hidden = event({ records: 0, unseen: 'lost' });
  expect(counts(matchAlerts([hidden], [], SLACK_MS))).toEqual({ ...none, unseen: 1 });
  expect(counts(matchAlerts([hidden], [alert()], SLACK_MS))).toEqual({ ...none, hits: 1 });
});

describe('laws', () => {
  const tallyOf = (events: readonly TrueEvent[], alerts: readonly ToldAlert[], slackMs = 0): Tally => {
    const tallies = new Map<string, Tally>();
    addMatching(tallies, matchAlerts(events, alerts, slackMs));
    return sumOf(tallies.values());
  };

  test('who knows everything is right in everything, whatever else fits', () => {
    fc.assert(
      fc.property(eventsArbitrary, (events) => {
        const tally = tallyOf(events, events.map(perfectAlert));
        expect(tally).toMatchObject({ events: events.length, hits: events.length, missed: 0, falseAlarms: 0, doubled: 0 });
      }),
    );
  });

  test('each alert that is left out is one event missed, each said again one false alarm more', () => {
    fc.assert(
      fc.property(eventsArbitrary, fc.nat(6), (events, number) => {
        const few = Math.min(number, events.length);
        const perfect = events.map(perfectAlert);
        expect(tallyOf(events, perfect.slice(few))).toMatchObject({ hits: events.length - few, missed: few, falseAlarms: 0 });
        const again = [...perfect, ...perfect.slice(0, few)];
        expect(tallyOf(events, again)).toMatchObject({ hits: events.length, missed: 0, falseAlarms: few, doubled: few });
      }),
    );
  });

  test('an alert at another time is a miss and a false alarm', () => {
    fc.assert(
      fc.property(eventsArbitrary, fc.integer({ min: 10_000, max: 1e9 }), (events, byMs) => {
        const shifted = events.map(perfectAlert).map((told) => ({
          ...told,
          firstSeenMs: told.firstSeenMs + byMs,
          lastSeenMs: told.lastSeenMs + byMs,
        }));
        expect(tallyOf(events, shifted, 5_000)).toMatchObject({
          hits: 0,
          missed: events.length,
          falseAlarms: events.length,
          doubled: 0,
        });
        expect(tallyOf(events, shifted, byMs)).toMatchObject({ hits: events.length, missed: 0, falseAlarms: 0 });
      }),
    );
  });

  test('the order of events and alerts changes nothing', () => {
    const shuffled = fc
      .tuple(eventsArbitrary, alertsArbitrary)
      .chain(([events, alerts]) =>
        fc.tuple(
          fc.constant({ events, alerts }),
          fc.shuffledSubarray(events, { minLength: events.length }),
          fc.shuffledSubarray(alerts, { minLength: alerts.length }),
        ),
      );
    fc.assert(
      fc.property(shuffled, ([written, events, alerts]) => {
        const one = matchAlerts(written.events, written.alerts, 10);
        const other = matchAlerts(events, alerts, 10);
        expect(counts(other)).toEqual(counts(one));
        const raised = ({ hits }: Matching): number[] => hits.map((hit) => hit.alert.raisedTrulyMs).sort((a, b) => a - b);
        expect(raised(other)).toEqual(raised(one));
      }),
    );
  });

  test('as many are paired as can be, every alert is in one list and every event in one', () => {
    fc.assert(
      fc.property(eventsArbitrary, alertsArbitrary, (events, alerts) => {
        const { hits, doubled, falseAlarms, missed, unseen } = matchAlerts(events, alerts, 10);
        expect([...hits.map((hit) => hit.alert), ...doubled, ...falseAlarms]).toHaveLength(alerts.length);
        expect([...hits.map((hit) => hit.event), ...missed, ...unseen]).toHaveLength(events.length);
        const fits = alerts.map((told) => events.map((happened) => matchAlerts([happened], [told], 10).hits.length === 1));
        expect(hits).toHaveLength(mostPairs(fits, 0, new Set()));
        expect(falseAlarms).toHaveLength(fits.filter((row) => !row.includes(true)).length);
      }),
    );
  });

  test('nothing happened and nothing was said', () => {
    expect(tallyOf([], [])).toEqual(newTally());
  });
});

/** By trying everything: the most alerts from `from` on that can have an event of their own. */
function mostPairs(fits: readonly (readonly boolean[])[], from: number, taken: ReadonlySet<number>): number {
  if (from === fits.length) return 0;
  const without = mostPairs(fits, from + 1, taken);
  const free = (fits[from] ?? []).flatMap((isFit, at) => (isFit && !taken.has(at) ? [at] : []));
  return Math.max(without, ...free.map((at) => 1 + mostPairs(fits, from + 1, new Set([...taken, at]))));
}
