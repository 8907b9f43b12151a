import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReportedScopes } from '../../../collector/collecting/reported-scopes.ts';

interface Sent {
  readonly sequenceNumber: number;
  readonly exportTimeUs: number;
}

/** What is known in the end of one scope that told its Message's place in the order of sending, when they arrive in this order. */
function lastTold(sent: readonly Sent[], arrival: readonly number[]): number | undefined {
  const scopes = new ReportedScopes(10);
  arrival.forEach((place, index) => scopes.learn('flows', 'domain', '1', place, { index, ...(sent[place] as Sent) }));
  return scopes.totals.flows;
}

test('whatever the order of arrival, what was sent last counts, across the wrap of the numbers too', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      fc.array(fc.record({ records: fc.integer({ min: 1, max: 40 }), afterS: fc.nat(2) }), { minLength: 1, maxLength: 20 }),
      fc.infiniteStream(fc.nat()),
      (first, steps, keys) => {
        const sent: Sent[] = [];
        let [sequenceNumber, exportTimeUs] = [first, 1e15];
        for (const { records, afterS } of steps) {
          sent.push({ sequenceNumber, exportTimeUs });
          sequenceNumber = (sequenceNumber + records) >>> 0;
          exportTimeUs += afterS * 1e6;
        }
        const arrival = sent
          .map((_, place) => ({ place, key: keys.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ place }) => place);
        expect(lastTold(sent, arrival)).toBe(sent.length - 1);
      },
    ),
  );
});

test('neither a restart, whose numbers begin anew, nor a clock set back makes later Messages late', () => {
  const before = { sequenceNumber: 5_000, exportTimeUs: 1e15 };
  expect(lastTold([before, { sequenceNumber: 0, exportTimeUs: 1e15 + 1e6 }], [0, 1])).toBe(1);
  expect(lastTold([before, { sequenceNumber: 5_010, exportTimeUs: 1e15 - 3_600e6 }], [0, 1])).toBe(1);
});
