import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventQueue } from '../../../core/time/event-queue.ts';
import { trueNs } from '../../../core/time/instant.ts';

test('events leave by instant, and in the order they came within one instant', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (instants) => {
      const queue = new EventQueue<[number, number]>();
      instants.forEach((at, order) => queue.push(trueNs(at), [at, order]));
      const left = Array.from({ length: queue.size }, () => queue.pop());
      expect(left).toEqual(instants.map((at, order) => [at, order]).sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!));
    }),
  );
});
