import { expect, test } from 'vitest';
import { formatAddress, parseAddress } from '../../../core/net/address-book.ts';
import { parseIPv4 } from '../../../core/net/address.ts';
import { ipv6PrefixHas, parseIPv6Prefix, type IPv6Prefix } from '../../../core/net/ipv6-prefix.ts';
import { embeddedIPv4, embedIPv4, isNat64 } from '../../../core/net/nat64-address.ts';

const address = (text: string): number => parseAddress(text) as number;
const prefix = (text: string): IPv6Prefix => parseIPv6Prefix(text) as IPv6Prefix;

test('a prefix has a length and no bits beyond it', () => {
  expect(parseIPv6Prefix('2001:db8:50::/64')).toEqual({ words: [0x20010db8, 0x500000, 0, 0], length: 64 });
  for (const text of ['2001:db8::', '2001:db8::/129', '2001:db8::1/64', '10.0.0.0/8', '2001:db8::/6 4', '::/'])
    expect(parseIPv6Prefix(text), text).toBeUndefined();
});

test('a prefix has its first and its last address and not the next', () => {
  const half = prefix('2001:db8:0:8000::/49');
  expect(ipv6PrefixHas(half, address('2001:db8:0:8000::'))).toBe(true);
  expect(ipv6PrefixHas(half, address('2001:db8:0:ffff:ffff:ffff:ffff:ffff'))).toBe(true);
  expect(ipv6PrefixHas(half, address('2001:db8:0:7fff::'))).toBe(false);
  expect(ipv6PrefixHas(prefix('::/0'), address('ff02::1'))).toBe(true);
  expect(ipv6PrefixHas(prefix('2001:db8::1/128'), address('2001:db8::1'))).toBe(true);
  expect(ipv6PrefixHas(prefix('2001:db8::1/128'), address('2001:db8::2'))).toBe(false);
});

// RFC 6052 section 2.4, tables 2 and 3.
test.each([
  ['64:ff9b::/96', '64:ff9b::c000:221'],
  ['2001:db8:122:344::/96', '2001:db8:122:344::c000:221'],
])('RFC 6052: 192.0.2.33 in %s is %s', (text, expected) => {
  const ipv4 = parseIPv4('192.0.2.33') as number;
  const embedded = embedIPv4(prefix(text), ipv4);
  expect(formatAddress(embedded)).toBe(expected);
  expect(embeddedIPv4(embedded)).toBe(ipv4);
  expect([isNat64(embedded, ipv4), isNat64(ipv4, ipv4), isNat64(embedded, embedded)]).toEqual([true, false, false]);
});
