import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { trueWindows } from '../../../../lab/verify/damage/alerts.ts';
import { bucketsOf } from '../../../../lab/verify/damage/buckets.ts';
import { damageFigures, type DamageFigures } from '../../../../lab/verify/damage/figures.ts';
import { inversions } from '../../../../lab/verify/damage/order.ts';
import { madeRecords, type Made } from './made-records.ts';

const NS_PER_MS = 1e6;
/** Not on a border: the epoch lies 70 s into a bucket and 10 minutes and 70 s into an hour. */
const EPOCH_UNIX_MS = Date.parse('2026-03-02T08:11:10Z');
const NOW_MS = 4 * 3_600_000;
const KEEP_MS = 3_600_000;

function figuresOf(routers: readonly (readonly Made[])[], { alertOctets = 1e12, collectorNowMs = NOW_MS } = {}): DamageFigures {
  const all = routers.map(madeRecords);
  const buckets = bucketsOf(300, EPOCH_UNIX_MS);
  return damageFigures(
    all,
    {
      buckets,
      tariff: bucketsOf(3_600, EPOCH_UNIX_MS),
      trueOctets: trueWindows(
        all.map(({ records }) => records),
        buckets,
      ),
      alertOctets,
      keepNs: KEEP_MS * NS_PER_MS,
      nowNs: NOW_MS * NS_PER_MS,
    },
    collectorNowMs * NS_PER_MS,
  );
}

const NONE: Partial<DamageFigures> = {
  maxErrorMs: 0,
  maxDurationErrorMs: 0,
  wrongBucketOctets: 0,
  wrongHourOctets: 0,
  futureFlows: 0,
  negativeDurations: 0,
  zeroDurations: 0,
  inversions: 0,
  misattributedOctets: 0,
  deletedEarlyOctets: 0,
  keptLateOctets: 0,
  alertsMissed: 0,
  alertsDoubled: 0,
  alertsFalse: 0,
};

const recordArbitrary = fc
  .record({
    startMs: fc.nat(NOW_MS - 1_300_000),
    lengthMs: fc.oneof(fc.constant(0), fc.nat(2_000), fc.nat(1_200_000)),
    octets: fc.integer({ min: 40, max: 1e6 }),
    conversation: fc.nat(5),
    holder: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ startMs, lengthMs, ...rest }) => ({ startMs, endMs: startMs + lengthMs, ...rest }));

describe('a right clock', () => {
  test('does no damage of any kind', () => {
    fc.assert(
      fc.property(fc.array(fc.array(recordArbitrary, { maxLength: 8 }), { maxLength: 2 }), (routers) => {
        expect(figuresOf(routers, { alertOctets: 100_000 })).toMatchObject(NONE);
      }),
    );
  });
});

describe('octets in a wrong bucket', () => {
  /** Looks at every millisecond of a record: where it is, and where it is told to be. */
  function wrongOctets(
    made: readonly Required<Pick<Made, 'startMs' | 'endMs' | 'toldStartMs' | 'toldEndMs' | 'octets'>>[],
  ): number {
    const bucketOf = (ms: number): number => Math.floor((EPOCH_UNIX_MS + ms) / 300_000);
    let wrong = 0;
    for (const { startMs, endMs, toldStartMs, toldEndMs, octets } of made) {
      const lengthMs = endMs - startMs;
      if (lengthMs === 0) {
        if (bucketOf(startMs) !== bucketOf(toldStartMs)) wrong += octets;
        continue;
      }
      for (let slot = 0; slot < lengthMs; slot++) {
        const middle = (slot + 0.5) / lengthMs;
        const told = toldStartMs + middle * (toldEndMs - toldStartMs);
        if (bucketOf(startMs + slot + 0.5) !== bucketOf(told)) wrong += octets / lengthMs;
      }
    }
    return wrong;
  }

  test('are those a look at every millisecond finds, however a record is stretched, shrunk or turned round', () => {
    const told = fc
      .record({
        startMs: fc.nat(400_000),
        lengthMs: fc.nat(90_000),
        toldStartMs: fc.integer({ min: -500_000, max: 900_000 }),
        toldLengthMs: fc.integer({ min: -700_000, max: 700_000 }),
        octets: fc.integer({ min: 40, max: 100_000 }),
      })
      .map(({ startMs, lengthMs, toldStartMs, toldLengthMs, octets }) => {
        const toldEndMs = toldStartMs + (lengthMs === 0 ? 0 : toldLengthMs);
        return { startMs, endMs: startMs + lengthMs, toldStartMs, toldEndMs, octets };
      });
    fc.assert(
      fc.property(fc.array(told, { minLength: 1, maxLength: 4 }), (made) => {
        const octetsOfASlot = made.reduce((sum, { octets, startMs, endMs }) => sum + octets / Math.max(1, endMs - startMs), 0);
        expect(Math.abs(figuresOf([made]).wrongBucketOctets - wrongOctets(made))).toBeLessThanOrEqual(4 * octetsOfASlot + 1);
      }),
      { numRuns: 60 },
    );
  });

  test('are the share min(1, error / bucket) of traffic that is spread evenly, and so for hours', () => {
    const even = Array.from({ length: 14_400 }, (_, second) => ({ startMs: second * 1_000, endMs: second * 1_000 }));
    for (const errorS of [-400, -299, -30, 3, 60, 150, 300, 7_000]) {
      const shift = errorS * 1_000;
      const moved = even.map((each) => ({ ...each, toldStartMs: each.startMs + shift, toldEndMs: each.endMs + shift }));
      const { wrongBucketOctets, wrongHourOctets } = figuresOf([moved]);
      const octets = even.length * 1_000;
      expect(wrongBucketOctets / octets).toBeCloseTo(Math.min(1, Math.abs(errorS) / 300), 6);
      // Four hours have whole borders only where the traffic covers them.
      expect(wrongHourOctets / octets).toBeCloseTo(Math.min(1, Math.abs(errorS) / 3_600), 6);
    }
  });
});

describe('single flows', () => {
  test('from the future end after they were received', () => {
    const made = [
      { startMs: 0, endMs: 1_000, receivedMs: 5_000, toldStartMs: 4_000, toldEndMs: 5_000 },
      { startMs: 0, endMs: 1_000, receivedMs: 5_000, toldStartMs: 4_001, toldEndMs: 5_001 },
    ];
    expect(figuresOf([made])).toMatchObject({ futureFlows: 1, maxErrorMs: 4_001 });
  });

  test('can seem to have lasted longer and shorter than they did', () => {
    const longer = { startMs: 0, endMs: 1_000, toldStartMs: -300_000, toldEndMs: 1_002 };
    const shorter = { startMs: 0, endMs: 1_000, toldStartMs: 0, toldEndMs: -400 };
    const shifted = { startMs: 0, endMs: 1_000, toldStartMs: 900_000, toldEndMs: 901_000 };
    expect(figuresOf([[longer, shifted], [shorter]])).toMatchObject({ maxDurationErrorMs: 300_002 });
    expect(figuresOf([[shorter, shifted]])).toMatchObject({ maxDurationErrorMs: 1_400 });
    expect(figuresOf([[shifted]])).toMatchObject({ maxDurationErrorMs: 0 });
  });

  test('can seem to have lasted less than nothing, or nothing', () => {
    const made = [
      { startMs: 0, endMs: 1_000, toldStartMs: 0, toldEndMs: -1 },
      { startMs: 0, endMs: 1_000, toldStartMs: 0, toldEndMs: 0 },
      { startMs: 0, endMs: 0, toldStartMs: 0, toldEndMs: 0 },
    ];
    expect(figuresOf([made])).toMatchObject({ negativeDurations: 1, zeroDurations: 1 });
  });

  test('are deleted early by a clock that is slow, and late by one that is fast', () => {
    const due = NOW_MS - KEEP_MS;
    const at = (ms: number, shift: number): Made => ({
      startMs: ms,
      endMs: ms,
      toldStartMs: ms + shift,
      toldEndMs: ms + shift,
      octets: 7,
    });
    expect(figuresOf([[at(due + 5, -10), at(due + 15, -10), at(due - 5, -10)]])).toMatchObject({
      deletedEarlyOctets: 7,
      keptLateOctets: 0,
    });
    expect(figuresOf([[at(due - 5, 10), at(due + 5, 10), at(due - 15, 10)]])).toMatchObject({
      deletedEarlyOctets: 0,
      keptLateOctets: 7,
    });
    // The collector's own clock counts as well.
    expect(figuresOf([[at(due + 5, 0)]], { collectorNowMs: NOW_MS + 10 })).toMatchObject({ deletedEarlyOctets: 7 });
  });
});

describe('order', () => {
  const question = { startMs: 100, endMs: 200, conversation: 8 };
  const answer = { startMs: 150, endMs: 250, conversation: 9 };

  test('is wrong when an answer is told to have begun first; at the same time it is not', () => {
    expect(figuresOf([[question, { ...answer, toldStartMs: 99 }]])).toMatchObject({ inversions: 1 });
    expect(figuresOf([[question, { ...answer, toldStartMs: 100 }]])).toMatchObject({ inversions: 0 });
    // Of a conversation nobody answered there is no order, and its later records have none.
    expect(figuresOf([[question, { ...answer, conversation: 11, toldStartMs: 0 }]])).toMatchObject({ inversions: 0 });
    const later = { startMs: 900, endMs: 950, conversation: 8, toldStartMs: 0, toldEndMs: 0 };
    expect(figuresOf([[question, answer, later]])).toMatchObject({ inversions: 0 });
  });

  test('between two observers flips when their clocks differ by more than the gap, and only then', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: -1_000, max: 1_000 }), (gapMs, differenceMs) => {
        const back = { ...answer, startMs: question.startMs + gapMs, endMs: question.startMs + gapMs };
        const { records, telling } = madeRecords([question, back]);
        const other = { ...telling, startNs: telling.startNs.map((ns) => ns + differenceMs * NS_PER_MS) };
        expect(inversions(records, telling, other)).toBe(gapMs + differenceMs < 0 ? 1 : 0);
      }),
    );
  });
});

describe('blame', () => {
  /** Whoever has the use that is nearest to the instant, looked for in a list. */
  function nearest(made: readonly Made[], instantMs: number): Set<number> {
    const distance = ({ startMs, endMs }: Made): number => Math.max(0, startMs - instantMs, instantMs - endMs);
    const least = Math.min(...made.map(distance));
    return new Set(made.filter((each) => distance(each) === least).map(({ holder = 1 }) => holder));
  }

  test('falls on whoever used the endpoint nearest to the time that is told', () => {
    const uses = fc.array(
      fc.record({ gapMs: fc.integer({ min: 1, max: 5_000 }), lengthMs: fc.nat(4_000), holder: fc.integer({ min: 1, max: 4 }) }),
      { minLength: 1, maxLength: 10 },
    );
    fc.assert(
      fc.property(uses, fc.integer({ min: -9_001, max: 9_001 }), (parts, shiftMs) => {
        let at = 10_000;
        const made = parts.map(({ gapMs, lengthMs, holder }) => {
          const startMs = at + gapMs;
          at = startMs + lengthMs;
          return { startMs, endMs: at, toldStartMs: startMs + shiftMs, toldEndMs: at + shiftMs, holder, octets: 10 };
        });
        // A tie is anybody's.
        const isClear = made.every(({ toldStartMs }) => nearest(made, toldStartMs).size === 1);
        const wrong = made.filter(({ toldStartMs, holder }) => !nearest(made, toldStartMs).has(holder)).length;
        if (isClear) expect(figuresOf([made]).misattributedOctets).toBe(10 * wrong);
      }),
    );
  });

  test('falls on nobody else while several use the endpoint at once', () => {
    const long = { startMs: 0, endMs: 100_000, holder: 1 };
    const short = { startMs: 40_000, endMs: 41_000, holder: 2 };
    const shifted = { ...long, toldStartMs: 50_000 };
    expect(figuresOf([[shifted, short]])).toMatchObject({ misattributedOctets: 0 });
    expect(figuresOf([[{ ...short, toldStartMs: 60_000, octets: 5 }, long]])).toMatchObject({ misattributedOctets: 5 });
  });
});

describe('an alarm', () => {
  /** Inside the bucket from 230 s to 530 s. */
  const burst = (octets: number, shiftMs = 0): Made => {
    const [startMs, endMs] = [300_000, 400_000];
    return { startMs, endMs, toldStartMs: startMs + shiftMs, toldEndMs: endMs + shiftMs, octets };
  };

  test('rings at another time when the clock is wrong', () => {
    expect(figuresOf([[burst(100, 300_000)]], { alertOctets: 50 })).toMatchObject({
      alerts: 1,
      alertsMissed: 0,
      alertsDoubled: 0,
      alertsFalse: 1,
    });
  });

  test('does not ring for what two routers whose clocks differ tell in two windows', () => {
    const both = [[burst(30, 300_000)], [burst(30, -300_000)]];
    expect(figuresOf(both, { alertOctets: 50 })).toMatchObject({ alerts: 1, alertsMissed: 1, alertsDoubled: 0, alertsFalse: 0 });
  });

  test('rings twice for what each of the two tells in a window of its own', () => {
    const both = [[burst(60, 300_000)], [burst(60, -300_000)]];
    expect(figuresOf(both, { alertOctets: 50 })).toMatchObject({ alerts: 1, alertsMissed: 0, alertsDoubled: 1, alertsFalse: 2 });
  });

  test('rings once for windows one after the other', () => {
    const long = { startMs: 300_000, endMs: 900_000, octets: 300 };
    expect(figuresOf([[long]], { alertOctets: 50 })).toMatchObject({ alerts: 1, alertsDoubled: 0, alertsFalse: 0 });
  });
});

test('a clock that is set by years fills no memory', () => {
  const years = 20 * 365 * 86_400_000;
  const made = Array.from({ length: 100 }, () => ({ startMs: 0, endMs: 1_000, toldEndMs: -years }));
  expect(figuresOf([made])).toMatchObject({ negativeDurations: 100, maxErrorMs: years + 1_000 });
});
