import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExporterRows } from '../../../collector/api/exporter-rows.ts';
import { CollectingProcess } from '../../../collector/collecting/collecting-process.ts';
import { collectingSchema } from '../../../collector/collecting/config.ts';
import { flow, FLOWS, message } from '../support/exporter.ts';

const MAX_ROWS = 3;

/** Exporters that send a Message, and looks at the rows in between. */
const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ exporter: fc.integer({ min: 1, max: 9 }), port: fc.integer({ min: 1, max: 2 }) }) },
    { weight: 1, arbitrary: fc.constant('look' as const) },
  ),
  { maxLength: 120 },
);

describe('rows of metrics', () => {
  it('are never more than allowed, never fall while they are shown, and miss nothing while nobody is forgotten', () => {
    fc.assert(
      fc.property(steps, fc.constantFrom(4, 100), (taken, maxSessions) => {
        const collecting = new CollectingProcess(collectingSchema.parse({ maxSessions }));
        const rows = new ExporterRows(MAX_ROWS);
        let shown = new Map<string, number>();
        let sequenceNumber = 0;
        for (const step of [...taken, 'look' as const]) {
          if (step !== 'look') {
            const payload = message({ sequenceNumber: sequenceNumber++, templates: [FLOWS], records: [flow(1)] });
            collecting.handle({ payload, source: `192.0.2.${step.exporter}:${step.port}`, receivedAtUs: 0 });
            continue;
          }
          const now = rows.update(collecting.sessions);
          const named = new Map(now.map(({ exporter, domain, growing }) => [`${exporter} ${domain}`, growing.messages]));
          expect(named.size).toBe(now.length);
          expect(now.length).toBeLessThanOrEqual(MAX_ROWS + 1);
          for (const [name, messages] of named) expect(messages).toBeGreaterThanOrEqual(shown.get(name) ?? 0);
          shown = named;
          const sum = [...named.values()].reduce((total, messages) => total + messages, 0);
          if (maxSessions === 100) expect(sum).toBe(collecting.counters.messages);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are first of all of those who send most, so that invented sources hide nobody', () => {
    const collecting = new CollectingProcess(collectingSchema.parse({}));
    for (let invented = 1; invented <= 50; invented++)
      collecting.handle({
        payload: message({ templates: [FLOWS], records: [flow(1)] }),
        source: `203.0.113.${invented}:1`,
        receivedAtUs: 0,
      });
    const records = [flow(1), flow(2), flow(3)];
    collecting.handle({ payload: message({ templates: [FLOWS], records }), source: '[2001:db8::1]:4739', receivedAtUs: 0 });
    const rows = new ExporterRows(1).update(collecting.sessions);
    expect(rows.map(({ exporter, domain, growing }) => [exporter, domain, growing.dataRecords])).toEqual([
      ['2001:db8::1', '1', 3],
      ['other', 'other', 50],
    ]);
  });
});
