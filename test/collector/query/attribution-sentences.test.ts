import { describe, expect, it } from 'vitest';
import type { Attribution, Evidence } from '../../../collector/query/attribution.ts';
import { whoUsedSentences } from '../../../collector/query/attribution-sentences.ts';

const QUESTION = { publicAddress: 0xcb007107, publicPort: 40_012, atMs: Date.UTC(2026, 2, 2, 14, 3, 22), toleranceMs: 1_000 };
const ROW: Evidence = {
  id: 7,
  protocol: 17,
  insideAddress: '10.0.0.21',
  insidePort: 51_234,
  remoteAddress: '198.18.1.1',
  remotePort: 443,
  fromMs: QUESTION.atMs - 10_000,
  toMs: QUESTION.atMs - 2_000,
};
const JOHN = { kind: 'somebody', who: 'John', insideAddress: '10.0.0.21', insidePort: 51_234, protocol: 17, certainty: 'covered', evidence: [ROW] } as const; // prettier-ignore

const sentences = (fromEvents: Attribution, fromFlows: Attribution = fromEvents): string[] =>
  whoUsedSentences(QUESTION, { fromEvents, fromFlows });

describe('who used a public endpoint, in words', () => {
  it('says since when and with whom', () => {
    expect(sentences(JOHN, { ...JOHN, certainty: 'nearby' })).toEqual([
      'NAT events: John (10.0.0.21:51234, UDP) used 203.0.113.7:40012 at 2026-03-02 14:03:22 UTC, theirs from 2026-03-02 14:03:12 UTC on and given back at 2026-03-02 14:03:20 UTC (event 7)',
      'flow records: John (10.0.0.21:51234, UDP) had 203.0.113.7:40012 last before 2026-03-02 14:03:22 UTC, with 198.18.1.1:443 from 2026-03-02 14:03:12 UTC to 2026-03-02 14:03:20 UTC (flow 7)',
    ]);
  });

  it('does not say an address twice, nor what a block of ports does not tell', () => {
    const nameless = { ...JOHN, who: '10.0.0.21', evidence: [] };
    expect(sentences(nameless)[0]).toBe('NAT events: 10.0.0.21:51234 (UDP) used 203.0.113.7:40012 at 2026-03-02 14:03:22 UTC');
    const block = { ...JOHN, insidePort: 0, protocol: 0, evidence: [] };
    expect(sentences(block)[0]).toBe('NAT events: John (10.0.0.21) used 203.0.113.7:40012 at 2026-03-02 14:03:22 UTC');
    expect(sentences({ ...block, who: '10.0.0.21' })[0]).toMatch(/: 10\.0\.0\.21 used /);
  });

  it('says nobody, or that it cannot be known, and why', () => {
    expect(
      sentences({ kind: 'nobody', reason: 'so', evidence: [] }, { kind: 'cannot-know', reason: 'why', evidence: [] }),
    ).toEqual([
      'NAT events: nobody used 203.0.113.7:40012 at 2026-03-02 14:03:22 UTC: so',
      'flow records: it cannot be known who used 203.0.113.7:40012 at 2026-03-02 14:03:22 UTC: why',
    ]);
  });
});
