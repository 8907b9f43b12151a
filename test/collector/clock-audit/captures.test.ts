import { describe, expect, test } from 'vitest';
import { clockClauses } from '../../../collector/clock-audit/clock-sentence.ts';
import { readingSchema } from '../../../collector/reading/config.ts';
import { FileReader } from '../../../collector/reading/file-reader.ts';
import { captureOf, corpusEntries, hasCorpus } from '../corpus/oracle.ts';

if (!hasCorpus) console.info('skipped: ../shared/corpus is not there, so no clock of a real device is audited');

describe.skipIf(!hasCorpus)('clocks of real devices', () => {
  test.each(hasCorpus ? corpusEntries().map(({ id, protocol }) => [id, protocol] as const) : [])('%s (%s)', (id, protocol) => {
    const reader = new FileReader(readingSchema.parse({}), undefined, () => undefined);
    reader.handle(captureOf(id));
    reader.end();
    for (const session of reader.reader.sessions) {
      const summary = session.clock.summary();
      const { estimate } = summary;
      expect(clockClauses(summary)[0]).toBeTruthy();
      if (protocol === 'sflow') expect(estimate).toBeUndefined();
      if (estimate === undefined) continue;
      for (const { fromUs, toUs, messages, ...figures } of estimate.segments) {
        expect(toUs).toBeGreaterThanOrEqual(fromUs);
        expect(messages).toBeGreaterThan(0);
        for (const figure of Object.values(figures)) expect(Number.isFinite(figure)).toBe(true);
        expect(figures.boundMs).toBeGreaterThan(0);
      }
      if (session.tally.messages < 16) expect(estimate.doubts).toEqual(['too-few-messages']);
    }
  });
});
