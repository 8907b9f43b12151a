import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectingSchema } from '../../../collector/collecting/config.ts';
import { CollectingProcess } from '../../../collector/collecting/collecting-process.ts';
import { APPLICATIONS, flow, FLOWS, message, NAMES, VRFS } from '../support/exporter.ts';
import { NAT_EVENT_TEMPLATES, QUOTA } from '../support/nat-events.ts';

const SOUND = message({
  templates: [FLOWS, APPLICATIONS, NAMES, VRFS, ...NAT_EVENT_TEMPLATES],
  records: [
    flow(7),
    flow(8),
    [APPLICATIONS, [0x06000001, 'youtube']],
    [NAMES, [0xc6120107, 'youtube.com']],
    [VRFS, [3]],
    [QUOTA, [1, 13, 3, 5, 6]],
  ],
});

/** A sound Message with some octets changed and perhaps cut: it gets further than chance alone. */
const damaged = fc
  .record({
    changes: fc.array(fc.tuple(fc.nat(SOUND.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }),
    length: fc.integer({ min: 0, max: SOUND.length }),
    isCut: fc.boolean(),
  })
  .map(({ changes, length, isCut }) => {
    const octets = SOUND.slice();
    for (const [index, value] of changes) octets[index] = value;
    return isCut ? octets.slice(0, length) : octets;
  });

const datagrams = fc.array(fc.oneof(damaged, fc.uint8Array({ maxLength: 200 })), { maxLength: 12 });

describe('any octets', () => {
  it('never throw, are counted, and leave the process able to collect', () => {
    fc.assert(
      fc.property(datagrams, fc.constantFrom('192.0.2.1:1', '', '::1', 'x:y:z'), (payloads, source) => {
        const config = {
          ...collectingSchema.parse({}),
          batchRows: 4,
          maxWaitingBatches: 8,
          maxSessions: 4,
          maxPendingOctets: 64,
        };
        const collecting = new CollectingProcess(config);
        for (const payload of payloads) collecting.handle({ payload, source, receivedAtUs: 0 });
        const { counters } = collecting;
        expect(counters.messages + counters.duplicatedMessages).toBeLessThanOrEqual(payloads.length);
        expect(counters.lost).toBeGreaterThanOrEqual(0);
        const flows = counters.flows;
        const sound = message({ templates: [FLOWS], records: [flow(1)], observationDomainId: 424_242 });
        collecting.handle({ payload: sound, source: '198.51.100.1:1', receivedAtUs: 0 });
        expect(counters.flows).toBe(flows + 1);
      }),
      { numRuns: 3_000 },
    );
  });
});
