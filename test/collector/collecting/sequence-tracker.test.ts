import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SequenceTracker } from '../../../collector/collecting/sequence-tracker.ts';

const LIMITS = { restartRecords: 1_000_000, maxGaps: 4_096, sessionsBeginAtZero: true };

/** Messages of a session and the order in which some of them arrive. */
const journeys = fc
  .record({
    start: fc.constantFrom(0, 5, 2 ** 32 - 40, 2 ** 31 - 3),
    counts: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 60 }),
    fates: fc.array(fc.record({ isLost: fc.boolean(), delay: fc.integer({ min: 0, max: 5 }) }), { minLength: 60, maxLength: 60 }),
  })
  .map(({ start, counts, fates }) => {
    let sequence = start;
    const sent = counts.map((count, index) => {
      const message = { index, sequence, count };
      sequence = (sequence + count) % 2 ** 32;
      return message;
    });
    const arrived = sent.filter(({ index }) => !fates[index]?.isLost);
    arrived.sort((one, other) => one.index + (fates[one.index]?.delay ?? 0) - other.index - (fates[other.index]?.delay ?? 0));
    return { sent, arrived };
  });

describe('SequenceTracker', () => {
  it('counts exactly the records of Messages that lie between the first and the last that arrived (RFC 7011 section 3.1)', () => {
    fc.assert(
      fc.property(journeys, ({ sent, arrived }) => {
        const tracker = new SequenceTracker({ ...LIMITS, sessionsBeginAtZero: false });
        for (const { sequence, count } of arrived) tracker.message(sequence, count);
        // A Message without records that is overtaken leaves no trace, so only those with records bound the span.
        const counted = arrived.filter(({ count }) => count > 0);
        const first = Math.min(arrived[0]?.index ?? 0, ...counted.map(({ index }) => index));
        const last = Math.max(-1, ...arrived.map(({ index }) => index));
        const arrivedIndexes = new Set(arrived.map(({ index }) => index));
        const missing = sent.filter(({ index }) => index >= first && index <= last && !arrivedIndexes.has(index));
        expect(tracker.lost).toBe(missing.reduce((sum, { count }) => sum + count, 0));
        expect(tracker.restarts).toBe(0);
      }),
      { numRuns: 2_000 },
    );
  });

  it('counts what came before the first Message when the session is known to begin at 0', () => {
    const tracker = new SequenceTracker(LIMITS);
    expect(tracker.message(12, 3)).toBe('gap');
    expect(tracker.lost).toBe(12);
    expect(tracker.message(10, 2)).toBe('reordered');
    expect(tracker.lost).toBe(10);
  });

  it('goes on over 2^32', () => {
    const tracker = new SequenceTracker({ ...LIMITS, sessionsBeginAtZero: false });
    tracker.message(2 ** 32 - 10, 10);
    expect(tracker.message(0, 4)).toBe('in-order');
    expect(tracker.message(14, 1)).toBe('gap');
    expect(tracker.message(4, 10)).toBe('reordered');
    expect(tracker.lost).toBe(0);
  });

  it('takes a far jump for a restart, not for a million lost records', () => {
    const tracker = new SequenceTracker(LIMITS);
    tracker.message(0, 10);
    expect(tracker.message(2_000_000, 10)).toBe('suspect');
    expect(tracker.message(2_000_010, 10)).toBe('restart');
    expect(tracker.message(0, 10)).toBe('suspect');
    expect(tracker.message(10, 10)).toBe('restart');
    expect(tracker.message(20, 10)).toBe('in-order');
    expect(tracker).toMatchObject({ lost: 0, restarts: 2, strays: 0 });
  });

  it('takes one Message far from the others for a stray, however late it is, and counts on', () => {
    for (const stray of [0, 500, 3_000_000, 2 ** 31]) {
      const tracker = new SequenceTracker(LIMITS);
      for (let sequence = 0; sequence < 2_000; sequence += 10) tracker.message(sequence, 10);
      expect(tracker.message(stray, 10)).toBe('suspect');
      expect(tracker.message(2_010, 10)).toBe('gap');
      expect(tracker.message(2_000, 10)).toBe('reordered');
      expect(tracker.message(stray + 10, 10)).toBe('suspect');
      expect(tracker.message(2_020, 10)).toBe('in-order');
      expect(tracker).toMatchObject({ lost: 0, restarts: 0, strays: 2 });
    }
  });

  it('sees a restart between Messages without records, and what is lost after it', () => {
    const tracker = new SequenceTracker(LIMITS);
    const both = (sequence: number): void => {
      tracker.message(sequence, 0);
      tracker.message(sequence, 10);
    };
    for (let sequence = 0; sequence < 2_000; sequence += 10) both(sequence);
    for (let sequence = 0; sequence < 500; sequence += 10) if (sequence < 100 || sequence >= 200) both(sequence);
    expect(tracker).toMatchObject({ lost: 100, restarts: 1, strays: 0 });
  });

  it('has lost nothing when the first two Messages after a restart overtake each other', () => {
    const tracker = new SequenceTracker(LIMITS);
    for (let sequence = 0; sequence < 2_000; sequence += 10) tracker.message(sequence, 10);
    expect(tracker.message(10, 10)).toBe('suspect');
    expect(tracker.message(0, 10)).toBe('restart');
    expect(tracker.message(20, 10)).toBe('in-order');
    expect(tracker).toMatchObject({ lost: 0, restarts: 1, strays: 0 });
  });

  it('counts what is lost between the first two Messages after a restart', () => {
    const tracker = new SequenceTracker(LIMITS);
    tracker.message(0, 10);
    tracker.message(2_000_000, 10);
    expect(tracker.message(2_000_015, 10)).toBe('restart');
    expect(tracker.lost).toBe(5);
  });

  it('takes numbers that were used already for a restart, keeping what was lost before it', () => {
    const tracker = new SequenceTracker(LIMITS);
    for (let sequence = 0; sequence < 2_000; sequence += 10) if (sequence !== 500) tracker.message(sequence, 10);
    expect(tracker.message(0, 10)).toBe('suspect');
    expect(tracker.message(10, 10)).toBe('restart');
    expect(tracker.message(20, 10)).toBe('in-order');
    expect(tracker.lost).toBe(10);
  });

  it('keeps a bounded number of holes; the oldest stays lost', () => {
    const tracker = new SequenceTracker({ ...LIMITS, maxGaps: 2 });
    for (const sequence of [0, 2, 4, 6]) tracker.message(sequence, 1);
    expect(tracker.lost).toBe(3);
    expect(tracker.message(5, 1)).toBe('reordered');
    expect(tracker.lost).toBe(2);
    expect(tracker.message(1, 1)).toBe('suspect');
    expect(tracker.lost).toBe(2);
  });

  describe('by Export Time (RFC 7011 section 3.1)', () => {
    const SECOND_US = 1e6;
    const NOW_US = 1_772_442_000 * SECOND_US;
    /** An exporter of ten records a Message and one Message a second; the last one of `count` leaves now. */
    const heard = (count: number): SequenceTracker => {
      const tracker = new SequenceTracker(LIMITS);
      for (let index = 0; index < count; index++) tracker.message(10 * index, 10, NOW_US - (count - 1 - index) * SECOND_US);
      return tracker;
    };

    it('takes late Messages that continue each other for no restart, however many there are', () => {
      const tracker = heard(200);
      const late = (index: number) => tracker.message(10 * index, 10, NOW_US - (199 - index) * SECOND_US);
      expect([100, 101, 102, 103].map(late)).toEqual(Array(4).fill('late'));
      expect(tracker.message(2_000, 10, NOW_US + SECOND_US)).toBe('in-order');
      expect(tracker).toMatchObject({ lost: 0, restarts: 0, strays: 4 });
    });

    it('sees a restart though a late Message comes between its first two', () => {
      const tracker = heard(200);
      expect(tracker.message(0, 10, NOW_US + 60 * SECOND_US)).toBe('suspect');
      expect(tracker.message(1_990, 10, NOW_US - SECOND_US)).toBe('late');
      expect(tracker.message(10, 10, NOW_US + 61 * SECOND_US)).toBe('restart');
      expect(tracker).toMatchObject({ lost: 0, restarts: 1, strays: 1 });
    });

    it('sees a restart within the second of the last Message, and one of an exporter whose clock begins at 1970', () => {
      for (const restartUs of [NOW_US, NOW_US + 1, 5 * SECOND_US, NOW_US - 3_600 * SECOND_US]) {
        const tracker = heard(200);
        expect(tracker.message(0, 10, restartUs)).toBe('suspect');
        expect(tracker.message(10, 10, restartUs)).toBe('restart');
      }
    });

    it('sees one of an exporter whose clock was put back a little no later than when it is past the last Message', () => {
      const tracker = heard(200);
      const verdicts = Array.from({ length: 61 }, (_, index) =>
        tracker.message(10 * index, 10, NOW_US + (index - 58) * SECOND_US),
      );
      expect(verdicts.lastIndexOf('late')).toBe(57);
      expect(verdicts.slice(58)).toEqual(['suspect', 'restart', 'in-order']);
      expect(tracker).toMatchObject({ lost: 0, restarts: 1 });
    });
  });
});
