import fc from 'fast-check';
import { BlockList } from 'node:net';
import { describe, expect, test } from 'vitest';
import { AllowList } from '../../../collector/listening/allow-list.ts';
import { parseAnyPrefix, type AnyPrefix } from '../../../core/net/any-prefix.ts';

const allow = (...texts: string[]): AllowList => new AllowList(texts.map((text) => parseAnyPrefix(text) as AnyPrefix));

describe('allow-list', () => {
  test('everybody is let in without a prefix', () => {
    expect(allow().accepts('192.0.2.1')).toBe(true);
  });

  test('agrees with the list of Node about every prefix and address', () => {
    const ipv4 = fc.ipV4();
    const ipv6 = fc.ipV6().filter((text) => !text.includes('.'));
    const check = (family: 'ipv4' | 'ipv6', [prefix, length, address]: readonly [string, number, string]): void => {
      const theirs = new BlockList();
      theirs.addSubnet(prefix, length, family);
      for (const each of [address, prefix]) {
        expect(allow(`${prefix}/${length}`).accepts(each)).toBe(theirs.check(each, family));
      }
    };
    // Addresses that begin like the prefix, or chance would hardly ever find one inside.
    const near = (prefix: string): fc.Arbitrary<string> =>
      fc.integer({ min: 0, max: 255 }).map((last) => prefix.replace(/\d+$/, `${last}`));
    fc.assert(
      fc.property(
        ipv4.chain((prefix) => fc.tuple(fc.constant(prefix), fc.integer({ min: 0, max: 32 }), fc.oneof(ipv4, near(prefix)))),
        (each) => check('ipv4', each),
      ),
    );
    fc.assert(fc.property(fc.tuple(ipv6, fc.integer({ min: 0, max: 128 }), ipv6), (each) => check('ipv6', each)));
  });

  test('an IPv4 address is the same on a socket for both versions, and a zone is no part of an address', () => {
    expect(allow('192.0.2.0/24').accepts('::ffff:192.0.2.9')).toBe(true);
    expect(allow('192.0.2.0/24').accepts('::ffff:192.0.3.9')).toBe(false);
    expect(allow('fe80::/10').accepts('fe80::1%eth0')).toBe(true);
    expect(allow('::1').accepts('::1')).toBe(true);
    expect(allow('0.0.0.0/0').accepts('2001:db8::1')).toBe(false);
    expect(allow('::/0').accepts('2001:db8::1')).toBe(true);
    expect(allow('::/0').accepts('203.0.113.9')).toBe(false);
    expect(allow('::/0').accepts('::ffff:203.0.113.9')).toBe(false);
  });

  test.each(['', '192.0.2.0/33', '2001:db8::/129', '192.0.2/24', '192.0.2.0/', '192.0.2.0/24/1', 'router'])(
    '%j is no prefix',
    (text) => {
      expect(parseAnyPrefix(text)).toBeUndefined();
    },
  );
});
