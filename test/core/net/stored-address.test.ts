import { expect, test } from 'vitest';
import { formatRange, formatStored, parseRange, parseStored, rangeHas } from '../../../core/net/stored-address.ts';

test.each(['0.0.0.1', '10.0.0.1', '255.255.255.255', '::1:0:0', '2001:db8::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'])(
  '%s is a number and the text again',
  (text) => {
    expect(formatStored(parseStored(text) ?? 0)).toBe(text);
  },
);

test.each(['::', '::1', '::10.0.0.1', '10.0.0', 'office'])('%s has no number that IPv4 would not have too', (text) => {
  expect(parseStored(text)).toBeUndefined();
});

test.each(['::/0', '2001:db8::/1', '10.0.0.0/33', '2001:db8::/129', '10.0.0.0/8/8'])('%s is no range', (text) => {
  expect(parseRange(text)).toBeUndefined();
});

test.each(['0.0.0.0/0', '10.0.0.0/8', '192.168.7.255/32', '2001:db8::/32', '::1:0:0/96', 'ff00::/8', '2001:db8::1/128'])(
  '%s is a range and the text again',
  (text) => {
    expect(formatRange(parseRange(text) ?? { first: 0, last: 0 })).toBe(text);
  },
);

test('a range has its own version only', () => {
  const all = parseRange('0.0.0.0/0');
  const documentation = parseRange('2001:db8::/32');
  const host = parseStored('2001:db8::1') ?? 0;
  expect([all && rangeHas(all, host), documentation && rangeHas(documentation, host)]).toEqual([false, true]);
  expect(documentation && rangeHas(documentation, parseStored('32.1.13.184') ?? 0)).toBe(false);
});
