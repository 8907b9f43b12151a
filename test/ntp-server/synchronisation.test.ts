import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NS_PER_MS, NS_PER_S } from '../../core/time/instant.ts';
import { Reading } from '../../core/time/reading.ts';
import { ClientWorld } from './client-world.ts';

const FIVE_MINUTES_NS = 300 * NS_PER_S;
const exponentialMs =
  (leastMs: number, meanMs: number) =>
  (random: { exponential(mean: number): number }): number =>
    leastMs + random.exponential(meanMs);

describe('a client and a server under virtual time', () => {
  test('a clock 5 minutes off is stepped by the first sample, within 2 s', () => {
    for (const offsetNs of [FIVE_MINUTES_NS, -FIVE_MINUTES_NS]) {
      const world = new ClientWorld({ clientClock: { offsetNs } }).runFor(2);
      expect(world.samples[0]).toMatchObject({ action: 'step', delayNs: 600_000 });
      expect(Math.abs((world.samples[0]?.offsetNs ?? 0) + offsetNs)).toBeLessThanOrEqual(1);
      expect(Math.abs(world.errorNs)).toBeLessThanOrEqual(2);
    }
  });

  test('an error below the threshold is slewed: no reading ever jumps', () => {
    const world = new ClientWorld({ clientClock: { offsetNs: -100 * NS_PER_MS } }).runFor(300);
    expect(world.samples.every(({ action }) => action === 'slew')).toBe(true);
    expect(Math.abs(world.errorNs)).toBeLessThan(NS_PER_MS);
    for (const [index, segment] of world.clock.history.entries()) {
      const before = world.clock.history[index - 1];
      if (before !== undefined)
        expect(Math.abs(segment.wallAt - before.wallAt - (segment.since - before.since) * before.rate)).toBeLessThan(2);
    }
  });

  test('the first request leaves within a second, three more 2 s apart, then the wait doubles until it is the interval', () => {
    const { sentAt } = new ClientWorld().runFor(300);
    expect(sentAt[0]).toBeLessThanOrEqual(NS_PER_S);
    const gaps = sentAt.slice(1).map((at, index) => (at - (sentAt[index] as number)) / NS_PER_S);
    expect(gaps).toEqual([2, 2, 2, 4, 8, 16, 32, 64, 64, 64]);
  });

  test.each([-500, -50, 50, 500])(
    'an oscillator off by %d ppm is known to 1 ppm after 9 requests, and its clock stays within 1 ms',
    (driftPpm) => {
      const world = new ClientWorld({ clientClock: { offsetNs: FIVE_MINUTES_NS, driftPpm } }).runFor(67 + 64);
      expect(world.sentAt).toHaveLength(9);
      expect(Math.abs(world.client.frequencyPpm + driftPpm)).toBeLessThan(1);
      expect(world.worstErrorNs(24 * 3_600)).toBeLessThan(NS_PER_MS);
    },
  );

  test('a clock that gains 50 ppm stays within 1 ms from the burst on', () => {
    const world = new ClientWorld({ clientClock: { offsetNs: FIVE_MINUTES_NS, driftPpm: 50 } }).runFor(8);
    expect(world.worstErrorNs(3_600)).toBeLessThan(NS_PER_MS);
  });

  test('an oscillator off by more than can be corrected is still followed as far as slews go', () => {
    const world = new ClientWorld({ clientClock: { driftPpm: 1_000 } }).runFor(600);
    expect(world.client.frequencyPpm).toBe(-500);
    expect(world.rejections).toEqual([]);
    // What is left, 500 ppm, gathers for one interval.
    expect(world.worstErrorNs(3_600)).toBeLessThan(2 * 64 * 500e-6 * NS_PER_S);
  });

  test('jitter of 0.1 ms on a local network leaves less than 0.5 ms of error, for any seed', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.integer({ min: -100, max: 100 }), (seed, driftPpm) => {
        const world = new ClientWorld({
          seed,
          clientClock: { driftPpm, offsetNs: NS_PER_S },
          delayMs: exponentialMs(0.1, 0.1),
        }).runFor(600);
        expect(world.worstErrorNs(3_600, 10)).toBeLessThan(0.5 * NS_PER_MS);
      }),
      { numRuns: 40 },
    );
  });

  test('a path of 10 ms with 1 ms of jitter leaves less than 5 ms of error, for any seed', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), (seed) => {
        const world = new ClientWorld({
          seed,
          clientClock: { driftPpm: 50, offsetNs: NS_PER_S },
          delayMs: exponentialMs(10, 1),
        }).runFor(600);
        expect(world.worstErrorNs(3_600, 10)).toBeLessThan(5 * NS_PER_MS);
      }),
      { numRuns: 40 },
    );
  });

  test('an asymmetrical path is off by half of the asymmetry: no client can see it', () => {
    const world = new ClientWorld({ delayMs: (_random, direction) => (direction === 'request' ? 15 : 5) }).runFor(1_000);
    expect(Math.abs(world.errorNs - 5 * NS_PER_MS)).toBeLessThan(0.05 * NS_PER_MS);
  });

  test('a fifth of all datagrams lost costs samples, not the time', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), (seed) => {
        const delayMs = (random: { chance(probability: number): boolean }): number | undefined =>
          random.chance(0.2) ? undefined : 0.3;
        const world = new ClientWorld({ seed, clientClock: { driftPpm: 50, offsetNs: NS_PER_S }, delayMs }).runFor(1_800);
        expect(world.samples.length).toBeLessThan(world.sentAt.length);
        expect(world.rejections).toEqual([]);
        expect(world.worstErrorNs(3_600, 10)).toBeLessThan(NS_PER_MS);
      }),
      { numRuns: 40 },
    );
  });

  test('replies held back by 2 s are late, doubled ones are duplicates, and neither moves the clock', () => {
    const delayMs = (random: { chance(probability: number): boolean }): number => (random.chance(0.2) ? 2_000.3 : 0.3);
    const world = new ClientWorld({ clientClock: { driftPpm: 50 }, delayMs, tamper: (reply) => [reply, reply] }).runFor(3_600);
    expect(new Set(world.rejections)).toEqual(new Set(['late', 'duplicate']));
    expect(world.worstErrorNs(3_600, 10)).toBeLessThan(NS_PER_MS);
  });

  test('a clock that somebody moves is found and put right by two samples that agree', () => {
    const world = new ClientWorld({ clientClock: { driftPpm: 50 } }).runFor(1_000);
    world.clock.step(world.now, 20 * NS_PER_MS);
    world.runFor(200);
    expect(world.rejections).toEqual(['outlier']);
    expect(world.worstErrorNs(3_600, 10)).toBeLessThan(NS_PER_MS);
  });

  test('one reply that is an hour out changes nothing', () => {
    let replies = 0;
    const lie = (reply: Uint8Array): Uint8Array[] => {
      if (++replies !== 12) return [reply];
      const lying = reply.slice();
      const view = new DataView(lying.buffer);
      for (const offset of [32, 40]) view.setUint32(offset, view.getUint32(offset) + 3_600);
      return [lying];
    };
    const world = new ClientWorld({ clientClock: { driftPpm: 50 }, tamper: lie }).runFor(500);
    expect(world.worstErrorNs(3_600, 10)).toBeLessThan(NS_PER_MS);
    expect(world.rejections).toEqual(['outlier']);
  });

  test('a clock that is read in ticks stays within two of them, whatever chance brings', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.constantFrom(0.1, 1, 4, 10, 16),
        fc.integer({ min: -150, max: 150 }),
        fc.constantFrom(64, 1_024),
        (seed, tickMs, driftPpm, pollIntervalS) => {
          const resolutionNs = tickMs * NS_PER_MS;
          const world = new ClientWorld({
            seed,
            clientClock: { driftPpm, offsetNs: seed, reading: new Reading(seed, 0, resolutionNs) },
            client: { pollIntervalS },
            delayMs: exponentialMs(0.2, 0.1),
          });
          world.runFor(6 * 3_600);
          for (let step = 0; step < 200; step++) {
            world.runFor(300);
            expect(Math.abs(world.clock.errorNs(world.now))).toBeLessThan(2 * resolutionNs + NS_PER_MS);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('the era boundary of 2036 passes unnoticed, and a clock still in era 0 is stepped into era 1', () => {
    const through = new ClientWorld({ start: '2036-02-07T06:20:00Z', clientClock: { driftPpm: 50 } }).runFor(60);
    expect(through.worstErrorNs(1_200)).toBeLessThan(NS_PER_MS);
    const behind = new ClientWorld({ start: '2036-02-07T06:29:00Z', clientClock: { offsetNs: -FIVE_MINUTES_NS } }).runFor(2);
    expect(Math.abs(behind.errorNs)).toBeLessThanOrEqual(2);
    const ahead = new ClientWorld({ start: '2036-02-07T06:25:00Z', clientClock: { offsetNs: FIVE_MINUTES_NS } }).runFor(2);
    expect(Math.abs(ahead.errorNs)).toBeLessThanOrEqual(2);
  });

  test('the same seed gives the same samples', () => {
    const run = () =>
      new ClientWorld({ seed: 7, clientClock: { driftPpm: 50 }, delayMs: exponentialMs(0.2, 0.2) }).runFor(3_600).happenings;
    expect(run()).toEqual(run());
  });
});
