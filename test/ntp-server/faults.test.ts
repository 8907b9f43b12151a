import { describe, expect, test } from 'vitest';
import type { NtpPacket } from '../../core/ntp/packet.ts';
import { referenceIdText } from '../../core/ntp/reference-id.ts';
import { timestampDifference, wallOfTimestamp } from '../../core/ntp/timestamp.ts';
import { NS_PER_S, wallNs } from '../../core/time/instant.ts';
import { ask, EPOCH, serverOf } from './ask.ts';

type Fault = Record<string, unknown>;

/** How fast the time told at `atS` is, in nanoseconds. */
function errorNs(reply: NtpPacket | undefined, atS: number): number {
  const wall = wallNs(atS * NS_PER_S);
  return wallOfTimestamp(reply!.transmitTimestamp, EPOCH, wall) - wall;
}

/** The same at each of these seconds, by one server. */
function errorsNs(faults: Fault[], secondsAt: readonly number[], seed = 1): number[] {
  const server = serverOf({ faults }, { seed });
  return secondsAt.map((atS) => errorNs(ask(server, atS), atS));
}

const every = (count: number, stepS = 1): number[] => Array.from({ length: count }, (_, index) => (index + 1) * stepS);
const deviation = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};

describe('the time told', () => {
  test('an offset holds from its begin until its end', () => {
    const faults = [{ kind: 'offset', offsetMs: 1_500, fromS: 10, untilS: 20 }];
    expect(errorsNs(faults, [9, 10, 19, 20])).toEqual([0, 1.5e9, 1.5e9, 0]);
  });

  test('offsets add up', () => {
    const faults = [
      { kind: 'offset', offsetMs: 100 },
      { kind: 'offset', offsetMs: -30 },
    ];
    expect(errorsNs(faults, [1])).toEqual([70e6]);
  });

  test('a drift gains while it lasts, and what it gained stays', () => {
    const faults = [{ kind: 'drift', driftPpm: 50, fromS: 100, untilS: 200 }];
    expect(errorsNs(faults, [100, 101, 150, 200, 1_000])).toEqual([0, 50e3, 2_500e3, 5_000e3, 5_000e3]);
  });

  test('jitter has the deviation it was told, and another one for each reply', () => {
    const errors = errorsNs([{ kind: 'jitter', deviationMs: 2 }], every(4_000));
    expect(Math.abs(deviation(errors) / 2e6 - 1)).toBeLessThan(0.05);
    expect(new Set(errors).size).toBeGreaterThan(3_990);
  });

  test('a frequency that wanders is as far from where it was as its walk says, however often one asks', () => {
    const faults = [{ kind: 'wander', ppmPerSqrtS: 0.1 }];
    // The time gained in T seconds deviates by 0.1 ppm * sqrt(T^3 / 3).
    const gained = Array.from({ length: 400 }, (_, seed) => errorsNs(faults, [1_000], seed)[0]!);
    expect(Math.abs(deviation(gained) / (0.1e-6 * Math.sqrt(1_000 ** 3 / 3) * NS_PER_S) - 1)).toBeLessThan(0.15);
    const often = errorsNs(faults, every(1_000, 0.5));
    const seldom = errorsNs(faults, every(10, 50));
    expect(seldom).toEqual(often.filter((_, index) => (index + 1) % 100 === 0));
  });

  test('a falseticker lies without a doubt', () => {
    const reply = ask(serverOf({ rootDelayMs: 20, faults: [{ kind: 'falseticker', offsetMs: 700 }] }), 60);
    expect(errorNs(reply, 60)).toBe(700e6);
    expect(reply).toMatchObject({ leap: 0, stratum: 1, rootDelayS: 0, rootDispersionS: 0 });
  });

  test.each([
    ['insert', 1, -NS_PER_S],
    ['delete', 2, NS_PER_S],
  ])('a leap second is announced until it comes: %s', (leap, indicator, stepNs) => {
    const server = serverOf({ faults: [{ kind: 'leap', leap, fromS: 10, untilS: 20 }] });
    const replies = [9, 10, 19, 20].map((atS) => ({ atS, reply: ask(server, atS)! }));
    expect(replies.map(({ reply }) => reply.leap)).toEqual([0, indicator, indicator, 0]);
    expect(replies.map(({ reply, atS }) => errorNs(reply, atS))).toEqual([0, 0, 0, stepNs]);
  });
});

describe('what a reply says', () => {
  test('unsynchronised: leap indicator 3, stratum 0, no reference', () => {
    const reply = ask(serverOf({ stratum: 3, faults: [{ kind: 'unsynchronised' }] }), 1)!;
    expect(reply).toMatchObject({ leap: 3, stratum: 0, referenceTimestamp: 0n });
    expect(referenceIdText(reply.referenceId)).toBe('INIT');
  });

  test('a stale reference gets older, and the dispersion grows from there by 15 ppm', () => {
    const server = serverOf({ faults: [{ kind: 'stale-reference', fromS: 100, ageS: 3_600 }] });
    for (const [atS, ageS] of [
      [100, 3_600],
      [1_100, 4_600],
      [50_000, 53_500],
    ] as const) {
      const reply = ask(server, atS)!;
      expect(timestampDifference(reply.transmitTimestamp, reply.referenceTimestamp)).toBe(BigInt(ageS) << 32n);
      expect(Math.abs(reply.rootDispersionS - (2 ** -20 + 15e-6 * ageS))).toBeLessThanOrEqual(2 ** -17);
    }
  });

  test('a reference that is lost just now is not the present', () => {
    const reply = ask(serverOf({ faults: [{ kind: 'stale-reference', fromS: 5 }] }), 5)!;
    expect(timestampDifference(reply.transmitTimestamp, reply.referenceTimestamp)).toBeGreaterThan(0n);
  });

  test('a wrong origin timestamp is never the right one, and never the same', () => {
    const server = serverOf({ faults: [{ kind: 'wrong-origin' }] });
    const origins = every(1_000).map((atS) => ask(server, atS)!.originTimestamp);
    expect(origins).not.toContain(0x0102030405060708n);
    expect(new Set(origins).size).toBe(1_000);
  });

  test.each(['RATE', 'DENY', 'RSTR', 'X'])("a storm of kiss-o'-deaths, with code %s, that is over at some time", (code) => {
    const server = serverOf({ faults: [{ kind: 'kiss', code, untilS: 10 }] });
    const kiss = ask(server, 9)!;
    expect(kiss).toMatchObject({ leap: 3, stratum: 0, originTimestamp: 0x0102030405060708n });
    expect(referenceIdText(kiss.referenceId)).toBe(code);
    // Whoever takes it for the time is moved nowhere.
    expect([kiss.receiveTimestamp, kiss.transmitTimestamp]).toEqual([kiss.originTimestamp, kiss.originTimestamp]);
    expect(ask(server, 10)).toMatchObject({ stratum: 1, leap: 0 });
    expect(server.counters).toMatchObject({ kissed: 1, responded: 1 });
  });

  test('silence is counted', () => {
    const server = serverOf({ faults: [{ kind: 'silence', untilS: 10 }] });
    expect([ask(server, 9), ask(server, 10)?.mode]).toEqual([undefined, 4]);
    expect(server.counters).toMatchObject({ silenced: 1, responded: 1 });
  });
});

describe('chance', () => {
  test.each(['silence', 'unsynchronised', 'wrong-origin', 'kiss'])(
    '%s strikes as many replies as its probability says',
    (kind) => {
      const server = serverOf({ faults: [{ kind, probability: 0.2 }] });
      const struck = every(5_000).filter((atS) => {
        const reply = ask(server, atS);
        return reply?.stratum !== 1 || reply.originTimestamp !== 0x0102030405060708n;
      }).length;
      expect(Math.abs(struck - 1_000)).toBeLessThan(4 * Math.sqrt(800));
    },
  );

  test('the same seed strikes the same replies, another seed others', () => {
    const faults = [{ kind: 'jitter', deviationMs: 1, probability: 0.5 }];
    expect(errorsNs(faults, every(100))).toEqual(errorsNs(faults, every(100)));
    expect(errorsNs(faults, every(100))).not.toEqual(errorsNs(faults, every(100), 2));
  });

  test('one fault more changes nothing of the others', () => {
    const jitter = { kind: 'jitter', deviationMs: 1, probability: 0.5 };
    const alone = errorsNs([jitter], every(200));
    expect(errorsNs([{ kind: 'unsynchronised', probability: 0.5 }, jitter], every(200))).toEqual(alone);
    expect(errorsNs([jitter, { ...jitter, fromS: 1_000 }], every(200))).toEqual(alone);
  });
});
