import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { after, NS_PER_MS, NS_PER_S, trueNs } from '../../../core/time/instant.ts';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';

const offsets = fc.integer({ min: -400 * NS_PER_S, max: 400 * NS_PER_S });
const drifts = fc.double({ min: -1_000, max: 1_000, noNaN: true });

interface Correction {
  readonly kind: 'step' | 'slew' | 'frequency';
  readonly afterNs: number;
  readonly amount: number;
}
const corrections: fc.Arbitrary<Correction[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constantFrom('step' as const, 'slew' as const),
      afterNs: fc.integer({ min: 1_000, max: 100 * NS_PER_S }),
      amount: fc.integer({ min: -NS_PER_S, max: NS_PER_S }).filter((amount) => amount !== 0),
    }),
    fc.record({
      kind: fc.constant('frequency' as const),
      afterNs: fc.integer({ min: 1_000, max: 100 * NS_PER_S }),
      amount: fc.integer({ min: -100, max: 100 }),
    }),
  ),
  { maxLength: 12 },
);

const SLEW_PPM = 500;

function correct(
  clock: VirtualClock,
  list: readonly Correction[],
  each: (now: number, correction: Correction) => void = () => {},
): number {
  let now = trueNs(0);
  for (const correction of list) {
    now = after(now, correction.afterNs);
    each(now, correction);
    if (correction.kind === 'step') clock.step(now, correction.amount);
    else if (correction.kind === 'slew') clock.slew(now, correction.amount, SLEW_PPM);
    else clock.adjustFrequency(now, correction.amount);
  }
  return now;
}

describe('VirtualClock', () => {
  test('without corrections it is offset and drift', () => {
    fc.assert(
      fc.property(offsets, drifts, fc.integer({ min: 0, max: 86_400 * NS_PER_S }), (offsetNs, driftPpm, ns) => {
        const clock = new VirtualClock({ offsetNs, driftPpm });
        expect(Math.abs(clock.errorNs(trueNs(ns)) - offsetNs - (ns * driftPpm) / 1e6)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('a reading is continuous where nothing but slews and frequencies were corrected, and jumps by exactly a step', () => {
    fc.assert(
      fc.property(offsets, drifts, corrections, (offsetNs, driftPpm, list) => {
        const clock = new VirtualClock({ offsetNs, driftPpm });
        const jumps: [number, number][] = [];
        correct(clock, list, (now, { kind, amount }) => jumps.push([now, kind === 'step' ? amount : 0]));
        for (const [now, amount] of jumps) {
          const gained = clock.read(trueNs(now)) - clock.read(trueNs(now - 1));
          expect(Math.abs(gained - amount - 1)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test('a correction changes nothing that was read before it', () => {
    fc.assert(
      fc.property(offsets, drifts, corrections, (offsetNs, driftPpm, list) => {
        const clock = new VirtualClock({ offsetNs, driftPpm });
        const read: [number, number][] = [];
        correct(clock, list, (now) => {
          const before = trueNs(now - 500);
          read.push([before, clock.read(before)]);
        });
        for (const [at, wall] of read) expect(Math.abs(clock.read(trueNs(at)) - wall)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('a slew left alone ends after exactly its amount, no faster than it may be', () => {
    fc.assert(
      fc.property(offsets, drifts, fc.integer({ min: -NS_PER_S, max: NS_PER_S }), (offsetNs, driftPpm, byNs) => {
        const plain = new VirtualClock({ offsetNs, driftPpm });
        const slewed = new VirtualClock({ offsetNs, driftPpm });
        const begin = trueNs(NS_PER_S);
        slewed.slew(begin, byNs, SLEW_PPM);
        const lastsNs = Math.ceil((Math.abs(byNs) / SLEW_PPM) * 1e6);
        const corrected = (now: number): number => slewed.read(trueNs(now)) - plain.read(trueNs(now));
        for (const later of [0, 1, NS_PER_S, 1_000 * NS_PER_S]) {
          expect(Math.abs(corrected(begin + lastsNs + later) - byNs)).toBeLessThanOrEqual(1);
        }
        expect(Math.abs(corrected(begin + Math.floor(lastsNs / 2)) - byNs / 2)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('a later slew replaces what is left of an earlier one', () => {
    const clock = new VirtualClock();
    clock.slew(trueNs(0), 100 * NS_PER_MS, SLEW_PPM);
    clock.slew(trueNs(100 * NS_PER_S), -10 * NS_PER_MS, SLEW_PPM);
    expect(clock.errorNs(trueNs(1_000 * NS_PER_S))).toBe(40 * NS_PER_MS);
  });

  test('trueAt is the reverse of read for an instant that comes', () => {
    fc.assert(
      fc.property(
        offsets,
        drifts,
        corrections,
        fc.integer({ min: 0, max: 1_000 * NS_PER_S }),
        (offsetNs, driftPpm, list, waitNs) => {
          const clock = new VirtualClock({ offsetNs, driftPpm });
          const now = trueNs(correct(clock, list));
          const at = after(now, waitNs);
          const found = clock.trueAt(now, clock.read(at));
          expect(Math.abs(found - at)).toBeLessThanOrEqual(2);
        },
      ),
    );
  });

  test('trueAt is now for a reading that is past', () => {
    const clock = new VirtualClock({ offsetNs: NS_PER_S });
    expect(clock.trueAt(trueNs(5), clock.read(trueNs(3)))).toBe(5);
  });

  test('uptime runs by the oscillator, whatever is done to the wall clock', () => {
    fc.assert(
      fc.property(drifts, corrections, (driftPpm, list) => {
        const clock = new VirtualClock({ offsetNs: NS_PER_S, driftPpm, uptimeNs: 5 * NS_PER_S });
        const now = trueNs(correct(clock, list));
        expect(Math.abs(clock.uptime(now) - (5 * NS_PER_S + now + (now * driftPpm) / 1e6))).toBeLessThanOrEqual(1);
      }),
    );
  });
});
