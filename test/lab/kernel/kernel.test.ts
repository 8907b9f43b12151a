import { createSocket } from 'node:dgram';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { trueNs, type TrueNs } from '../../../core/time/instant.ts';
import { Kernel, type Actor } from '../../../lab/kernel/kernel.ts';
import { LockStepWire } from '../../../lab/kernel/lock-step-wire.ts';

const PACE = { everyEvents: 1_000, breathe: () => Promise.resolve() };

describe('Kernel', () => {
  test('everything happens in order of its instant, then as it was given, events before actors', async () => {
    const event = fc.record({ at: fc.integer({ min: 0, max: 20 }), waits: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 30 }),
        fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 10 }),
        async (events, alarms) => {
          const log: { at: number; kind: 'event' | 'actor'; index: number }[] = [];
          const due = [...alarms].sort((a, b) => a - b);
          const actor: Actor = {
            nextTimeout: () => due[0] as TrueNs | undefined,
            wake: (now) => {
              log.push({ at: now, kind: 'actor', index: 0 });
              due.shift();
            },
          };
          const kernel = new Kernel([actor]);
          events.forEach(({ at, waits }, index) =>
            kernel.at(trueNs(at), async () => {
              if (waits) await new Promise((resolve) => setImmediate(resolve));
              log.push({ at: kernel.now, kind: 'event', index });
            }),
          );
          await kernel.run(trueNs(20), PACE);
          const expected = [
            ...events.map(({ at }, index) => ({ at, kind: 'event' as const, index })),
            ...alarms.map((at) => ({ at, kind: 'actor' as const, index: 0 })),
          ].sort((a, b) => a.at - b.at || (a.kind === b.kind ? a.index - b.index : a.kind === 'event' ? -1 : 1));
          expect(log).toEqual(expected);
          expect(kernel.now).toBe(20);
        },
      ),
    );
  });

  test('stops where it is told, and lets what is under way arrive without waking anybody', async () => {
    const arrived: number[] = [];
    const kernel = new Kernel([{ nextTimeout: () => trueNs(200), wake: () => arrived.push(-1) as unknown as undefined }]);
    for (const at of [5, 100, 150]) kernel.at(trueNs(at), () => void arrived.push(at));
    await kernel.run(trueNs(99), PACE);
    expect(arrived).toEqual([5]);
    await kernel.drain();
    expect(arrived).toEqual([5, 100, 150]);
  });
});

describe('LockStepWire', () => {
  test('a datagram really crosses loopback, unchanged, and a stranger is not heard', async () => {
    const wire = await LockStepWire.open();
    const stranger = createSocket('udp4');
    try {
      for (const length of [0, 1, 1_420, 65_507]) {
        const payload = Uint8Array.from({ length }, (_, index) => (index * 7) & 255);
        const crossing = wire.cross(payload);
        const { payload: arrived, source } = await crossing;
        expect(Buffer.compare(Buffer.from(arrived), payload)).toBe(0);
        expect(source.address).toBe('127.0.0.1');
        // Whatever somebody else sends to the sender's port goes nowhere.
        await new Promise((resolve) => stranger.send('hello', source.port, '127.0.0.1', resolve));
      }
    } finally {
      stranger.close();
      await wire.close();
    }
  });
});
