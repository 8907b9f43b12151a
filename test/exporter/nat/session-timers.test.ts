import fc from 'fast-check';
import { expect, test } from 'vitest';
import { trueNs } from '../../../core/time/instant.ts';
import { newSession, type Mapping, type Session } from '../../../exporter/nat/mapping.ts';
import { SessionTimers } from '../../../exporter/nat/session-timers.ts';

const MAPPING: Mapping = {
  protocol: 6,
  insideEndpoint: 1,
  publicEndpoint: 2,
  madeFor: 0,
  isStatic: false,
  sessions: new Map(),
};

test('however timers are set, moved back and forth: each session is taken once, when it expires, in order', () => {
  const step = fc.record({
    gap: fc.integer({ min: 0, max: 3 }),
    session: fc.integer({ min: 0, max: 3 }),
    lives: fc.integer({ min: 1, max: 6 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const timers = new SessionTimers();
      const alive = new Map<number, Session>();
      let now = 0;
      const takeDue = (): void => {
        const due = [...alive.values()].filter(({ expiresAt }) => expiresAt <= now).map(({ expiresAt }) => expiresAt as number);
        const taken: number[] = [];
        for (let session = timers.take(trueNs(now)); session !== undefined; session = timers.take(trueNs(now))) {
          expect(alive.delete(session.remoteEndpoint)).toBe(true);
          taken.push(session.expiresAt);
        }
        expect(taken).toEqual(due.sort((a, b) => a - b));
      };
      for (const { gap, session: id, lives } of steps) {
        now += gap;
        takeDue();
        const session = alive.get(id) ?? newSession(MAPPING, id);
        alive.set(id, session);
        timers.set(session, trueNs(now + lives));
        expect(timers.nextInstant).toBeLessThanOrEqual(Math.min(...[...alive.values()].map(({ expiresAt }) => expiresAt)));
      }
      now += 10;
      takeDue();
      expect(alive.size).toBe(0);
    }),
  );
});
