import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SkewAudit } from '../../../collector/clock-audit/skew-audit.ts';
import { Random } from '../../../core/random/random.ts';

/** A Message sent at `sentS` by an exporter that is ahead by `skewMs`, received after `delayMs`. */
function add(audit: SkewAudit, sentS: number, skewMs: number, delayMs: number): void {
  audit.add(Math.floor(sentS + skewMs / 1_000), Math.round((sentS + delayMs / 1_000) * 1e6));
}

describe('SkewAudit', () => {
  it('finds any constant skew to a tenth of a second from Messages at chance instants', () => {
    fc.assert(
      fc.property(fc.integer({ min: -600_000, max: 600_000 }), fc.nat(), (skewMs, seed) => {
        const random = new Random(seed);
        const audit = new SkewAudit();
        let sentS = 1_772_442_000;
        for (let message = 0; message < 640; message++)
          add(audit, (sentS += random.exponential(5)), skewMs, 0.3 + random.exponential(1));
        const estimate = audit.estimate();
        expect(Math.abs((estimate?.skewMs ?? Number.NaN) - skewMs)).toBeLessThan(100);
        expect(estimate?.messages).toBe(640);
      }),
    );
  });

  it('gives what holds for most of the run when the clock is set after the first minutes', () => {
    const random = new Random(7);
    const audit = new SkewAudit();
    for (let message = 0; message < 1_000; message++)
      add(audit, 1_772_442_000 + message * random.uniform(3.1, 3.9), message < 100 ? 300_000 : 5, 1);
    expect(Math.abs(audit.estimate()?.skewMs ?? Number.NaN)).toBeLessThan(100);
    expect(Math.abs(audit.estimate()?.latestMs ?? Number.NaN)).toBeLessThan(200);
  });

  it('says something of one Message and nothing of none', () => {
    const audit = new SkewAudit();
    expect(audit.estimate()).toBeUndefined();
    add(audit, 1_772_442_000.5, 2_000, 0);
    expect(Math.abs((audit.estimate()?.skewMs ?? Number.NaN) - 2_000)).toBeLessThanOrEqual(500);
  });
});
