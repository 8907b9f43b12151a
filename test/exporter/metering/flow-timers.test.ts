import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ObservedPacket } from '../../../core/flow/observed-packet.ts';
import { meteringSchema } from '../../../exporter/metering/config.ts';
import { FlowKeyRule } from '../../../exporter/metering/flow-key.ts';
import { TIMER } from '../../../exporter/metering/flow-slot.ts';
import { FlowTable } from '../../../exporter/metering/flow-table.ts';
import { FlowTimers } from '../../../exporter/metering/flow-timers.ts';

const SLOTS = 12;
const MS = 1e6;

function timersOfTwelveFlows(): FlowTimers {
  const table = new FlowTable(new FlowKeyRule(meteringSchema.parse({})), SLOTS, false);
  const packet = new ObservedPacket();
  for (let flow = 0; flow < SLOTS; flow++) {
    packet.setIPv4(flow, 0);
    table.numbers[table.insert(packet.words) * table.stride + TIMER] = Infinity;
  }
  return new FlowTimers(table);
}

/** Within a tick, some ticks on, and turns of the wheel later. */
const delays = fc.oneof(
  fc.integer({ min: 0, max: 10 }),
  fc.integer({ min: 0, max: 20_000 }),
  fc.integer({ min: 100_000, max: 900_000 }),
);
const operations = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('set'), slot: fc.nat(SLOTS - 1), delayMs: delays }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('unset'), slot: fc.nat(SLOTS - 1), delayMs: fc.constant(0) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait'), slot: fc.constant(0), delayMs: delays }) },
  ),
  { maxLength: 100 },
);

const bySlot = ([a]: readonly number[], [b]: readonly number[]): number => (a as number) - (b as number);

test.each([5, 20_000, 500_000])('timers of one instant strike in the order they were set (%i ms ahead)', (ms) => {
  const timers = timersOfTwelveFlows();
  for (const slot of [7, 3, 9, 1]) timers.set(slot, ms * MS);
  expect([1, 2, 3, 4].map(() => timers.strike())).toEqual([7, 3, 9, 1]);
});

test('timers strike when they were last set for, in the order of time', () => {
  fc.assert(
    fc.property(operations, (all) => {
      const timers = timersOfTwelveFlows();
      const model = new Map<number, number>();
      let now = 0;
      const strikeUntil = (instant: number): void => {
        const due = [...model].filter(([, at]) => at <= instant);
        const struck: [number, number][] = [];
        while (timers.next <= instant) {
          const at = timers.next;
          const slot = timers.strike();
          if (slot >= 0) struck.push([slot, at]);
        }
        expect(struck.map(([, at]) => at)).toEqual(struck.map(([, at]) => at).sort((a, b) => a - b));
        expect(struck.sort(bySlot)).toEqual(due.sort(bySlot));
        for (const [slot] of due) model.delete(slot);
      };
      for (const { kind, slot, delayMs } of all) {
        if (kind === 'wait') strikeUntil((now += delayMs * MS));
        else model.delete(slot);
        if (kind === 'unset') timers.unset(slot);
        if (kind !== 'set') continue;
        timers.set(slot, now + delayMs * MS);
        model.set(slot, now + delayMs * MS);
      }
      strikeUntil(Number.MAX_SAFE_INTEGER);
      expect(timers.next).toBe(Infinity);
    }),
    { numRuns: 1_000 },
  );
});
