import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatIPv6, parseIPv6 } from '../../../core/net/ipv6-text.ts';
import { octetsOf } from '../ipfix/recording-visitor.ts';

/** Groups that are often zero, or runs of zeros would never come. */
const addresses = fc
  .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), { minLength: 8, maxLength: 8 })
  .map((groups) => Uint8Array.from(groups.flatMap((group) => [group >>> 8, group & 255])));

test('the text reads back as the address, and is that of a URL (which follows RFC 5952 but for mapped addresses)', () => {
  fc.assert(
    fc.property(addresses, (octets) => {
      const text = formatIPv6(octets);
      expect(isIPv6(text)).toBe(true);
      expect(parseIPv6(text)).toEqual(octets);
      if (!text.startsWith('::ffff:')) expect(new URL(`http://[${text}]/`).hostname).toBe(`[${text}]`);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['20010db8000000000000000000000001', '2001:db8::1'],
  ['20010db8000000010001000100010001', '2001:db8:0:1:1:1:1:1'],
  ['20010000000000010000000000000001', '2001:0:0:1::1'],
  ['20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
  ['20010db80aaaabcdef0100000000000f', '2001:db8:aaa:abcd:ef01::f'],
  ['00000000000000000000000000000000', '::'],
  ['00000000000000000000000000000001', '::1'],
  ['fe800000000000000000000000000000', 'fe80::'],
  ['00000000000000000000ffffc0000201', '::ffff:192.0.2.1'],
])('%s is %s (RFC 5952 sections 4 and 5)', (hex, text) => {
  expect(formatIPv6(octetsOf(hex))).toBe(text);
  expect(parseIPv6(text)).toEqual(octetsOf(hex));
});

test('text is an address exactly when Node says so', () => {
  const pieces = fc.constantFrom('', ':', '::', '0', '1', 'abcd', 'ABCD', '12345', 'g', '1.2.3.4', '1.2.3', '256.1.1.1');
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 17 }), (parts) => {
      const text = parts.join('');
      expect(parseIPv6(text) !== undefined).toBe(isIPv6(text));
    }),
    { numRuns: 20_000 },
  );
  fc.assert(
    fc.property(fc.array(fc.constantFrom('0', 'a', 'ff', '1.2.3.4'), { minLength: 6, maxLength: 9 }), fc.nat(9), (parts, gap) => {
      for (const text of [parts.join(':'), `${parts.slice(0, gap).join(':')}::${parts.slice(gap).join(':')}`]) {
        expect(parseIPv6(text) !== undefined).toBe(isIPv6(text));
      }
    }),
    { numRuns: 5_000 },
  );
});
