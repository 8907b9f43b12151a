import fc from 'fast-check';
import { expect, test } from 'vitest';
import { measure } from '../../../core/ntp/exchange.ts';
import { distanceFault, timeFault } from '../../../core/ntp/reply-check.ts';
import { ntpTimestamp } from '../../../core/ntp/timestamp.ts';
import { NS_PER_S, wallNs } from '../../../core/time/instant.ts';

const epochs = fc.constantFrom('2026-03-02T08:00:00Z', '2036-02-07T06:28:16Z').map((date) => ({ unixMs: Date.parse(date) }));
const instants = fc.integer({ min: -30 * NS_PER_S, max: 30 * NS_PER_S });
const offsets = fc.integer({ min: -86_400 * NS_PER_S, max: 86_400 * NS_PER_S });
const delays = fc.integer({ min: 0, max: NS_PER_S });

/** An exchange begun at `sentAt` of a client whose clock is `offset` behind the server's. */
function exchange(epoch: { unixMs: number }, sentAt: number, offset: number, out: number, server: number, back: number) {
  const stamp = (ns: number): bigint => ntpTimestamp(epoch, wallNs(ns));
  return {
    t1: stamp(sentAt),
    t2: stamp(sentAt + offset + out),
    t3: stamp(sentAt + offset + out + server),
    t4: stamp(sentAt + out + server + back),
  };
}

test('over a symmetrical path the offset is found to 1 ns, across eras too', () => {
  fc.assert(
    fc.property(epochs, instants, offsets, delays, delays, (epoch, sentAt, offset, delay, server) => {
      const { offsetNs, delayNs, serverNs } = measure(exchange(epoch, sentAt, offset, delay, server, delay));
      expect(Math.abs(offsetNs - offset)).toBeLessThanOrEqual(1);
      expect(Math.abs(delayNs - 2 * delay)).toBeLessThanOrEqual(1);
      expect(Math.abs(serverNs - server)).toBeLessThanOrEqual(1);
    }),
  );
});

test('an asymmetrical path falsifies the offset by half of the difference, which is never more than half of the delay', () => {
  fc.assert(
    fc.property(epochs, instants, offsets, delays, delays, (epoch, sentAt, offset, out, back) => {
      const { offsetNs, delayNs } = measure(exchange(epoch, sentAt, offset, out, 0, back));
      expect(Math.abs(offsetNs - offset - (out - back) / 2)).toBeLessThanOrEqual(1);
      expect(Math.abs(offsetNs - offset)).toBeLessThanOrEqual(delayNs / 2 + 2);
    }),
  );
});

test('seen from the other side the offset is the opposite', () => {
  fc.assert(
    fc.property(epochs, instants, offsets, delays, delays, (epoch, sentAt, offset, out, back) => {
      const { t1, t2, t3, t4 } = exchange(epoch, sentAt, offset, out, 0, back);
      const there = measure({ t1, t2, t3, t4 });
      const here = measure({ t1: t3, t2: t4, t3: t1, t4: t2 });
      expect(Math.abs(there.offsetNs + here.offsetNs)).toBeLessThanOrEqual(1);
    }),
  );
});

test('of a client whose clock is read in ticks, however coarse, no server near by is found at fault', () => {
  fc.assert(
    fc.property(
      epochs,
      instants,
      fc.constantFrom(1, 1e6, 1e7, 4e9, 1e10),
      fc.nat(300_000),
      fc.nat(50_000),
      (epoch, sentAt, tickNs, delay, server) => {
        const whole = exchange(epoch, sentAt, 0, delay, server, delay);
        const read = (ns: number): bigint => ntpTimestamp(epoch, wallNs(Math.floor(ns / tickNs) * tickNs));
        const measurement = measure({ ...whole, t1: read(sentAt), t4: read(sentAt + 2 * delay + server) }, -20, tickNs);
        expect(timeFault(measurement)).toBeUndefined();
        const near = { rootDelayS: 0.001, rootDispersionS: 0.3 };
        expect(distanceFault(near, measurement, 64 * NS_PER_S)).toBeUndefined();
        expect(distanceFault({ ...near, rootDispersionS: 1.1 }, measurement, 64 * NS_PER_S)).toBe('distance');
      },
    ),
  );
});
