import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random } from '../../../core/random/random.ts';
import { NS_PER_S, trueNs } from '../../../core/time/instant.ts';
import { Oscillator, type OscillatorOptions } from '../../../core/time/oscillator.ts';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';

const DAY_S = 86_400;
/** Evenly spread, unlike fast-check's doubles, of which half are close to 0. */
const evenly = (min: number, max: number) => fc.integer({ min: 0, max: 1e6 }).map((part) => min + ((max - min) * part) / 1e6);
const at = (seconds: number) => trueNs(Math.round(seconds * NS_PER_S));

const temperatures = fc.record({
  meanC: evenly(-20, 60),
  dailyAmplitudeC: evenly(0, 15),
  warmestAtS: fc.integer({ min: -DAY_S, max: DAY_S }),
  turnoverC: evenly(10, 40),
  linearPpmPerC: evenly(-1, 1),
  parabolicPpmPerC2: evenly(-0.05, 0.05),
});
type Temperature = typeof temperatures extends fc.Arbitrary<infer T> ? T : never;

/** Microseconds gained by an instant: the integrals of `linear * x + parabolic * x^2`, x = d + A cos(w (t - t0)). */
function gainedByTemperature(model: Temperature, seconds: number): number {
  const w = (2 * Math.PI) / DAY_S;
  const d = model.meanC - model.turnoverC;
  const amplitude = model.dailyAmplitudeC;
  const linear = (t: number) => d * t + (amplitude / w) * Math.sin(w * (t - model.warmestAtS));
  const squared = (t: number) =>
    (d * d + (amplitude * amplitude) / 2) * t +
    ((2 * d * amplitude) / w) * Math.sin(w * (t - model.warmestAtS)) +
    ((amplitude * amplitude) / (4 * w)) * Math.sin(2 * w * (t - model.warmestAtS));
  const integral = (t: number) => model.linearPpmPerC * linear(t) + model.parabolicPpmPerC2 * squared(t);
  return integral(seconds) - integral(0);
}

describe('a clock by an oscillator', () => {
  test('that never changes is one segment', () => {
    const clock = new VirtualClock({ oscillator: new Oscillator({ driftPpm: 78 }) });
    clock.read(at(30 * DAY_S));
    expect(clock.history).toHaveLength(1);
  });

  test('whose temperature never changes is one segment too', () => {
    const temperature = {
      ...{ meanC: 35, dailyAmplitudeC: 0, warmestAtS: 0, turnoverC: 25 },
      ...{ linearPpmPerC: 1, parabolicPpmPerC2: 0 },
    };
    const clock = new VirtualClock({ oscillator: new Oscillator({ temperature }) });
    expect(clock.errorNs(at(DAY_S))).toBe(10 * DAY_S * 1_000);
    expect(clock.history).toHaveLength(1);
  });

  test('that ages and feels the temperature gains what the integral says, to the microsecond at any instant', () => {
    const drifts = evenly(-100, 100);
    const ageings = evenly(-1, 1);
    fc.assert(
      fc.property(drifts, ageings, temperatures, evenly(0, 3), (driftPpm, ageing, temperature, days) => {
        const clock = new VirtualClock({ oscillator: new Oscillator({ driftPpm, ageingPpmPerDay: ageing, temperature }) });
        const seconds = days * DAY_S;
        const gainedUs = driftPpm * seconds + (ageing * seconds * days) / 2 + gainedByTemperature(temperature, seconds);
        expect(Math.abs(clock.errorNs(at(seconds)) / 1_000 - gainedUs)).toBeLessThan(1);
      }),
      { numRuns: 60 },
    );
  });

  test('with an expression gains what second after second adds up to', () => {
    const noise = new Random(4);
    const ppm = Array.from({ length: 5_000 }, () => noise.normal(0, 40));
    const clock = new VirtualClock({
      oscillator: new Oscillator({ driftPpm: 5, frequencyPpm: (second) => ppm[second] as number }),
    });
    let gainedNs = 0;
    for (const [second, each] of ppm.entries()) {
      expect(Math.abs(clock.errorNs(at(second)) - gainedNs)).toBeLessThan(100);
      gainedNs += (each + 5) * 1_000;
    }
  });

  test('never runs backwards, whatever an expression says', () => {
    const clock = new VirtualClock({ oscillator: new Oscillator({ frequencyPpm: () => -2e6 }) });
    expect(clock.read(at(10))).toBe(8 * NS_PER_S);
  });
});

describe('a random walk', () => {
  test('is the same whoever asks in whichever order', () => {
    const options = (): OscillatorOptions => ({ wanderPpm: 0.1, random: new Random(9) });
    const inOrder = new Oscillator(options());
    const expected = Array.from({ length: 500 }, (_, piece) => inOrder.ppmAt(at(16 * piece)));
    fc.assert(
      fc.property(fc.shuffledSubarray([...expected.keys()], { minLength: 1 }), (order) => {
        const oscillator = new Oscillator(options());
        for (const piece of order) expect(oscillator.ppmAt(at(16 * piece + 3))).toBe(expected[piece]);
      }),
    );
  });

  /** Riley, NIST SP 1065: random walk FM has an Allan variance of q tau / 3, q the variance gained in a second. */
  test('has the Allan deviation of random walk FM: its square grows with tau', () => {
    const wanderPpm = 0.01;
    const clock = new VirtualClock({ oscillator: new Oscillator({ wanderPpm, random: new Random(1) }) });
    const BASE_S = 64;
    const phase = Array.from({ length: 40_000 }, (_, index) => clock.errorNs(at(BASE_S * index)) / NS_PER_S);
    for (const factor of [4, 16, 64]) {
      let sum = 0;
      const count = phase.length - 2 * factor;
      for (let i = 0; i < count; i++) {
        sum += ((phase[i + 2 * factor] as number) - 2 * (phase[i + factor] as number) + (phase[i] as number)) ** 2;
      }
      const tau = factor * BASE_S;
      const variance = sum / (2 * count * tau ** 2);
      const expected = ((wanderPpm / 1e6) ** 2 * tau) / 3;
      expect(variance / expected).toBeGreaterThan(0.85);
      expect(variance / expected).toBeLessThan(1.15);
    }
  });

  test('of a week is 37,801 segments', () => {
    const clock = new VirtualClock({ oscillator: new Oscillator({ wanderPpm: 0.01, random: new Random(1) }) });
    expect(clock.historyUntil(at(7 * DAY_S))).toHaveLength(37_801);
  });

  test('needs something to be drawn from', () => {
    expect(() => new Oscillator({ wanderPpm: 1 })).toThrow('a random walk needs `random` to be drawn from');
  });
});
