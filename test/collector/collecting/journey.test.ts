import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectingSchema } from '../../../collector/collecting/config.ts';
import { CollectingProcess } from '../../../collector/collecting/collecting-process.ts';
import { flow, FLOWS, message } from '../support/exporter.ts';

const plans = fc.array(
  fc.record({
    flows: fc.integer({ min: 0, max: 6 }),
    hasTemplate: fc.boolean(),
    /** How many copies arrive, and how many Messages later than sent. */
    copies: fc.constantFrom(0, 1, 1, 1, 2, 3),
    delay: fc.integer({ min: 0, max: 6 }),
  }),
  { minLength: 1, maxLength: 40 },
);

/** What the exporter sent: each flow has its own number of octets. */
function sentBy(plan: readonly { flows: number; hasTemplate: boolean }[]) {
  let sequenceNumber = 0;
  return plan.map(({ flows, hasTemplate }, index) => {
    const octets = Array.from({ length: flows }, (_, flowIndex) => sequenceNumber + flowIndex + 1);
    const templates = hasTemplate ? [FLOWS] : [];
    const records = octets.map((count) => flow(count));
    const payload = message({ sequenceNumber, exportTimeS: 1_772_442_000 + index, templates, records });
    sequenceNumber += flows;
    return { octets, payload };
  });
}

describe('datagrams that are lost, copied and overtaken', () => {
  it('give each flow that arrived once, and count what did not', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const sent = sentBy(plan);
        const arrivals = plan
          .flatMap(({ copies, delay }, index) =>
            Array.from({ length: copies }, (_, copy) => ({ index, at: index + delay * (copy + 1) })),
          )
          .sort((one, other) => one.at - other.at);
        const collecting = new CollectingProcess({ ...collectingSchema.parse({}), sessionsBeginAtZero: true });
        for (const { index } of arrivals) {
          collecting.handle({ payload: sent[index]?.payload as Uint8Array, source: '192.0.2.1:1', receivedAtUs: 0 });
        }
        const arrived = [...new Set(arrivals.map(({ index }) => index))];
        const decodable = arrived.some((index) => plan[index]?.hasTemplate);
        const { counters } = collecting;
        expect(counters.messages).toBe(arrived.length);
        expect(counters.duplicatedMessages).toBe(arrivals.length - arrived.length);
        expect(counters.restarts).toBe(0);

        const expected = decodable ? arrived.flatMap((index) => sent[index]?.octets ?? []) : [];
        expect(counters.flows).toBe(expected.length);
        expect(storedOctets(collecting)).toEqual(expected.sort((one, other) => one - other));

        if (!decodable) return;
        const last = Math.max(...arrived);
        const missing = sent.filter((_, index) => index < last && !arrived.includes(index)).flatMap(({ octets }) => octets);
        expect(counters.lost).toBe(missing.length);
      }),
      { numRuns: 1_500 },
    );
  });
});

function storedOctets(collecting: CollectingProcess): number[] {
  collecting.flush();
  const stored: number[] = [];
  for (let batch = collecting.poll(); batch !== undefined; batch = collecting.poll()) {
    stored.push(...batch.octetDeltaCount.subarray(0, batch.length));
  }
  return stored.sort((one, other) => one - other);
}
