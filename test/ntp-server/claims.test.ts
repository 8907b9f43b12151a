import fc from 'fast-check';
import { expect, test } from 'vitest';
import { timestampDifference } from '../../core/ntp/timestamp.ts';
import { ask, serverOf } from './ask.ts';

const PHI = 15e-6;

test('root delay and dispersion are what was told, and the dispersion grows from each reading of the reference to the next', () => {
  const server = serverOf({ stratum: 2, rootDelayMs: 12.5, rootDispersionMs: 40, referenceIntervalS: 1_024 });
  const dispersions = Array.from({ length: 200 }, (_, index) => {
    const reply = ask(server, 10 * (index + 1))!;
    const ageS = Number(timestampDifference(reply.transmitTimestamp, reply.referenceTimestamp)) / 2 ** 32;
    expect(reply.rootDelayS).toBeCloseTo(0.0125, 4);
    expect(Math.abs(reply.rootDispersionS - (0.04 + PHI * ageS))).toBeLessThanOrEqual(2 ** -17);
    return reply.rootDispersionS;
  });
  const falls = dispersions.filter((each, index) => each < (dispersions[index - 1] ?? 0));
  expect(falls).toHaveLength(1);
  expect(Math.max(...dispersions) - Math.min(...dispersions)).toBeGreaterThan(0.014);
});

test('a server that is kept by another claims no less than the least dispersion of an update', () => {
  expect(ask(serverOf({ stratum: 2 }), 1)!.rootDispersionS).toBeGreaterThanOrEqual(0.005);
  expect(ask(serverOf({ stratum: 1 }), 1)!.rootDispersionS).toBeLessThan(0.001);
});

test('when the reference has to be read at this very instant, the reading before counts', () => {
  const { transmitTimestamp, referenceTimestamp } = ask(serverOf({}), 128)!;
  expect(timestampDifference(transmitTimestamp, referenceTimestamp)).toBe(64n << 32n);
});

test('the reference timestamp is never the present and never after it, whatever is wrong', () => {
  fc.assert(
    fc.property(
      fc.record({
        offsetMs: fc.integer({ min: -1e9, max: 1e9 }),
        referenceIntervalS: fc.constantFrom(1, 64, 131_072),
        faults: fc.subarray([
          { kind: 'jitter', deviationMs: 1_000 },
          { kind: 'stale-reference' },
          { kind: 'leap', leap: 'insert', untilS: 50 },
          { kind: 'drift', driftPpm: -90_000 },
        ]),
      }),
      fc.integer({ min: 0, max: 100_000 }),
      (config, atS) => {
        const { transmitTimestamp, receiveTimestamp, referenceTimestamp } = ask(serverOf(config), atS)!;
        expect(timestampDifference(transmitTimestamp, referenceTimestamp)).toBeGreaterThan(0n);
        expect(timestampDifference(transmitTimestamp, receiveTimestamp)).toBeGreaterThanOrEqual(0n);
      },
    ),
  );
});

test.each([
  [{}, 0x584c4142],
  [{ referenceId: 'GPS' }, 0x47505300],
  [{ stratum: 2 }, 0x7f7f0101],
  [{ stratum: 2, referenceId: '192.0.2.7' }, 0xc0000207],
  // printf '20010db8000000000000000000000007' | xxd -r -p | md5sum
  [{ stratum: 15, referenceId: '2001:db8::7' }, 0xe1b2c29d],
])('the reference identifier of %j', (config, referenceId) => {
  expect(ask(serverOf(config), 1)!.referenceId).toBe(referenceId);
});

test.each([
  ['none', 0],
  ['insert', 1],
  ['delete', 2],
])('leap second announced: %s', (leap, indicator) => {
  expect(ask(serverOf({ leap }), 1)!.leap).toBe(indicator);
  expect(ask(serverOf({ leap, stratum: 16 }), 1)).toMatchObject({ leap: 3, stratum: 0 });
});

test('the era ends on the wire as the clock passes 2036-02-07T06:28:16Z', () => {
  const server = serverOf({}, { epoch: { unixMs: Date.parse('2036-02-07T06:28:10Z') } });
  const told = [5, 6, 7].map((atS) => ask(server, atS)!.transmitTimestamp >> 32n);
  expect(told).toEqual([0xffffffffn, 0n, 1n]);
  const { referenceTimestamp, transmitTimestamp, rootDispersionS } = ask(server, 20)!;
  expect(referenceTimestamp >> 63n).toBe(1n);
  expect(timestampDifference(transmitTimestamp, referenceTimestamp)).toBe(20n << 32n);
  expect(rootDispersionS).toBeLessThan(0.001);
});
