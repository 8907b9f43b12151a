import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyIPv6, findIPv6, formatAddress, isIPv6, numberOfIPv6, parseAddress } from '../../../core/net/address-book.ts';
import { addressOfEndpoint, endpointNumber, portOfEndpoint } from '../../../core/net/endpoint-number.ts';

const ipv6Words = fc.tuple(fc.nat(0xffff_ffff), fc.nat(0xffff_ffff), fc.nat(0xffff_ffff), fc.nat(0xffff_ffff));

describe('address book', () => {
  it('gives equal addresses equal numbers and others others', () => {
    fc.assert(
      fc.property(ipv6Words, ipv6Words, (one, other) => {
        expect(numberOfIPv6([...one])).toBe(numberOfIPv6(one));
        expect(numberOfIPv6(one) === numberOfIPv6(other)).toBe(one.join() === other.join());
      }),
    );
  });

  it('gives back the words, the text and the endpoint', () => {
    fc.assert(
      fc.property(ipv6Words, fc.nat(0xffff), (words, port) => {
        const address = numberOfIPv6([9, ...words], 1);
        const back = [0, 0, 0, 0, 0];
        copyIPv6(address, back, 1);
        expect(back).toEqual([0, ...words]);
        expect(parseAddress(formatAddress(address))).toBe(address);
        const endpoint = endpointNumber(address, port);
        expect([addressOfEndpoint(endpoint), portOfEndpoint(endpoint)]).toEqual([address, port]);
      }),
    );
  });

  it('tells the versions apart by the number', () => {
    expect([isIPv6(parseAddress('255.255.255.255') as number), isIPv6(parseAddress('::') as number)]).toEqual([false, true]);
    expect(formatAddress(parseAddress('2001:DB8:0:0::1') as number)).toBe('2001:db8::1');
    expect(formatAddress(parseAddress('192.0.2.1') as number)).toBe('192.0.2.1');
    expect([parseAddress('192.0.2'), parseAddress('2001:db8:::1')]).toEqual([undefined, undefined]);
  });

  it('does not learn what is only looked for', () => {
    const stranger = [0x20010db8, 0xfeed, 0xbeef, 1];
    expect(findIPv6(stranger)).toBeUndefined();
    expect(findIPv6(stranger)).toBeUndefined();
    const address = numberOfIPv6(stranger);
    expect(findIPv6(stranger)).toBe(address);
  });
});
