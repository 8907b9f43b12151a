import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDurationNs } from '../../../core/time/duration-text.ts';

test('a number and a unit is a duration', () => {
  for (const [text, ns] of [
    ['5m', 300e9],
    ['-1.5s', -1.5e9],
    ['+2ms', 2e6],
    ['200us', 200e3],
    ['0.4ns', 0],
    ['36h', 129_600e9],
    ['1d', 86_400e9],
  ] as const) {
    expect(parseDurationNs(text), text).toBe(ns);
  }
});

test('anything else is none', () => {
  for (const text of ['', '5', 'm', '5 m', '5min', '1h30m', '.5s', '5.s', '1e3s', '--5s', '5M']) {
    expect(parseDurationNs(text), text).toBeUndefined();
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      const ns = parseDurationNs(text);
      expect(ns === undefined || Number.isInteger(ns)).toBe(true);
    }),
  );
});
