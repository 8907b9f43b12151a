import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exportTimeUs, flowTimeUs, timeFieldsOf, uptimeSince } from '../../../core/ipfix/flow-time.ts';
import { octetsOf, viewOf } from './recording-visitor.ts';

const EXPORT_S = 1_700_000_000;
const EXPORT_US = EXPORT_S * 1e6;

function timeOf(elementId: number, hex: string, uptimeMs?: number, exportUs = EXPORT_US): number | undefined {
  const octets = octetsOf(hex);
  return flowTimeUs(elementId, viewOf(octets), 0, octets.length, { exportTimeUs: exportUs, uptimeMs });
}

const hex32 = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');

describe('uptimes count back from the header, by signed arithmetic modulo 2^32', () => {
  test.each([
    ['two seconds before', 10_000, 8_000, -2_000],
    ['the uptime has begun anew since', 1_000, 2 ** 32 - 1_000, -2_000],
    ['five milliseconds after the header', 10_000, 10_005, 5],
    ['after the header, and the uptime has begun anew in between', 2 ** 32 - 3, 2, 5],
    ['as far back as can be told', 2 ** 31 - 1, 0, -(2 ** 31 - 1)],
  ])('%s', (_name, uptimeMs, value, differenceMs) => {
    expect(timeOf(22, hex32(value), uptimeMs)).toBe(EXPORT_US + differenceMs * 1e3);
    expect(timeOf(21, hex32(value), uptimeMs)).toBe(EXPORT_US + differenceMs * 1e3);
  });

  test('a 64-bit uptime, as some send, means the same', () => {
    expect(timeOf(22, `00000007${hex32(8_000)}`, 10_000)).toBe(EXPORT_US - 2e6);
  });

  test('without an uptime they mean nothing', () => {
    expect(timeOf(22, hex32(8_000))).toBeUndefined();
  });

  test('systemInitTimeMilliseconds gives the uptime where no header does', () => {
    fc.assert(
      fc.property(fc.nat(200 * 86_400_000), fc.integer({ min: -86_400_000, max: 1_000 }), (upMs, differenceMs) => {
        fc.pre(upMs + differenceMs >= 0);
        const initMs = EXPORT_S * 1e3 - upMs;
        const us = timeOf(22, hex32((upMs + differenceMs) % 2 ** 32), uptimeSince(initMs, EXPORT_US));
        expect(us).toBe((initMs + upMs + differenceMs) * 1e3);
      }),
    );
  });
});

test.each([
  [150, hex32(EXPORT_S), EXPORT_US],
  [151, '00', undefined],
  [152, '0000018bcfe56800', EXPORT_US],
  [153, 'ffffffffffffffff', undefined],
  [323, '0000018bcfe56801', EXPORT_US + 1e3],
  [158, hex32(1_500_000), EXPORT_US - 1_500_000],
  [159, '05dc', EXPORT_US - 1_500],
])('element %i, octets %s', (elementId, hex, us) => {
  expect(timeOf(elementId, hex)).toBe(us);
});

describe('NTP timestamps (RFC 7011 sections 6.1.9 and 6.1.10)', () => {
  test('are rounded down; the lowest 11 bits count in nanoseconds only', () => {
    expect(timeOf(154, 'ce740b4f7df7a4e7')).toBe(1_254_722_767_492_059);
    expect(timeOf(154, 'ce740b4f000017ff')).toBe(1_254_722_767_000_000);
    expect(timeOf(156, 'ce740b4f000017ff')).toBe(1_254_722_767_000_001);
  });

  test('era 1 begins in 2036', () => {
    const before = Date.UTC(2036, 1, 7, 6, 28, 15) / 1e3;
    expect(timeOf(154, 'ffffffff00000000')).toBe(before * 1e6);
    expect(timeOf(154, '0000000000000000')).toBe((before + 1) * 1e6);
    expect(timeOf(156, '0000000180000000')).toBe((before + 2) * 1e6 + 500_000);
  });
});

describe('32 bits of seconds begin anew in 2106 (RFC 7011 section 5.2)', () => {
  const in2107 = Date.UTC(2107, 0) / 1e3;

  test('a Message is of the era it came in', () => {
    expect(exportTimeUs(in2107 % 2 ** 32, 0, in2107 + 5)).toBe(in2107 * 1e6);
    expect(exportTimeUs(EXPORT_S, 999, EXPORT_S)).toBe(EXPORT_US);
    expect(exportTimeUs(EXPORT_S, 1_999, EXPORT_S)).toBe(EXPORT_US + 1);
    // A device that was never told the time says 1970.
    expect(exportTimeUs(60, 0, EXPORT_S)).toBe(60e6);
  });

  test('and its flows of the same', () => {
    expect(timeOf(150, hex32((in2107 - 3) % 2 ** 32), undefined, in2107 * 1e6)).toBe((in2107 - 3) * 1e6);
    expect(timeOf(154, `${hex32((in2107 - 3 + 2_208_988_800) % 2 ** 32)}00000000`, undefined, in2107 * 1e6)).toBe(
      (in2107 - 3) * 1e6,
    );
  });

  test('a device in 1970 may have flows that are right', () => {
    expect(timeOf(150, hex32(EXPORT_S), undefined, 60e6)).toBe(EXPORT_US);
    expect(timeOf(150, hex32(2 ** 32 - 1), undefined, 60e6)).toBe((2 ** 32 - 1) * 1e6);
  });
});

test('milliseconds are believed before seconds, absolute times before uptimes, and scopes are not asked', () => {
  const field = (elementId: number, enterpriseNumber = 0) => ({ enterpriseNumber, elementId, length: 4 });
  const fields = [field(22), field(150), field(22), field(152), field(152, 29_305)];
  expect(timeFieldsOf(fields, 0, 'start')).toEqual([
    { elementId: 152, index: 3 },
    { elementId: 150, index: 1 },
    { elementId: 22, index: 0 },
  ]);
  expect(timeFieldsOf(fields, 1, 'start').at(-1)).toEqual({ elementId: 22, index: 2 });
  expect(timeFieldsOf(fields, 0, 'end')).toEqual([]);
});
