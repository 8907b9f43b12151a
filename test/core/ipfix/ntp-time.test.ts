import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ntpOfUnixNs, unixNsOfNtp } from '../../../core/ipfix/ntp-time.ts';

const LAST_NS = (1n << 32n) * 1_000_000_000n - 1n;
const unixTimes = fc.bigInt({ min: 0n, max: LAST_NS });

test('every nanosecond from 1970 to 2106 survives, across the end of era 0 too', () => {
  fc.assert(
    fc.property(unixTimes, (ns) => {
      expect(unixNsOfNtp(ntpOfUnixNs(ns, 'nanoseconds'), 'nanoseconds')).toBe(ns);
    }),
  );
});

test('every microsecond survives without the 11 bits RFC 7011 section 6.1.9 forbids', () => {
  fc.assert(
    fc.property(unixTimes, (ns) => {
      const timestamp = ntpOfUnixNs(ns, 'microseconds');
      expect(timestamp & 0x7ffn).toBe(0n);
      expect(unixNsOfNtp(timestamp, 'microseconds')).toBe(ns - (ns % 1_000n));
    }),
  );
});

test('those 11 bits are ignored when they come', () => {
  fc.assert(
    fc.property(unixTimes, fc.bigInt({ min: 0n, max: 0x7ffn }), (ns, noise) => {
      const timestamp = ntpOfUnixNs(ns, 'microseconds');
      expect(unixNsOfNtp(timestamp | noise, 'microseconds')).toBe(unixNsOfNtp(timestamp, 'microseconds'));
    }),
  );
});

test('eras: 1970, the end of era 0 and the end of the range (RFC 5905 figure 4)', () => {
  expect(unixNsOfNtp(2_208_988_800n << 32n, 'nanoseconds')).toBe(0n);
  expect(unixNsOfNtp(0xffffffffn << 32n, 'nanoseconds')).toBe(BigInt(Date.parse('2036-02-07T06:28:15Z')) * 1_000_000n);
  expect(unixNsOfNtp(0n, 'nanoseconds')).toBe(BigInt(Date.parse('2036-02-07T06:28:16Z')) * 1_000_000n);
  expect(unixNsOfNtp(2_208_988_799n << 32n, 'nanoseconds')).toBe(BigInt(Date.parse('2106-02-07T06:28:15Z')) * 1_000_000n);
});

test('times outside the range are refused', () => {
  expect(() => ntpOfUnixNs(-1n, 'nanoseconds')).toThrow(RangeError);
  expect(() => ntpOfUnixNs(LAST_NS + 1n, 'microseconds')).toThrow(RangeError);
});
