import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogLimiter } from '../../../collector/counting/log-limiter.ts';

const offers = fc.array(
  fc.record({
    code: fc.constantFrom('loss', 'restart', 'malformed'),
    exporter: fc.integer({ min: 0, max: 9 }).map(String),
    /** Since the one before; a clock may be set back. */
    afterMs: fc.integer({ min: -5_000, max: 20_000 }),
  }),
  { maxLength: 200 },
);
const limits = fc.record({ perMinute: fc.integer({ min: 1, max: 5 }), perMinuteInAll: fc.integer({ min: 1, max: 20 }) });

describe('lines of a log', () => {
  it('are written or told as suppressed, each once, and never more of them in a minute than is allowed', () => {
    fc.assert(
      fc.property(offers, limits, (offered, allowed) => {
        const limiter = new LogLimiter(allowed);
        const written = new Map<string, number>();
        const perMinute = new Map<number, number>();
        const told = new Map<string, number>();
        const add = <Key>(map: Map<Key, number>, key: Key, count = 1) => map.set(key, (map.get(key) ?? 0) + count);
        let [nowMs, minute] = [0, -Infinity];
        for (const { code, exporter, afterMs } of offered) {
          nowMs += afterMs;
          minute = Math.max(minute, Math.floor(nowMs / 60_000));
          for (const suppressed of limiter.turn(nowMs)) add(told, suppressed.code, suppressed.count);
          if (!limiter.admits(code, exporter, nowMs)) continue;
          add(written, code);
          add(perMinute, minute);
        }
        for (const suppressed of limiter.turn(nowMs, true)) add(told, suppressed.code, suppressed.count);
        for (const code of ['loss', 'restart', 'malformed'])
          expect((written.get(code) ?? 0) + (told.get(code) ?? 0)).toBe(offered.filter((each) => each.code === code).length);
        for (const count of perMinute.values()) expect(count).toBeLessThanOrEqual(allowed.perMinuteInAll);
        expect(limiter.turn(nowMs, true)).toEqual([]);
      }),
    );
  });

  it('of one exporter leave room for those of another', () => {
    const limiter = new LogLimiter({ perMinute: 2, perMinuteInAll: 100 });
    const admitted = (exporter: string, nowMs: number) => [1, 2, 3].map(() => limiter.admits('loss', exporter, nowMs));
    expect(admitted('a', 59_999)).toEqual([true, true, false]);
    expect(admitted('b', 59_999)).toEqual([true, true, false]);
    expect(limiter.turn(59_999)).toEqual([]);
    expect(limiter.turn(60_000)).toEqual([{ code: 'loss', count: 2 }]);
    expect(admitted('a', 60_000)).toEqual([true, true, false]);
  });
});
