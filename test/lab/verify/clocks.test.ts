import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CollectedBatch } from '../../../collector/collecting/collected-batch.ts';
import { wrongBucketOctets } from '../../../collector/clock-audit/wrong-bucket.ts';
import { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import { NS_PER_MS, NS_PER_S, trueNs } from '../../../core/time/instant.ts';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';
import { WallTime } from '../../../lab/verify/wall-time.ts';

const END_NS = 600 * NS_PER_S;

/** A clock that was stepped, slewed and tuned at random. */
const clockArbitrary = fc
  .record({
    offsetMs: fc.integer({ min: -90_000, max: 90_000 }),
    driftPpm: fc.integer({ min: -500, max: 500 }),
    acts: fc.array(
      fc.record({
        atS: fc.integer({ min: 1, max: 590 }),
        act: fc.constantFrom('step', 'slew', 'tune'),
        by: fc.integer({ min: -9_000, max: 9_000 }),
      }),
      { maxLength: 6 },
    ),
  })
  .map(({ offsetMs, driftPpm, acts }) => {
    const clock = new VirtualClock({ offsetNs: offsetMs * NS_PER_MS, driftPpm });
    for (const { atS, act, by } of [...acts].sort((a, b) => a.atS - b.atS)) {
      const at = trueNs(atS * NS_PER_S);
      if (act === 'step') clock.step(at, by * NS_PER_MS);
      if (act === 'slew') clock.slew(at, by * 1_000, 500);
      if (act === 'tune') clock.adjustFrequency(at, by / 100);
    }
    return clock;
  });

describe('WallTime', () => {
  test('every instant lies in one of the spans of the millisecond its clock showed', () => {
    fc.assert(
      fc.property(
        clockArbitrary,
        fc.array(fc.integer({ min: 0, max: END_NS }), { minLength: 20, maxLength: 20 }),
        (clock, instants) => {
          const wall = new WallTime(clock.history, END_NS);
          for (const instant of instants) {
            const from = Math.floor(clock.read(trueNs(instant)) / NS_PER_MS) * NS_PER_MS;
            const spans = wall.spans(from, from + NS_PER_MS);
            expect(spans.some((span) => span.from <= instant && instant < span.to)).toBe(true);
            // And nothing else does: the ends of each span show the millisecond, give or take what is rounded.
            for (const span of spans) {
              for (const end of [Math.max(0, span.from + 3), span.to - 3]) {
                if (end < span.from || end >= span.to || end > END_NS) continue;
                const shown = clock.read(trueNs(end));
                expect(shown).toBeGreaterThanOrEqual(from - 5);
                expect(shown).toBeLessThanOrEqual(from + NS_PER_MS + 5);
              }
            }
          }
        },
      ),
    );
  });
});

describe('octets in a wrong bucket', () => {
  test("of the store are those a look at every millisecond finds, a record's octets spread evenly", async () => {
    const rows = fc.array(fc.record({ startMs: fc.nat(900_000), lengthMs: fc.nat(70_000), octets: fc.nat(1e6) }), {
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: -400_000, max: 400_000 }), async (records, errorMs) => {
        const store = await DuckDbStore.open(':memory:');
        const batch = new CollectedBatch(records.length);
        let expected = 0;
        const base = 1_772_438_400_000;
        records.forEach(({ startMs, lengthMs, octets }, row) => {
          batch.flowStartMs[row] = base + startMs;
          batch.flowEndMs[row] = base + startMs + lengthMs;
          batch.octetDeltaCount[row] = octets;
          let wrong = 0;
          for (let ms = base + startMs; ms <= base + startMs + lengthMs; ms++) {
            if (Math.floor(ms / 300_000) !== Math.floor((ms - errorMs) / 300_000)) wrong++;
          }
          expected += (octets * wrong) / (lengthMs + 1);
        });
        batch.length = records.length;
        await store.append(batch);
        expect(Math.abs((await wrongBucketOctets(store, errorMs, 300)) - expected)).toBeLessThanOrEqual(1);
        store.close();
      }),
      { numRuns: 20 },
    );
  });
});
